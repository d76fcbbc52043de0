/** Thousands of pods as what one wants to know of them. Pure. */

import type {KubePod} from '../../kube-tools.ts';
import type {PodCounts, PodStatus, PodsStatus} from './types.ts';

const mostTroubled = 200;
/** What takes longer to come up, or to go, is in trouble: pulling an image may take minutes. */
const patienceMs = 5 * 60_000;
/** What a pod says of itself while it comes up. */
const beginning = ['ContainerCreating', 'PodInitializing'];

export function summarizePods(pods: readonly KubePod[], now: number): PodsStatus {
  const troubled = pods.filter((pod) => isTroubled(pod, now));
  const inTrouble = new Set(troubled);
  return {
    counts: countsOf(pods, inTrouble),
    byNamespace: groups(pods, ({namespace}) => namespace).map(([namespace, own]) => ({
      namespace,
      ...countsOf(own, inTrouble),
    })),
    byNode: groups(pods, ({node}) => node).map(([node, own]) => ({node, ...countsOf(own, inTrouble)})),
    system: pods.filter(({namespace}) => namespace === 'kube-system').map(statusOf),
    troubled: troubled.slice(0, mostTroubled).map(statusOf),
  };
}

/** It fails, or waits for something that does not come by itself. */
export function isTroubled({phase, ready, reason, createdAt, leaving}: KubePod, now: number): boolean {
  const isOld = now - createdAt > patienceMs;
  if (phase === 'Succeeded') return false;
  if (phase === 'Failed' || phase === 'Unknown') return true;
  if (ready || leaving) return false;
  if (reason !== undefined && !beginning.includes(reason)) return true;
  return isOld;
}

function countsOf(pods: readonly KubePod[], inTrouble: ReadonlySet<KubePod>): PodCounts {
  return {
    all: pods.length,
    ready: pods.filter(({ready}) => ready).length,
    troubled: pods.filter((pod) => inTrouble.has(pod)).length,
  };
}

/** By a key, sorted by it; those without one are left out. */
function groups(
  pods: readonly KubePod[],
  keyOf: (pod: KubePod) => string | undefined,
): readonly (readonly [string, readonly KubePod[]])[] {
  const found = new Map<string, KubePod[]>();
  for (const pod of pods) {
    const key = keyOf(pod);
    if (key === undefined) continue;
    const group = found.get(key);
    if (group) group.push(pod);
    else found.set(key, [pod]);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function statusOf({namespace, name, node, phase, ready, reason, message, restarts, createdAt}: KubePod): PodStatus {
  return {
    ...{namespace, name, phase, ready, restarts, createdAt},
    ...(node === undefined ? {} : {node}),
    ...(reason === undefined ? {} : {reason}),
    ...(message === undefined ? {} : {message}),
  };
}
