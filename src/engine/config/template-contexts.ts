/** Which names each family of templates sees in each era, the misspelt ones included (behaviour 3.8). */

import type {Value} from '../values/types.ts';
import type {ClusterConfig} from './types.ts';
import type {YamlMap, YamlValue} from './yaml.ts';

export type TemplateFamily =
  /** src/<image>/*.template of A–D. */
  | {readonly of: 'image'}
  /** Of a service; `service` is what its service.yaml says, which E shows to its templates. */
  | {readonly of: 'service'; readonly service: YamlValue}
  /** In the package for one machine. */
  | {readonly of: 'kubernetes'; readonly host: string}
  /** Sent by the operator's computer itself: the kubeconfig, kube-proxy, the dashboard. */
  | {readonly of: 'kubernetes standalone'}
  /** What a new configuration is made from; `env` is collected by whoever makes it (behaviour 2.11, 3.8). */
  | {readonly of: 'quick-start'; readonly env: YamlMap};

/**
 * The names of a template. What the configuration lacks is no name here either. The values hold its secrets: they are
 * for rendering alone. Throws for a machine that the configuration does not have.
 */
export function templateContext(
  {era, views}: Pick<ClusterConfig, 'era' | 'views'>,
  family: TemplateFamily,
): ReadonlyMap<string, Value> {
  if (family.of === 'quick-start') return new Map([['env', family.env]]);
  if (family.of === 'image') return new Map([['clusterconfig', views.services.reveal()]]);
  const isNew = era >= 'F';
  if (family.of === 'service') {
    const services = views.services.reveal();
    if (isNew) return new Map([['cluster_cfg', services]]);
    const names = pick(services, {clusterinfo: 'clusterinfo', machineinfo: 'machineinfo', machinelist: 'machinelist'});
    return era === 'E' ? names.set('serviceinfo', family.service) : names;
  }
  const kubernetes = views.kubernetes.reveal();
  if (family.of === 'kubernetes standalone') {
    return isNew ? new Map([['cluster_cfg', kubernetes]]) : pick(kubernetes, {clusterconfig: 'clusterinfo'});
  }
  const host = isNew
    ? at(at(kubernetes.get('layout'), 'machine-list'), family.host)
    : hostOfRole(kubernetes, family.host);
  if (host === undefined) throw new Error(`The configuration has no machine ${family.host} in Kubernetes.`);
  const names: Names = new Map([['hostcofig', host]]);
  if (isNew) return names.set('cluster_cfg', kubernetes);
  for (const [name, value] of pick(kubernetes, {clusterconfig: 'clusterinfo'})) names.set(name, value);
  return names.set('cluster', kubernetes);
}

type Names = Map<string, Value>;

/** The names that are there, each with the key it comes from. */
function pick(view: YamlMap, keys: Readonly<Record<string, string>>): Names {
  const names: Names = new Map();
  for (const [name, key] of Object.entries(keys)) {
    const value = view.get(key);
    if (value !== undefined) names.set(name, value);
  }
  return names;
}

/** A–E keep a list of machines for each role, and the roles say what it is called. */
function hostOfRole(view: YamlMap, host: string): YamlValue | undefined {
  const roles = view.get('remote_deployment');
  if (!(roles instanceof Map)) return undefined;
  for (const role of (roles as YamlMap).values()) {
    const list = at(role, 'listname');
    const found = typeof list === 'string' ? at(view.get(list), host) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function at(holder: YamlValue | undefined, key: string): YamlValue | undefined {
  return holder instanceof Map ? (holder as YamlMap).get(key) : undefined;
}
