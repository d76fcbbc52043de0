import type {ValueMap} from '../context-values.ts';
import {isAtLeast} from '../release.ts';
import {inner, mapIn, wordOf} from './assign.ts';
import type {OldInput} from './old-input.ts';

/** The sections of the services of B–E, each the map of the file with the names and URLs that templates use (3.2). */
export function addServices(input: OldInput, info: ValueMap): void {
  const urls = urlsOf(input);
  const {assign, services, release, paiMaster, masters} = input;
  const section = (name: string, key: string) => {
    const map = inner(services, key);
    info.set(name, map);
    assign.same(info, name, services, key);
    return map;
  };
  const put = (map: ValueMap, names: Readonly<Record<string, keyof typeof urls>>) => {
    for (const [name, url] of Object.entries(names)) {
      const value = urls[url];
      if (value !== undefined) assign.derived(map, name, value.url, value.of);
    }
  };
  const isE = isAtLeast(release, 'v0.8');

  const launcher = section('frameworklauncher', 'frameworklauncher');
  assign.same(launcher, 'frameworklauncher_port', launcher, 'frameworklauncher-port');
  if (paiMaster !== undefined) assign.derived(launcher, 'frameworklauncher_vip', paiMaster, master);

  const rest = section('restserverinfo', 'restserver');
  assign.fallback(rest, 'src_path', '../rest-server/', 'as the tools have it');
  put(rest, {webservice_uri: 'launcher', hdfs_uri: 'hdfs', webhdfs_uri: isE ? 'webhdfsOfPylon' : 'webhdfs'});
  assign.same(rest, 'server_port', rest, 'server-port');
  assign.same(rest, 'jwt_secret', rest, 'jwt-secret');
  assign.same(rest, 'default_pai_admin_username', rest, 'default-pai-admin-username');
  assign.same(rest, 'default_pai_admin_password', rest, 'default-pai-admin-password');
  assign.derived(
    rest,
    'etcd_uri',
    masters.map((address) => `http://${address}:4001`).join(','),
    'hostip of the masters',
  );
  put(rest, {yarn_uri: 'yarn'});
  for (const part of isE ? ['owner', 'repository', 'path'] : []) {
    if (rest.has(`github-${part}`)) assign.same(rest, `github_${part}`, rest, `github-${part}`);
    else assign.fallback(rest, `github_${part}`, null, 'nothing');
  }

  const portal = section('webportalinfo', 'webportal');
  put(portal, {
    rest_server_uri: 'rest',
    prometheus_uri: 'prometheus',
    grafana_uri: 'grafana',
    k8s_dashboard_uri: 'dashboard',
    k8s_api_server_uri: 'api',
    yarn_web_portal_uri: 'yarn',
  });
  assign.same(portal, 'server_port', portal, 'server-port');

  const grafana = section('grafanainfo', 'grafana');
  put(grafana, {grafana_url: 'master'});
  assign.same(grafana, 'grafana_port', grafana, 'grafana-port');

  const prometheus = section('prometheusinfo', 'prometheus');
  put(prometheus, {prometheus_url: 'master'});
  assign.same(prometheus, 'prometheus_port', prometheus, 'prometheus-port');
  assign.same(prometheus, 'node_exporter_port', prometheus, 'node-exporter-port');
  addAlerting(input, mapIn(prometheus, 'alerting'));

  const pylon = section('pyloninfo', 'pylon');
  put(pylon, {
    rest_server_uri: 'rest',
    k8s_api_server_uri: 'api',
    webhdfs_uri: 'webhdfs',
    prometheus_uri: 'prometheus',
    k8s_dashboard_uri: 'dashboard',
    yarn_web_portal_uri: 'yarn',
    grafana_uri: 'grafana',
    pai_web_portal_uri: 'portal',
  });
  if (isE) assign.fallback(pylon, 'webhdfs_legacy_port', 50070n, 'as the tools have it');
}

const master = 'hostip of the first pai-master';

interface Url {
  readonly url: string;
  readonly of: string;
}

function urlsOf({services, paiMaster, dashboard, api}: OldInput) {
  const on = (address: string | undefined, port: string | undefined, of: string): Url | undefined =>
    address === undefined || port === undefined ? undefined : {url: `http://${address}:${port}`, of};
  const service = (section: string, key: string) =>
    on(paiMaster, wordOf(mapIn(services, section).get(key)), `${master} and ${section}.${key}`);
  return {
    master: paiMaster === undefined ? undefined : {url: `http://${paiMaster}`, of: master},
    launcher: service('frameworklauncher', 'frameworklauncher-port'),
    rest: service('restserver', 'server-port'),
    portal: service('webportal', 'server-port'),
    grafana: service('grafana', 'grafana-port'),
    prometheus: service('prometheus', 'prometheus-port'),
    hdfs: paiMaster === undefined ? undefined : {url: `hdfs://${paiMaster}:9000`, of: master},
    webhdfs: on(paiMaster, '50070', master),
    // Through pylon; v0.8 wrote this number and its clusters run with it (behaviour 11.4.4).
    webhdfsOfPylon: on(paiMaster, '5070', master),
    yarn: on(paiMaster, '8088', master),
    dashboard: on(dashboard, '9090', 'hostip of the first machine with the dashboard'),
    api: on(api, '8080', 'load-balance-ip'),
  };
}

/** A section that is there switches alerting on; an absent one stays absent. */
function addAlerting({assign, release, hosts, paiMaster}: OldInput, alerting: ValueMap): void {
  if (alerting.size === 0 || !isAtLeast(release, 'v0.7')) return;
  if (isAtLeast(release, 'v0.8')) {
    if (paiMaster !== undefined) assign.derived(alerting, 'alert-manager-hosts', paiMaster, master);
    return;
  }
  const addresses = hosts
    .filter((host) => host.get('alert-manager') === 'true')
    .map((host) => host.get('hostip') ?? null);
  assign.derived(alerting, 'alert-manager-hosts', addresses, 'hostip of the machines labelled alert-manager');
}
