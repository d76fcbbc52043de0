import type {KubeNode} from '../kube-tools.ts';
import {isMap, type JsonMap, listOf, mapOf, shownOf, textOf, textsOf, timeOf} from './json.ts';

const pressures = {
  MemoryPressure: 'memory',
  DiskPressure: 'disk',
  PIDPressure: 'pid',
  NetworkUnavailable: 'network',
} as const;

/** `renewedAt`: when its kubelet last renewed its lease, which it does far more often than it tells its state. */
export function readNode(item: JsonMap, renewedAt: ReadonlyMap<string, number>): KubeNode | undefined {
  const metadata = mapOf(item['metadata']);
  const spec = mapOf(item['spec']);
  const status = mapOf(item['status']);
  const name = shownOf(metadata['name']);
  if (name === undefined) return undefined;
  const conditions = listOf(status['conditions']).filter(isMap);
  const ready = conditions.find(({type}) => type === 'Ready');
  const info = mapOf(status['nodeInfo']);
  const addresses = listOf(status['addresses']).filter(isMap);
  const address = shownOf((addresses.find(({type}) => type === 'InternalIP') ?? addresses[0])?.['address']);
  const reason = ready?.['status'] === 'True' ? undefined : (shownOf(ready?.['message']) ?? shownOf(ready?.['reason']));
  const heard = Math.max(timeOf(ready?.['lastHeartbeatTime']) ?? 0, renewedAt.get(name) ?? 0);
  const podRange = textOf(spec['podCIDR']);
  return {
    name,
    ready: ready?.['status'] === 'True' ? 'ready' : ready?.['status'] === 'False' ? 'not ready' : 'unknown',
    ...(reason === undefined ? {} : {reason}),
    pressures: conditions.flatMap(({type, status: is}) => {
      const word = pressures[type as keyof typeof pressures];
      return word !== undefined && is === 'True' ? [word] : [];
    }),
    version: shownOf(info['kubeletVersion']) ?? '',
    runtime: shownOf(info['containerRuntimeVersion']) ?? '',
    ...(address === undefined ? {} : {address}),
    labels: textsOf(metadata['labels']),
    taints: listOf(spec['taints']).filter(isMap).map(taintWords),
    schedulable: spec['unschedulable'] !== true,
    ...(heard > 0 ? {heardAt: heard} : {}),
    createdAt: timeOf(metadata['creationTimestamp']) ?? 0,
    ...(podRange === undefined ? {} : {podRange}),
  };
}

/** When each node's kubelet last renewed its lease, by the node's name. */
export function readLeases(items: readonly JsonMap[]): Map<string, number> {
  const renewed = new Map<string, number>();
  for (const item of items) {
    const name = textOf(mapOf(item['metadata'])['name']);
    const at = timeOf(mapOf(item['spec'])['renewTime']);
    if (name !== undefined && at !== undefined) renewed.set(name, at);
  }
  return renewed;
}

function taintWords({key, value, effect}: JsonMap): string {
  const shown = shownOf(value);
  return `${shownOf(key) ?? ''}${shown === undefined ? '' : `=${shown}`}:${shownOf(effect) ?? ''}`;
}
