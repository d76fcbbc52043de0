/** kubernetes-configuration.yaml as settings (behaviour 2.4). */

import {fromFile} from '../context-values.ts';
import type {Origin} from '../origins.ts';
import {isAtLeast} from '../release.ts';
import type {Availability, KubernetesConfig, KubernetesPart, MachineConfig} from '../types.ts';
import {below, mapAt, type Place, placeIn, textAt} from '../yaml-access.ts';
import type {Reading} from './reading.ts';

/** By its own file, else by the URLs of the layout; undefined where neither names the API server. */
export function readKubernetes(reading: Reading, machines: readonly MachineConfig[]): KubernetesConfig | undefined {
  const source = reading.sources.files.get('kubernetes');
  const place = source && placeIn(source, 'kubernetes');
  return place && textAt(below(place, 'load-balance-ip')) !== undefined
    ? fromItsFile(reading, machines, place)
    : fromLayout(reading, machines);
}

function fromItsFile(reading: Reading, machines: readonly MachineConfig[], place: Place): KubernetesConfig {
  const text = (key: string) => textAt(below(place, key));
  const address = text('load-balance-ip') ?? '';
  const port = Number(text('api-servers-port') ?? '8080') || 8080;
  const scheme = text('api-servers-http-schema') ?? 'http';
  const dashboard = dashboardAddress(reading, machines);
  const api = {address, port, url: `${scheme}://${address}:${port}`};
  const settings: KubernetesConfig = {
    api,
    ...(dashboard === undefined ? {} : {dashboardUrl: `http://${dashboard}:9090`}),
    ...optionalTexts(place, {
      serviceRange: 'service-cluster-ip-range',
      dns: 'cluster-dns',
      storageBackend: 'storage-backend',
      imagePrefix: 'docker-registry',
    }),
    versions: optionalTexts(place, versionKeys),
    etcdDataPath: text('etcd-data-path') ?? '/var/etcd/data',
    qosSwitch: (text('qos-switch') ?? 'true') === 'true',
    availability: availabilityOf(machines, address),
    place,
  };
  noteOrigins(reading, settings, place);
  return settings;
}

/** Since v1.5 a layout may leave its URLs out: then they are those of the pai-master (behaviour 2.10). */
function fromLayout(
  {sources, release, origins}: Reading,
  machines: readonly MachineConfig[],
): KubernetesConfig | undefined {
  const source = sources.files.get('layout');
  const place = source && placeIn(source, 'kubernetes');
  const master = machines.find(({labels}) => labels.includes('pai-master'))?.address;
  const isDerived = isAtLeast(release, 'v1.5') && master !== undefined;
  const urlAt = (key: string, port: number) =>
    (place && textAt(below(place, key))) ?? (isDerived ? `https://${master}:${port}` : undefined);
  const url = urlAt('api-servers-url', 6443);
  if (url === undefined || !URL.canParse(url)) return undefined;
  const {hostname, port, protocol} = new URL(url);
  const dashboardUrl = urlAt('dashboard-url', 9090);
  const settings: KubernetesConfig = {
    api: {address: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80), url},
    ...(dashboardUrl === undefined ? {} : {dashboardUrl}),
    versions: {},
    etcdDataPath: '/var/etcd/data',
    qosSwitch: true,
    availability: availabilityOf(machines, hostname),
  };
  const written = (key: string): Origin | (() => Origin) =>
    place && textAt(below(place, key)) !== undefined
      ? fromFile(below(place, key))
      : {from: 'derived', of: 'hostip of the pai-master'};
  for (const key of ['address', 'port', 'url']) origins.note(settings.api, key, written('api-servers-url'));
  origins.note(settings, 'dashboardUrl', written('dashboard-url'));
  origins.note(settings, 'availability', {from: 'derived', of: 'roles of the machines and api-servers-url'});
  return settings;
}

/** The first host that says "true"; until v0.8 the last that has the key, whatever its value (behaviour 2.3). */
function dashboardAddress(reading: Reading, machines: readonly MachineConfig[]): string | undefined {
  const host = isAtLeast(reading.release, 'v0.9')
    ? machines.find(({labels}) => labels.includes('dashboard'))
    : machines.findLast(({place}) => mapAt(place).has('dashboard'));
  return host?.address;
}

/** By the roles and the address of the API server alone (behaviour 6.9). */
function availabilityOf(machines: readonly MachineConfig[], apiAddress: string): Availability {
  const proxies = machines.filter(({roles}) => roles.includes('proxy')).map(({hostname}) => hostname);
  if (proxies.length > 0) return {kind: 'proxy', proxies};
  const masters = machines.filter(({roles}) => roles.includes('master'));
  const isMaster = masters.some(({address}) => address === apiAddress);
  return {kind: masters.length <= 1 && isMaster ? 'single-master' : 'external-balancer'};
}

const versionKeys: Readonly<Record<KubernetesPart, string>> = {
  hyperkube: 'hyperkube-version',
  apiserver: 'apiserver-version',
  scheduler: 'kube-scheduler-version',
  'controller-manager': 'kube-controller-manager-version',
  etcd: 'etcd-version',
  dashboard: 'dashboard-version',
};

function optionalTexts<Name extends string>(
  place: Place,
  keys: Readonly<Record<Name, string>>,
): Partial<Record<Name, string>> {
  const texts: Partial<Record<Name, string>> = {};
  for (const [name, key] of Object.entries<string>(keys)) {
    const value = textAt(below(place, key));
    if (value !== undefined) texts[name as Name] = value;
  }
  return texts;
}

function noteOrigins({origins}: Reading, settings: KubernetesConfig, place: Place): void {
  const isWritten = (key: string) => textAt(below(place, key)) !== undefined;
  const written = (key: string, value: string): Origin | (() => Origin) =>
    isWritten(key) ? fromFile(below(place, key)) : {from: 'default', which: `${value}, as the tools have it`};
  origins.note(settings.api, 'address', fromFile(below(place, 'load-balance-ip')));
  origins.note(settings.api, 'port', written('api-servers-port', '8080'));
  origins.note(settings.api, 'url', {from: 'derived', of: 'load-balance-ip and port'});
  origins.note(settings, 'dashboardUrl', {from: 'derived', of: 'the machine with dashboard: "true"'});
  origins.note(settings, 'etcdDataPath', written('etcd-data-path', settings.etcdDataPath));
  origins.note(settings, 'qosSwitch', written('qos-switch', 'true'));
  origins.note(settings, 'availability', {from: 'derived', of: 'roles of the machines and load-balance-ip'});
  origins.note(settings, 'serviceRange', fromFile(below(place, 'service-cluster-ip-range')));
  origins.note(settings, 'dns', fromFile(below(place, 'cluster-dns')));
  origins.note(settings, 'storageBackend', fromFile(below(place, 'storage-backend')));
  origins.note(settings, 'imagePrefix', fromFile(below(place, 'docker-registry')));
  for (const [part, key] of Object.entries(versionKeys)) {
    origins.note(settings.versions, part, fromFile(below(place, key)));
  }
}
