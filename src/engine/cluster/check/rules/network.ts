/** How machines reach each other, and whether all are of one network segment: routes between pods need that. */

import {foldHostNames} from '../../../machines/host-names.ts';
import type {OtherMachine} from '../types.ts';
import {
  type ClusterRule,
  failed,
  ok,
  type SeenCluster,
  type SeenMachine,
  unknown,
  type Verdict,
  warning,
} from './rule.ts';

/** Only of those that answered us: that the others are dead is known. */
export const network: ClusterRule = {
  check: 'network',
  judge(all) {
    const found = all.seen.flatMap((one) => {
      const lost = pairsOf(one, all).filter(({way}) => way && !isReached(way));
      if (lost.length === 0) return [];
      const names = foldHostNames(lost.map(({other}) => other.machine.name));
      return [
        {
          machine: one.machine.name,
          ...failed(`It does not reach ${names}.`, 'See to cables, switches, routes and firewalls between them.'),
        },
      ];
    });
    if (found.length > 0 || all.seen.length < 2) return found;
    const unasked = all.seen.filter(({answer}) => !answer || answer.others.length === 0);
    return [
      ...unasked.map(({machine}) => ({
        machine: machine.name,
        ...unknown('Whether it reaches the others was not to be asked.'),
      })),
      ...(unasked.length < all.seen.length ? [ok('They have a way to each other.')] : []),
    ];
  },
};

/** Whoever is behind a gateway may be silent to a packet that goes one step: that says nothing. */
function isReached({route, answers, mac}: OtherMachine): boolean {
  return route !== undefined && (route !== 'direct' || answers !== false || mac !== undefined);
}

/**
 * The proof: no gateway in between, and each shows the address of its own card. What answers for others (proxy ARP, the
 * networks of clouds) shows another one, and would not take packets of pods.
 */
export const segment: ClusterRule = {
  check: 'segment',
  judge(all) {
    const {podNetwork} = all.cluster;
    if (podNetwork.kind !== 'routes' && podNetwork.kind !== 'auto') return [];
    if (all.cluster.machines.length < 2) return [ok('One machine needs none.')];
    const found = all.seen.flatMap((one) => {
      const verdict = judgeOne(one, all);
      return verdict ? [{machine: one.machine.name, ...(podNetwork.kind === 'auto' ? lighter(verdict) : verdict)}] : [];
    });
    const silent = all.silent.length === 0 ? [] : [unknown(`${foldHostNames(all.silent)} did not answer.`)];
    if (found.length > 0) return [...found, ...silent];
    return all.seen.length > 1
      ? [
          ok(
            `${silent.length === 0 ? 'All' : 'Those that answer'} are of one segment: pods of all machines can reach each other.`,
          ),
          ...silent,
        ]
      : silent;
  },
};

/** Whether routes can be the network of pods: every pair of machines was proven to be of one segment. */
export function isOneSegment(all: SeenCluster): boolean {
  return all.silent.length === 0 && all.seen.every((one) => judgeOne(one, all) === undefined);
}

function judgeOne(one: SeenMachine, all: SeenCluster): Verdict | undefined {
  const pairs = pairsOf(one, all);
  const through = pairs.filter(({way}) => way?.route === 'gateway');
  if (through.length > 0) {
    return failed(`It goes to ${namesOf(through)} through a gateway, which knows no pods.`, elsewhere);
  }
  const masked = pairs.filter(
    ({way, other}) => way?.mac !== undefined && other.answer && !Object.values(other.answer.macs).includes(way.mac),
  );
  if (masked.length > 0) {
    return failed(`Something in between answers for ${namesOf(masked)}: it would not take packets of pods.`, elsewhere);
  }
  const unproven = pairs.filter(({way, other}) => way?.route !== 'direct' || way.mac === undefined || !other.answer);
  return unproven.length === 0
    ? undefined
    : unknown(
        `That ${namesOf(unproven)} ${unproven.length === 1 ? 'is' : 'are'} of its segment is not proven.`,
        elsewhere,
      );
}

const elsewhere = "Put them on one switch, or choose another pod network: 'host', or a manifest of your own.";

/** Nobody insists on routes: without the proof pods stay with their machine. */
function lighter(verdict: Verdict): Verdict {
  if (verdict.state !== 'failed') return verdict;
  return warning(
    `${verdict.detail} So pods of different machines will not reach each other (pod network 'host').`,
    verdict.fix,
  );
}

interface Pair {
  readonly other: SeenMachine;
  /** Absent where it was not asked. */
  readonly way?: OtherMachine;
}

function pairsOf({machine, answer}: SeenMachine, {seen}: SeenCluster): readonly Pair[] {
  const others = seen.filter((other) => other.machine.name !== machine.name);
  return others.map((other) => {
    const way = answer?.others.find(({address}) => address === other.machine.address);
    return {other, ...(way ? {way} : {})};
  });
}

function namesOf(pairs: readonly Pair[]): string {
  return foldHostNames(pairs.map(({other}) => other.machine.name));
}
