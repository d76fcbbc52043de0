/** Whether a cluster can be booted as it was found, and what is to be known before. Pure. */

import {foldHostNames} from '../../machines/host-names.ts';
import type {Problem} from '../../problem.ts';
import {foldResults} from '../check/fold-results.ts';
import type {CheckName, CheckResult} from '../check/types.ts';
import type {BootupFacts, FoundMachine} from './facts.ts';
import {authorityRefusals} from './judge-authorities.ts';
import {majorityOf, reachedMachines, serving} from './present.ts';

/** Everything that makes a boot impossible. */
export function refusalsOf(facts: BootupFacts): readonly Problem[] {
  const {layout, machines, checks} = facts;
  const reached = reachedMachines(facts);
  const masters = reached.filter(({roles}) => roles.includes('master'));
  const needed = majorityOf(layout.masters);
  // Whoever does not let us in is there, and is not left out unasked.
  const closed = machines.flatMap(({problem}) => (problem && !isDead(problem) ? [problem] : []));
  const failed = foldResults(checks.filter(({check, state}) => check !== 'reachable' && state === 'failed'));
  return [
    ...closed,
    ...(masters.length < needed && closed.length === 0 ? [tooFewMasters(facts, needed)] : []),
    ...(layout.availability === 'proxy' && closed.length === 0 && !reached.some(({roles}) => roles.includes('proxy'))
      ? [noProxy(facts)]
      : []),
    ...authorityRefusals(facts),
    ...(othersHaveEtcd(facts) ? [] : lostEtcd(facts)),
    ...failed.map(({check, machines: on, detail, fix}) => problemOfCheck({check, detail, ...(fix ? {fix} : {})}, on)),
  ];
}

/** What the operator should know before approving. */
export function noticesOf(facts: BootupFacts): readonly Problem[] {
  const {checks, machines, notices} = facts;
  const told = foldResults(checks.filter(({check, state}) => state === 'warning' || isPromise(check, state)));
  return [
    ...notices,
    ...machines.flatMap((machine) => (machine.problem ? [leftOut(machine, machine.problem)] : [])),
    ...(othersHaveEtcd(facts) ? lostEtcd(facts).map(asWarning) : []),
    ...turnNotices(facts),
    ...networkNotices(facts),
    ...(facts.layout.plainHttp ? [plainHttp] : []),
    ...machines.flatMap(keptData),
    ...told.map(({check, state, machines: on, detail, fix}): Problem => {
      const severity = state === 'warning' ? 'warning' : 'notice';
      return {...problemOfCheck({check, detail, ...(fix ? {fix} : {})}, on), severity};
    }),
  ];
}

/** What is said of how many machines may go is told also where all is well. */
function isPromise(check: CheckName, state: CheckResult['state']): boolean {
  return state === 'ok' && (check === 'masters' || check === 'balancer');
}

/** A check that failed, or is to be warned of, as it is told. */
export function problemOfCheck(
  {check, detail, fix}: Pick<CheckResult, 'check' | 'detail' | 'fix'>,
  machines: readonly string[],
): Problem {
  const where = machines.length === 0 ? '' : `${foldHostNames(machines)}: `;
  const [machine] = machines;
  return {
    code: 'check-failed',
    message: `${where}${detail === '' ? check : detail}`,
    ...(fix === undefined ? {} : {hint: fix}),
    ...(machines.length === 1 && machine !== undefined ? {machine} : {}),
  };
}

/** Nobody answers there, whatever the reason. */
export function isDead({code}: Problem): boolean {
  return code === 'machine-unreachable' || code === 'machine-lost' || code === 'deadline-passed';
}

function leftOut({name}: FoundMachine, problem: Problem): Problem {
  return {
    code: 'machine-unreachable',
    severity: 'warning',
    message: `${name} is left out: ${problem.message}`,
    hint: 'When it answers again, boot again: it joins, and nothing else changes.',
    machine: name,
  };
}

function tooFewMasters({layout, machines}: BootupFacts, needed: number): Problem {
  const dead = machines.filter(({name, problem}) => problem && layout.masters.some((master) => master.name === name));
  const first = dead[0]?.problem;
  return {
    code: 'machine-unreachable',
    message: `${foldHostNames(dead.map(({name}) => name))} cannot be reached: etcd needs ${needed} of ${layout.masters.length} masters.`,
    hint: first?.hint ?? 'See why with: pai-tui machine list',
    ...(first ? {detail: first.message} : {}),
  };
}

