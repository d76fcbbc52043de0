/** Facts of a cluster with three masters, a worker, and two that come or go. */

import type {FoundMachine} from '../../../src/engine/cluster/boot/facts.ts';
import type {Remains} from '../../../src/engine/cluster/clean/remains.ts';
import type {ClusterLayout, ClusterMachine} from '../../../src/engine/cluster/layout/types.ts';
import {podRanges} from '../../../src/engine/cluster/packages/choice.ts';
import type {WorkerFacts} from '../../../src/engine/cluster/workers/facts.ts';
import type {LeavingPod} from '../../../src/engine/cluster/workers/leaving-pods.ts';
import type {Effect} from '../../../src/engine/plan/types.ts';
import type {Problem} from '../../../src/engine/problem.ts';
import {clusterOf, worker} from '../../cluster/sample-clusters.ts';

const more: readonly ClusterMachine[] = [12, 13].map((number) => ({
  ...{...worker, name: `gpu-${number - 10}`, nodeName: `gpu-${number - 10}`, address: `10.0.0.${number}`},
}));
export const asked = more.map(({name}) => name);
export const dead: Problem = {code: 'machine-unreachable', message: 'Nobody answers at 10.0.0.12.', hint: 'See to it.'};
const range = '10.200.0.0/16';

export async function layoutWithMore(
  way: Parameters<typeof clusterOf>[0] = 'external-balancer',
): Promise<ClusterLayout> {
  const layout = await clusterOf(way);
  return {...layout, workers: [...layout.workers, ...more], machines: [...layout.machines, ...more]};
}

/** `change`: what is found otherwise, by machine. */
export function workerFacts(
  layout: ClusterLayout,
  isMember: boolean,
  change: Readonly<Record<string, Partial<FoundMachine>>> = {},
): WorkerFacts {
  const isOld = ({name}: ClusterMachine) => !asked.includes(name);
  return {
    ...{layout, asked, unwritten: [], problems: [], checks: []},
    podNetwork: {kind: 'routes', range, ranges: podRanges(layout, range)},
    machines: layout.machines.map((machine) => ({
      ...{name: machine.name, isMember: isOld(machine) || isMember, hasDocker: true, etcdKept: []},
      ...(machine.roles.includes('master') ? {servesApi: true, authority: 'abc'} : {}),
      ...change[machine.name],
    })),
    nodes: layout.machines
      .filter((machine) => isOld(machine) || isMember)
      .map(({nodeName}) => ({name: nodeName, isReady: true, isSchedulable: true})),
  };
}

export const remains: Remains = {
  containers: {hasKubelet: true, count: 1, pods: ['kube-system/kube-proxy-x'], others: 1},
  folders: [{path: '/etc/kubernetes', bytes: 60_000}],
  ...{files: ['/etc/hosts'], hasRules: true, etcdData: [], etcdKept: [], servers: ['https://10.0.0.200:6443']},
};

export const pod = (name: string, change: Partial<LeavingPod> = {}): LeavingPod => ({
  ...{namespace: 'default', name, ownVolumes: [], isOver: false},
  ...change,
});

/** The machine, or the node, that an effect is on; undefined: the cluster or this computer. */
export function placeOf(effect: Effect): string | undefined {
  if ('on' in effect) return effect.on;
  return effect.kind === 'kube' && effect.object.kind === 'Node' ? effect.object.name : undefined;
}
