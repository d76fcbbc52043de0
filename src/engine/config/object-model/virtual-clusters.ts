/** Shares of the virtual clusters in percent (behaviour 3.5). */

import type {Value, ValueMap} from '../context-values.ts';
import {isAtLeast, type Release} from '../release.ts';
import type {YamlScalar} from '../yaml-scalars.ts';

export interface Shares {
  /** vc -> {description, weight}, weights as floats. */
  readonly queues: ValueMap;
  /** What is wrong, or was put right: `vc` names one of them. */
  readonly remarks: readonly {readonly vc?: string; readonly severity: 'error' | 'warning'; readonly message: string}[];
}

/** `virtualClusters` may be changed: until v0.8 the tools add "default" to it and correct capacities. */
export function shareOut(virtualClusters: ValueMap, release: Release): Shares {
  if (isAtLeast(release, 'v0.9')) return exactly(virtualClusters);
  return isAtLeast(release, 'v0.6') ? inProportion(virtualClusters) : withRest(virtualClusters);
}

/** v0.9 and later: they must make 100. */
function exactly(clusters: ValueMap): Shares {
  const negative = [...clusters].flatMap(([name, vc]) =>
    capacityOf(vc) < 0 ? {vc: String(name), severity: 'error' as const, message: 'is negative'} : [],
  );
  const total = sum(clusters);
  const wrong =
    total === 100 || clusters.size === 0
      ? []
      : [{severity: 'error' as const, message: `make ${total} percent together, and must make 100`}];
  return {queues: weighed(clusters, capacityOf), remarks: [...negative, ...wrong]};
}

/** v0.6 to v0.8: in proportion to each other. */
function inProportion(clusters: ValueMap): Shares {
  const remarks: Shares['remarks'][number][] = [];
  if (!clusters.has('default')) {
    const added: ValueMap = new Map<YamlScalar, Value>([
      ['description', defaultDescription],
      ['capacity', 0n],
    ]);
    clusters.set('default', added);
  }
  for (const [name, vc] of clusters) {
    if (!(vc instanceof Map) || capacityOf(vc) >= 0) continue;
    vc.set('capacity', 0n);
    remarks.push({vc: String(name), severity: 'warning', message: 'is negative and counts as 0'});
  }
  if (sum(clusters) === 0) {
    for (const vc of clusters.values()) if (vc instanceof Map) vc.set('capacity', 1n);
    if (clusters.size > 1) {
      remarks.push({severity: 'warning', message: 'are all 0, so every one gets the same share'});
    }
  }
  const total = sum(clusters);
  return {queues: weighed(clusters, (vc) => (capacityOf(vc) / total) * 100), remarks};
}

/** Until v0.5: what is left of 100 is for "default", whatever was written for it. */
function withRest(clusters: ValueMap): Shares {
  const total = sum(clusters);
  const queues = weighed(clusters, capacityOf);
  queues.set('default', queue(defaultDescription, Math.max(0, 100 - total)));
  if (total <= 100) return {queues, remarks: []};
  for (const each of queues.values()) {
    if (each instanceof Map) each.set('weight', Number(each.get('weight')) / (total / 100));
  }
  const message = `make ${total} percent together; each is reduced so that they make 100`;
  return {queues, remarks: [{severity: 'warning', message}]};
}

const defaultDescription = 'Default VC.';

function weighed(clusters: ValueMap, weightOf: (vc: Value) => number): ValueMap {
  return new Map(
    [...clusters].map(([name, vc]) => {
      const description = vc instanceof Map ? vc.get('description') : undefined;
      return [name, queue(description ?? null, weightOf(vc))];
    }),
  );
}

function queue(description: Value, weight: number): ValueMap {
  return new Map<YamlScalar, Value>([
    ['description', description],
    ['weight', weight],
  ]);
}

function sum(clusters: ValueMap): number {
  return [...clusters.values()].reduce<number>((total, vc) => total + capacityOf(vc), 0);
}

function capacityOf(vc: Value): number {
  const capacity = vc instanceof Map ? vc.get('capacity') : undefined;
  return typeof capacity === 'bigint' || typeof capacity === 'number' ? Number(capacity) : 0;
}
