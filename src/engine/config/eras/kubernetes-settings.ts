/** Settings of Kubernetes from a map of one file, whatever its keys are called there. */

import {fromFile} from '../context-values.ts';
import type {Origin} from '../origins.ts';
import type {Availability, KubernetesConfig, KubernetesPart, MachineConfig} from '../types.ts';
import {below, type Place, textAt} from '../yaml-access.ts';
import type {Reading} from './reading.ts';

export interface KubernetesKeys {
  readonly address: string;
  /** Absent where the tools have a value of their own and ask for none. */
  readonly port?: string;
  readonly scheme?: string;
  readonly etcdDataPath?: string;
  readonly qosSwitch?: string;
  readonly texts: Readonly<Record<'serviceRange' | 'dns' | 'storageBackend' | 'imagePrefix', string>>;
  readonly versions: Readonly<Record<KubernetesPart, string>>;
}

/** Undefined where the map does not name the API server. */
export function kubernetesSettings(
  {origins}: Reading,
  machines: readonly MachineConfig[],
  place: Place,
  keys: KubernetesKeys,
  dashboard: {readonly address: string; readonly origin: Origin | (() => Origin)} | undefined,
): KubernetesConfig | undefined {
  const text = (key: string | undefined) => (key === undefined ? undefined : textAt(below(place, key)));
  const address = text(keys.address);
  if (address === undefined) return undefined;
  const port = Number(text(keys.port) ?? '8080') || 8080;
  const settings: KubernetesConfig = {
    api: {address, port, url: `${text(keys.scheme) ?? 'http'}://${address}:${port}`},
    ...(dashboard ? {dashboardUrl: `http://${dashboard.address}:9090`} : {}),
    ...optionalTexts(place, keys.texts),
    versions: optionalTexts(place, keys.versions),
    etcdDataPath: text(keys.etcdDataPath) ?? '/var/etcd/data',
    qosSwitch: (text(keys.qosSwitch) ?? 'true') === 'true',
    availability: availabilityOf(machines, address),
    place,
  };
  const from = (key: string | undefined): Origin | (() => Origin) =>
    key !== undefined && text(key) !== undefined
      ? fromFile(below(place, key))
      : {from: 'default', which: 'as the tools have it'};
  origins.note(settings.api, 'address', from(keys.address));
  origins.note(settings.api, 'port', from(keys.port));
  origins.note(settings.api, 'url', {from: 'derived', of: `${keys.address}, scheme and port`});
  if (dashboard) origins.note(settings, 'dashboardUrl', dashboard.origin);
  origins.note(settings, 'etcdDataPath', from(keys.etcdDataPath));
  origins.note(settings, 'qosSwitch', from(keys.qosSwitch));
  origins.note(settings, 'availability', {from: 'derived', of: `roles of the machines and ${keys.address}`});
  for (const [field, key] of Object.entries(keys.texts)) origins.note(settings, field, from(key));
  for (const [part, key] of Object.entries(keys.versions)) origins.note(settings.versions, part, from(key));
  return settings;
}

/** By the roles and the address of the API server alone (behaviour 6.9). */
export function availabilityOf(machines: readonly MachineConfig[], apiAddress: string): Availability {
  const proxies = machines.filter(({roles}) => roles.includes('proxy')).map(({hostname}) => hostname);
  if (proxies.length > 0) return {kind: 'proxy', proxies};
  const masters = machines.filter(({roles}) => roles.includes('master'));
  const isMaster = masters.some(({address}) => address === apiAddress);
  return {kind: masters.length <= 1 && isMaster ? 'single-master' : 'external-balancer'};
}

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
