/** The old format of services-configuration.yaml in the words of the new one (behaviour 2.8). */

import {Copier, fromFile, type Value, type ValueMap} from './context-values.ts';
import type {Origins} from './origins.ts';
import {below, mapAt, type Place, valueAt} from './yaml-access.ts';

export type ServicesFormat = 'old' | 'new' | 'mixed';

/** By sections and keys that only one of the formats has. The original took a new file without rest-server for an old one. */
export function servicesFormat(place: Place): ServicesFormat {
  const isOld = oldMarks.some((path) => valueAt(below(place, ...path)) !== undefined);
  const isNew = newMarks.some((path) => valueAt(below(place, ...path)) !== undefined);
  if (isOld) return isNew ? 'mixed' : 'old';
  return 'new';
}

export interface Conversion {
  readonly sections: ValueMap;
  /** Dotted keys: where it was and where it is now. */
  readonly moved: readonly {readonly from: string; readonly to: string}[];
  /** What the new format has no place for. */
  readonly dropped: readonly (readonly string[])[];
}

/** Sections that are of the new format already are kept; the original dropped them. */
export function convertServices(place: Place, origins: Origins): Conversion {
  const copier = new Copier(origins);
  const sections: ValueMap = new Map();
  const moved: {from: string; to: string}[] = [];
  for (const [from, to] of moves) {
    const value = copier.copy(below(place, ...from));
    // A key that holds nothing is as good as none.
    if (value === undefined || value === null) continue;
    put(sections, to, value, (holder, key) => origins.note(holder, key, fromFile(below(place, ...from))));
    if (from.join('.') !== to.join('.')) moved.push({from: from.join('.'), to: to.join('.')});
  }
  const dropped: (readonly string[])[] = [];
  for (const key of mapAt(place).keys()) {
    const name = String(key);
    if (!oldSections.has(name)) {
      const value = copier.copy(below(place, name));
      if (value !== undefined) sections.set(key, value);
      origins.note(sections, key, fromFile(below(place, name)));
    } else dropped.push(...unmoved(place, [name]));
  }
  return {sections, moved, dropped};
}

const oldMarks = [
  ['restserver'],
  ['frameworklauncher'],
  ['hadoop'],
  ['cluster', 'clusterid'],
  ['cluster', 'data-path'],
  ['cluster', 'docker-registry-info'],
  ['grafana', 'grafana-port'],
  ['prometheus', 'prometheus-port'],
];

const newMarks = [['rest-server'], ['cluster', 'common'], ['cluster', 'docker-registry']];

const registry = ['cluster', 'docker-registry-info'];

const moves: readonly (readonly [from: readonly string[], to: readonly string[]])[] = [
  [
    ['cluster', 'clusterid'],
    ['cluster', 'common', 'cluster-id'],
  ],
  [
    ['cluster', 'data-path'],
    ['cluster', 'common', 'data-path'],
  ],
  [
    [...registry, 'docker-namespace'],
    ['cluster', 'docker-registry', 'namespace'],
  ],
  [
    [...registry, 'docker-registry-domain'],
    ['cluster', 'docker-registry', 'domain'],
  ],
  [
    [...registry, 'docker-username'],
    ['cluster', 'docker-registry', 'username'],
  ],
  [
    [...registry, 'docker-password'],
    ['cluster', 'docker-registry', 'password'],
  ],
  [
    [...registry, 'docker-tag'],
    ['cluster', 'docker-registry', 'tag'],
  ],
  [
    [...registry, 'secret-name'],
    ['cluster', 'docker-registry', 'secret-name'],
  ],
  [
    ['cluster', 'cluster-id'],
    ['cluster', 'common', 'cluster-id'],
  ],
  // Of a file that is partly new already.
  [
    ['cluster', 'common'],
    ['cluster', 'common'],
  ],
  [
    ['cluster', 'docker-registry'],
    ['cluster', 'docker-registry'],
  ],
  [['drivers'], ['drivers']],
  [
    ['hadoop', 'virtualClusters'],
    ['hadoop-resource-manager', 'virtualClusters'],
  ],
  [
    ['prometheus', 'yarn_exporter_port'],
    ['hadoop-resource-manager', 'yarn_exporter_port'],
  ],
  [['frameworklauncher'], ['yarn-frameworklauncher']],
  [['restserver'], ['rest-server']],
  [['webportal'], ['webportal']],
  [
    ['grafana', 'grafana-port'],
    ['grafana', 'port'],
  ],
  [
    ['grafana', 'port'],
    ['grafana', 'port'],
  ],
  [
    ['prometheus', 'prometheus-port'],
    ['prometheus', 'port'],
  ],
  [
    ['prometheus', 'port'],
    ['prometheus', 'port'],
  ],
  [
    ['prometheus', 'scrape_interval'],
    ['prometheus', 'scrape_interval'],
  ],
  [
    ['prometheus', 'node-exporter-port'],
    ['node-exporter', 'port'],
  ],
  [
    ['prometheus', 'alerting', 'alert_receiver'],
    ['alert-manager', 'receiver'],
  ],
  [
    ['prometheus', 'alerting', 'alert_manager_port'],
    ['alert-manager', 'port'],
  ],
  [
    ['prometheus', 'alerting', 'smtp_url'],
    ['alert-manager', 'smtp_url'],
  ],
  [
    ['prometheus', 'alerting', 'smtp_from'],
    ['alert-manager', 'smtp_from'],
  ],
  [
    ['prometheus', 'alerting', 'smtp_auth_username'],
    ['alert-manager', 'smtp_auth_username'],
  ],
  [
    ['prometheus', 'alerting', 'smtp_auth_password'],
    ['alert-manager', 'smtp_auth_password'],
  ],
  [['pylon'], ['pylon']],
];

const oldSections = new Set(moves.map(([[top = '']]) => top));

function put(sections: ValueMap, path: readonly string[], value: Value, note: (holder: ValueMap, key: string) => void) {
  let holder = sections;
  for (const part of path.slice(0, -1)) {
    const next = holder.get(part);
    const inner: ValueMap = next instanceof Map ? next : new Map();
    if (next !== inner) holder.set(part, inner);
    holder = inner;
  }
  const last = path.at(-1) ?? '';
  const there = holder.get(last);
  // What the file has under the new name counts more than what was moved there.
  if (there instanceof Map && value instanceof Map) for (const [key, item] of value) there.set(key, item);
  else holder.set(last, value);
  note(holder, last);
}

/** Keys at and below a path that no move takes along. */
function unmoved(place: Place, path: readonly string[]): (readonly string[])[] {
  const isTaken = moves.some(([from]) => from.every((part, index) => path[index] === part));
  if (isTaken) return [];
  const isOnTheWay = moves.some(([from]) => path.every((part, index) => from[index] === part));
  const value = valueAt(below(place, ...path));
  if (isOnTheWay && value instanceof Map)
    return [...value.keys()].flatMap((key) => unmoved(place, [...path, String(key)]));
  return value === null || value === undefined ? [] : [path];
}
