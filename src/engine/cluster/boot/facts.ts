/** What has to be known before a cluster is booted. Plain JSON: a plan that was made by it can be made again. */

import type {BootupRequest} from '../../api.ts';
import {nameOf, type ObjectName} from '../../kube-tools.ts';
import {together} from '../../plan/together.ts';
import type {FactWorld} from '../../plan/types.ts';
import {isError, type Problem, ProblemError} from '../../problem.ts';
import {readConfig} from '../../read-config.ts';
import {tlsKnock} from '../check/api-endpoints.ts';
import {judgeCluster} from '../check/judge.ts';
import {readCheckFacts} from '../check/read-check-facts.ts';
import type {ApiFacts, AskedMachine, CheckResult, MachineAnswer} from '../check/types.ts';
import {readThisComputer, type ThisComputer} from '../kubectl/this-computer.ts';
import {clusterLayout} from '../layout/layout.ts';
import type {ClusterLayout} from '../layout/types.ts';
import {membershipOf} from '../membership.ts';
import type {DecidedPodNetwork} from '../packages/choice.ts';
import {clusterObjects, manifestObjects, type ObjectSet} from '../packages/objects.ts';
import {decidePodNetwork} from './pod-network.ts';

export interface BootupFacts {
  readonly layout: ClusterLayout;
  readonly podNetwork: DecidedPodNetwork;
  /** In the order of the configuration. */
  readonly machines: readonly FoundMachine[];
  readonly checks: readonly CheckResult[];
  /** What is to be known of the configuration. */
  readonly notices: readonly Problem[];
  /** What is applied to the API, by whose it is. */
  readonly objects: Readonly<Record<AppliedSet, readonly ObjectName[]>>;
  readonly computer: ThisComputer;
}

export type AppliedSet = ObjectSet | 'pod network' | 'dns';

export interface FoundMachine {
  readonly name: string;
  /** Why it could not be asked. */
  readonly problem?: Problem;
  /** It is of this cluster already. */
  readonly isMember: boolean;
  /** Docker was there before us. */
  readonly hasDocker: boolean;
  /** An API server answers on it, as this computer sees it. */
  readonly servesApi?: true;
  /** The digest of the cluster's authority that it has, 'none' where it has none; absent: not known. */
  readonly authority?: string;
  /** Whether data of etcd are there; lost: etcd was healthy on it once, and they are not where they belong. */
  readonly etcd?: 'there' | 'lost';
  /** Folders of etcd data that were moved aside earlier. */
  readonly etcdKept: readonly string[];
}

export async function readBootupFacts(
  request: BootupRequest,
  {tools}: FactWorld,
  signal: AbortSignal,
): Promise<BootupFacts> {
  const {config} = await readConfig(request.config, request.source);
  const {layout, problems} = clusterLayout(config);
  if (!layout) throw new ProblemError(together(problems.filter(isError)) ?? nothingToBoot);
  const {assets, clock, machines} = tools;
  const checked = await readCheckFacts(layout, {machines, clock, assets, knock: tlsKnock(clock)}, () => {}, signal);
  const found = checked.machines.map((asked) => foundMachine(asked, checked.api, layout));
  const isBooted = found.some(({isMember}) => isMember);
  const podNetwork = decidePodNetwork(layout, checked, isBooted);
  return {
    layout,
    podNetwork,
    machines: found,
    checks: judgeCluster(checked, layout),
    notices: problems,
    objects: await appliedObjects(assets, layout, podNetwork),
    computer: await readThisComputer(request, tools, signal),
  };
}

/** What counts of the answers of a machine. */
export function foundMachine(asked: AskedMachine, {endpoints}: ApiFacts, layout: ClusterLayout): FoundMachine {
  const {name, problem, answer} = asked;
  const address = layout.masters.find((master) => master.name === name)?.address;
  const servesApi = endpoints.some(
    ({host, port, state}) => host === address && port === layout.masterPort && state === 'answers',
  );
  return {
    name,
    ...(problem ? {problem} : {}),
    isMember: membershipOf(answer?.member, layout) === 'this cluster',
    hasDocker: answer?.hasDocker ?? false,
    ...(servesApi ? {servesApi} : {}),
    ...(answer?.isRoot ? {authority: answer.member.authority ?? 'none'} : {}),
    ...(answer ? etcdOf(answer) : {}),
    etcdKept: answer?.etcdKept ?? [],
  };
}

function etcdOf({isRoot, hadEtcd, etcdData}: MachineAnswer): Pick<FoundMachine, 'etcd'> {
  if (etcdData.length > 0) return {etcd: 'there'};
  return isRoot && hadEtcd ? {etcd: 'lost'} : {};
}

async function appliedObjects(
  assets: string,
  layout: ClusterLayout,
  podNetwork: DecidedPodNetwork,
): Promise<BootupFacts['objects']> {
  const shipped = (set: ObjectSet) => clusterObjects(assets, set, layout, {podNetwork}).map(nameOf);
  const own = async (file: string | undefined) => (file === undefined ? [] : (await manifestObjects(file)).map(nameOf));
  return {
    'kube-proxy': shipped('kube-proxy'),
    dashboard: shipped('dashboard'),
    'plain-http': layout.plainHttp ? shipped('plain-http') : [],
    'pod network': await own(podNetwork.kind === 'manifest' ? podNetwork.file : undefined),
    dns: await own(layout.dnsManifest),
  };
}

const nothingToBoot: Problem = {code: 'config-invalid', message: 'The configuration describes no cluster.'};