function noProxy({layout}: BootupFacts): Problem {
  return {
    code: 'machine-unreachable',
    message: `No proxy can be reached, and kubelets go to the API by its address, ${layout.api.host}.`,
    hint: 'See why with: pai-tui machine list',
  };
}

/** Whether a cluster that runs stays one meanwhile. */
function turnNotices(facts: BootupFacts): readonly Problem[] {
  const {layout, machines} = facts;
  const all = layout.masters.length;
  if (all === 1 || !machines.some(({isMember}) => isMember)) return [];
  const answering = serving(facts).length;
  const message =
    answering >= majorityOf(layout.masters)
      ? 'The cluster runs: its masters are changed one after the other, each when the one before is well.'
      : `${answering} of ${all} API servers ${answering === 1 ? 'answers' : 'answer'}: that is no running cluster, and its masters are changed all at once.`;
  return [{code: 'check-failed', severity: 'notice', message}];
}

function networkNotices({layout, podNetwork, machines}: BootupFacts): readonly Problem[] {
  const notice = (message: string, hint?: string): Problem => ({
    ...{code: 'check-failed', severity: 'notice', message},
    ...(hint === undefined ? {} : {hint}),
  });
  switch (podNetwork.kind) {
    case 'host': {
      const isLeftOpen = layout.podNetwork.kind === 'auto';
      const isBooted = machines.some(({isMember}) => isMember);
      const why = isLeftOpen
        ? isBooted
          ? ', as the cluster was booted'
          : ', since routes are not proven to work'
        : '';
      return [
        notice(
          `The pod network is host${why}: pods of different machines cannot reach each other, but for those on the network of their machine.`,
          isLeftOpen && isBooted
            ? 'To change it, write pod-network: routes; docker is restarted on all machines then.'
            : undefined,
        ),
      ];
    }
    case 'routes':
      return [
        notice(
          `The pod network is routes: each machine has 256 addresses of ${podNetwork.range}, and pods of all machines reach each other.`,
        ),
      ];
    case 'manifest':
      return [
        notice(
          `The pod network is that of ${podNetwork.file}: nodes are Ready when it is, and what pods reach is its affair.`,
        ),
      ];
  }
}

const plainHttp: Problem = {
  code: 'check-failed',
  severity: 'warning',
  message:
    'Masters answer plain HTTP on port 8080: whoever is on a machine of the cluster, pods too, sees objects and logs without a password, and others on the way can read along.',
  hint: 'It is for services that know no TLS. Without them, take plain-http-api out of the configuration.',
};

/**
 * Masters of this cluster whose etcd has lost its data. Where no majority has them it could come up empty, and kubelets
 * would end the pods that it does not know; where a majority has them it does not come up at all.
 */
function lostEtcd({layout, machines}: BootupFacts): readonly Problem[] {
  return machines
    .filter(({isMember, etcd}) => isMember && etcd === 'lost')
    .map(({name: machine}) => ({
      ...{code: 'check-failed', machine},
      message: `${machine} is a master of this cluster, and the data of its etcd are not in ${layout.etcdDataPath}.`,
      hint: 'See whether a disk is not mounted, or put them back: without them the cluster would begin empty, and where other masters have them this one stays out. Where the cluster was being cleaned, clean it to the end: pai-tui cluster k8s-clean',
    }));
}

/**
 * With the data on a majority of masters the others cannot come up without them. On fewer, those that have lost theirs could
 * be a quorum of an empty cluster while nobody who knows better answers.
 */
function othersHaveEtcd({layout, machines}: BootupFacts): boolean {
  const having = layout.masters.filter(({name}) =>
    machines.some((found) => found.name === name && found.etcd === 'there'),
  );
  return having.length >= majorityOf(layout.masters);
}

function asWarning(problem: Problem): Problem {
  return {...problem, severity: 'warning'};
}

function keptData({name, etcdKept}: FoundMachine): readonly Problem[] {
  if (etcdKept.length === 0) return [];
  const message = `${name}: data of etcd that was kept in ${etcdKept.join(', ')} is not used.`;
  return [{code: 'check-failed', severity: 'notice', message, machine: name}];
}
