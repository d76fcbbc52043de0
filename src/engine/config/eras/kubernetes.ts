/** kubernetes-configuration.yaml, or the URLs of a layout, as settings (behaviour 2.4, 2.10). */

import {fromFile} from '../context-values.ts';
import type {Origin} from '../origins.ts';
import {isAtLeast} from '../release.ts';
import type {KubernetesConfig, MachineConfig} from '../types.ts';
import {below, mapAt, placeIn, textAt} from '../yaml-access.ts';
import {availabilityOf, type KubernetesKeys, kubernetesSettings} from './kubernetes-settings.ts';
import type {Reading} from './reading.ts';

/** By its own file, else by the URLs of the layout; undefined where neither names the API server. */
export function readKubernetes(reading: Reading, machines: readonly MachineConfig[]): KubernetesConfig | undefined {
  const source = reading.sources.files.get('kubernetes');
  const settings =
    source &&
    kubernetesSettings(reading, machines, placeIn(source, 'kubernetes'), keys, dashboardHost(reading, machines));
  return settings ?? fromLayout(reading, machines);
}

const keys: KubernetesKeys = {
  address: 'load-balance-ip',
  port: 'api-servers-port',
  scheme: 'api-servers-http-schema',
  etcdDataPath: 'etcd-data-path',
  qosSwitch: 'qos-switch',
  texts: {
    serviceRange: 'service-cluster-ip-range',
    dns: 'cluster-dns',
    storageBackend: 'storage-backend',
    imagePrefix: 'docker-registry',
  },
  versions: {
    hyperkube: 'hyperkube-version',
    apiserver: 'apiserver-version',
    scheduler: 'kube-scheduler-version',
    'controller-manager': 'kube-controller-manager-version',
    etcd: 'etcd-version',
    dashboard: 'dashboard-version',
  },
};

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
function dashboardHost(reading: Reading, machines: readonly MachineConfig[]) {
  const host = isAtLeast(reading.release, 'v0.9')
    ? machines.find(({labels}) => labels.includes('dashboard'))
    : machines.findLast(({place}) => mapAt(place).has('dashboard'));
  return host && {address: host.address, origin: {from: 'derived', of: 'the machine with the dashboard'} as const};
}
