/** What the API of a cluster says of it: nodes, pods, and which master is at work. */

import type {Kube, KubeObject} from '../../kube-tools.ts';
import {problemOf} from '../../problem.ts';
import type {Clock} from '../../tools.ts';
import type {ClusterLayout} from '../layout/types.ts';
import {type ApiConnections, withPatience} from './api-servers.ts';
import {summarizePods} from './summarize-pods.ts';
import type {ApiServerStatus, LeaderStatus, NodeStatus, PodsStatus, StatusPart} from './types.ts';

export interface ApiAnswers {
  readonly nodes: StatusPart<readonly NodeStatus[]>;
  readonly pods: StatusPart<PodsStatus>;
  readonly leaders: StatusPart<readonly LeaderStatus[]>;
}

/** Asks the server that is fittest. What cannot be had leaves what was known. Rejects only when aborted. */
export async function askApi(
  layout: Pick<ClusterLayout, 'machines'>,
  servers: readonly ApiServerStatus[],
  before: ApiAnswers,
  {connections, clock}: {readonly connections: ApiConnections; readonly clock: Clock},
  signal: AbortSignal,
): Promise<ApiAnswers> {
  const server = fittest(servers);
  const part = async <T>(known: StatusPart<T>, ask: (kube: Kube, signal: AbortSignal) => Promise<T>) => {
    try {
      const kube = connections.to(server);
      const found = await withPatience(server, clock, signal, (limited) => ask(kube, limited));
      return {known: found, at: clock.now()};
    } catch (error) {
      signal.throwIfAborted();
      return {...known, problem: problemOf(error)};
    }
  };
  const [nodes, pods, leaders] = await Promise.all([
    part(before.nodes, async (kube, limited) => nodesOf(layout, await kube.nodes(limited))),
    part(before.pods, async (kube, limited) => summarizePods(await kube.pods({}, limited), clock.now())),
    part(before.leaders, readLeaders),
  ]);
  return {nodes, pods, leaders};
}

/** The last is that in front of the others, which tells most of what clients see. */
function fittest(servers: readonly ApiServerStatus[]): string {
  const last = servers.toReversed();
  const found = (['ready', 'not ready', 'unknown', 'unreachable'] as const).flatMap((state) =>
    last.filter((one) => one.state === state),
  );
  return (found[0] ?? servers[0])?.server ?? '';
}

/** Machines in the order of the configuration, then nodes that it does not have. */
function nodesOf(
  {machines}: Pick<ClusterLayout, 'machines'>,
  nodes: Awaited<ReturnType<Kube['nodes']>>,
): readonly NodeStatus[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const configured = machines.map(({name, nodeName, roles}): NodeStatus => {
    const node = byName.get(nodeName);
    byName.delete(nodeName);
    const about = {name, nodeName, roles, isConfigured: true};
    return node ? {...about, state: node.ready, node} : {...about, state: 'missing'};
  });
  const others = [...byName.values()].map(
    (node): NodeStatus => ({
      ...{name: node.name, nodeName: node.name, roles: [], isConfigured: false, state: node.ready, node},
    }),
  );
  return [...configured, ...others];
}

const leases = [
  ['controller manager', 'kube-controller-manager'],
  ['scheduler', 'kube-scheduler'],
] as const;

async function readLeaders(kube: Kube, signal: AbortSignal): Promise<readonly LeaderStatus[]> {
  return Promise.all(
    leases.map(async ([component, name]) => {
      const lease = {apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-system', name};
      return leaderIn(component, await kube.read(lease, signal));
    }),
  );
}

/** 'infra-01_0e5b…' */
function leaderIn(component: LeaderStatus['component'], lease: KubeObject | undefined): LeaderStatus {
  const spec: unknown = lease?.['spec'];
  const {holderIdentity, renewTime} = (typeof spec === 'object' && spec !== null ? spec : {}) as Record<
    string,
    unknown
  >;
  const renewedAt = Date.parse(String(renewTime));
  return {
    component,
    ...(typeof holderIdentity === 'string' && holderIdentity !== ''
      ? {holder: holderIdentity.split('_')[0] ?? ''}
      : {}),
    ...(Number.isFinite(renewedAt) ? {renewedAt} : {}),
  };
}
