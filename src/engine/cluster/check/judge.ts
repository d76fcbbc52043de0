/** What is to be thought of the answers. Pure: the same facts give the same results. */

import {membershipOf} from '../membership.ts';
import {reachable, sudo} from './rules/access.ts';
import {ranges} from './rules/address-ranges.ts';
import {balancer, masters, version} from './rules/balancer.ts';
import {clock} from './rules/clock.ts';
import {disk} from './rules/disks.ts';
import {docker} from './rules/docker.ts';
import {identity} from './rules/identity.ts';
import {images, registry} from './rules/images.ts';
import {etcdData, leftovers} from './rules/leftovers.ts';
import {dns, hostName} from './rules/names.ts';
import {isOneSegment, network, segment} from './rules/network.ts';
import {ports} from './rules/ports.ts';
import type {ClusterRule, MachineRule, SeenCluster, SeenMachine} from './rules/rule.ts';
import {cgroup, memory, modules, swap, system} from './rules/system.ts';
import type {AskedMachine, CheckedCluster, CheckFacts, CheckResult} from './types.ts';

const machineRules: readonly MachineRule[] = [
  reachable,
  sudo,
  system,
  memory,
  disk,
  swap,
  cgroup,
  modules,
  docker,
  ports,
  leftovers,
  etcdData,
  registry,
  images,
  hostName,
  dns,
];

const clusterRules: readonly ClusterRule[] = [identity, clock, network, segment, ranges, balancer, masters, version];

/** Every result: of each machine in the order of the configuration, then of all together. */
export function judgeCluster(facts: CheckFacts, cluster: CheckedCluster): readonly CheckResult[] {
  return [...facts.machines.flatMap((asked) => judgeMachine(asked, cluster)), ...judgeAcross(facts, cluster)];
}

/** What is seen of one machine alone. */
export function judgeMachine(asked: AskedMachine, cluster: CheckedCluster): readonly CheckResult[] {
  const {name, problem} = asked;
  const seen = seenMachine(asked, cluster);
  if (!seen) {
    const {message = 'It was not asked.', hint} = problem ?? {};
    return [
      {machine: name, check: 'reachable', state: 'failed', detail: message, ...(hint === undefined ? {} : {fix: hint})},
    ];
  }
  return machineRules.flatMap(({check, judge}) => judge(seen).map((verdict) => ({machine: name, check, ...verdict})));
}

/** What is seen only side by side. */
export function judgeAcross(facts: CheckFacts, cluster: CheckedCluster): readonly CheckResult[] {
  const all = seenCluster(facts, cluster);
  return clusterRules.flatMap(({check, judge}) => judge(all).map((verdict) => ({check, ...verdict})));
}

/** Whether routes can be the network of pods: every pair of machines is proven to be of one segment. */
export function canRoutePods(facts: CheckFacts, cluster: CheckedCluster): boolean {
  return isOneSegment(seenCluster(facts, cluster));
}

function seenCluster(facts: CheckFacts, cluster: CheckedCluster): SeenCluster {
  const seen = facts.machines.flatMap((asked) => seenMachine(asked, cluster) ?? []);
  const names = new Set(seen.map(({machine}) => machine.name));
  return {cluster, seen, facts, silent: cluster.machines.flatMap(({name}) => (names.has(name) ? [] : [name]))};
}

function seenMachine(asked: AskedMachine, cluster: CheckedCluster): SeenMachine | undefined {
  const machine = cluster.machines.find(({name}) => name === asked.name);
  const {facts, answer} = asked;
  if (!machine || !facts) return undefined;
  return {machine, cluster, facts, asked, member: membershipOf(answer?.member, cluster), ...(answer ? {answer} : {})};
}
