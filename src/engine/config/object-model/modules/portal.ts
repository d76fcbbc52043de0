import type {Value, ValueMap} from '../../context-values.ts';
import {isAtLeast} from '../../release.ts';
import {anything, list, map, needed, optional} from '../../shape.ts';
import {port, text, truth, wholeNumber} from '../../shape-scalars.ts';
import {pythonJson, urlQuery} from '../python-text.ts';
import {workerDevices} from './devices.ts';
import {addGroups} from './groups.ts';
import {wordsOf} from './hosts.ts';
import type {ModuleInput, ServiceModule} from './types.ts';

const groupManager = {
  'group-data-source': 'basic',
  'admin-group': {groupname: 'admingroup', description: 'The group of administrators', externalName: '', extension: {}},
  'default-group': {groupname: 'default', description: 'The default group', externalName: '', extension: {}},
  grouplist: [],
};

const authentication: ServiceModule = {
  name: 'authentication',
  defaults: {OIDC: false, 'group-manager': groupManager},
  merge: {only: ['OIDC', 'OIDC-type', 'AAD', 'group-manager']},
  run: checkLogin,
  shape: map({
    OIDC: optional(truth),
    'OIDC-type': optional(text),
    AAD: optional(map({})),
    'group-manager': optional(map({})),
  }),
  needs: ['pylon.uri'],
};

const restDefaults = {
  'server-port': 9186n,
  'jwt-secret': 'pai-secret',
  'github-owner': 'Microsoft',
  'github-repository': 'pai',
  'github-path': 'marketplace',
  'debugging-reservation-seconds': 604800n,
};

const restServer: ServiceModule = {
  name: 'rest-server',
  defaults: restDefaults,
  merge: 'shallow',
  derives: {uri: 'http://{master}:{server-port}'},
  run: addEtcd,
  shape: map({
    'default-pai-admin-username': needed(text, 'default-pai-admin-username: NAME'),
    'default-pai-admin-password': needed(text, 'default-pai-admin-password: SECRET'),
    'server-port': optional(port),
    'debugging-reservation-seconds': optional(wholeNumber(1)),
  }),
};

const webPortal: ServiceModule = {
  name: 'webportal',
  defaults: {'server-port': 9286n, plugins: []},
  merge: 'shallow',
  derives: {uri: 'http://{master}:{server-port}', 'webportal-address': '{master}'},
  run: addPlugins,
  shape: map({'server-port': optional(port), plugins: optional(list(map({})))}),
  needs: ['rest-server.uri', 'prometheus.url'],
};

export const portalModules: readonly ServiceModule[] = [
  authentication,
  {
    ...authentication,
    since: 'v1.0',
    run: (input) => {
      checkLogin(input);
      addGroups(input);
    },
  },
  {
    name: 'pylon',
    defaults: {port: 80n, 'webhdfs-legacy-port': 50070n, 'deploy-service': false},
    merge: 'shallow',
    derives: {uri: 'http://{master}:{port}', 'uri-https': 'https://{master}'},
    returns: ['port', 'uri', 'uri-https', 'webhdfs-legacy-port', 'ssl'],
    shape: map({port: optional(port), 'webhdfs-legacy-port': optional(port), ssl: optional(anything)}),
    needs: ['rest-server.uri', 'prometheus.url', 'alert-manager.url', 'grafana.url', 'webportal.uri'],
    needsOfYarn: ['hadoop-name-node.master-ip', 'hadoop-resource-manager.master-ip'],
  },
  restServer,
  {
    ...restServer,
    since: 'v1.0',
    defaults: {
      ...restDefaults,
      'rate-limit-api-per-min': 600n,
      'rate-limit-list-job-per-min': 120n,
      'rate-limit-submit-job-per-hour': 3600n,
      'schedule-port-start': 15000n,
      'schedule-port-end': 40000n,
      'jwt-expire-time': '7d',
      'enable-priority-class': 'true',
      'sql-max-connection': 50n,
      'log-server': 'log_manager',
    },
    run: (input) => {
      addEtcd(input);
      addDeviceType(input);
    },
  },
  webPortal,
];

function checkLogin({own, problem}: ModuleInput): void {
  const groups = own.get('group-manager');
  for (const key of ['admin-group', 'default-group'] as const) {
    const group = groups instanceof Map ? groups.get(key) : undefined;
    checkGroup(group, ['group-manager', key], problem);
  }
  const more = groups instanceof Map ? groups.get('grouplist') : undefined;
  for (const [index, group] of (Array.isArray(more) ? more : []).entries()) {
    checkGroup(group, ['group-manager', 'grouplist', String(index)], problem);
  }
  if (own.get('OIDC') !== true) return;
  const kind = own.get('OIDC-type');
  if (kind === undefined || kind === null)
    problem(['OIDC-type'], 'authentication.OIDC-type is missing.', 'Write OIDC-type: AAD');
  if (kind !== 'AAD') return;
  const settings = own.get('AAD');
  for (const key of ['tenantID', 'clientID', 'clientSecret']) {
    const value = settings instanceof Map ? settings.get(key) : undefined;
    if (value === undefined || value === null) {
      problem(['AAD', key], `authentication.AAD.${key} is missing.`, `Write ${key}: as Azure shows it.`);
    }
  }
}

function checkGroup(group: Value | undefined, key: readonly string[], problem: ModuleInput['problem']): void {
  const name = group instanceof Map ? group.get('groupname') : undefined;
  if (name === undefined || (typeof name === 'string' && /^[A-Za-z0-9_]+$/.test(name))) return;
  const message = `authentication.${key.join('.')}.groupname is not made of letters, digits and _ alone.`;
  problem([...key, 'groupname'], message, 'Write letters, digits and _.');
}

function addEtcd({own, hosts, assign}: ModuleInput): void {
  const masters = hosts.filter((host) => host.get('k8s-role') === 'master');
  const urls = wordsOf(masters, 'hostip').map((address) => `http://${address}:4001`);
  assign.derived(own, 'etcd-uris', urls.join(','), 'hostip of the masters');
}

function addDeviceType(input: ModuleInput): void {
  const [first = 'nvidia.com/gpu'] = workerDevices(input);
  input.assign.derived(
    input.own,
    'default-computing-device-type',
    first,
    'computing-device of the skus of the workers',
  );
}

/** Each with its settings in its URL; as JSON text until v0.17, as a list since. */
function addPlugins({own, release, assign}: ModuleInput): void {
  const written = own.get('plugins');
  const plugins = (Array.isArray(written) ? written : []).map((plugin) =>
    plugin instanceof Map ? withQuery(plugin) : plugin,
  );
  const value = isAtLeast(release, 'v1.0') ? plugins : pythonJson(plugins);
  assign.derived(own, 'plugins', value, 'plugins and their config');
}

function withQuery(plugin: ValueMap): ValueMap {
  const shown: ValueMap = new Map();
  for (const key of ['id', 'title', 'uri']) {
    const value = plugin.get(key);
    if (value !== undefined) shown.set(key, value);
  }
  const config = plugin.get('config');
  const uri = shown.get('uri');
  if (config instanceof Map && config.size > 0 && typeof uri === 'string')
    shown.set('uri', `${uri}?${urlQuery(config)}`);
  return shown;
}
