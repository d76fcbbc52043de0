import type {CleanRequest} from '../../api.ts';
import {type AskedForRemains, readAllRemains} from '../../cluster/clean/all-remains.ts';
import type {Remains} from '../../cluster/clean/remains.ts';
import {sizedWords} from '../../cluster/clean/words.ts';
import {clusterLayout} from '../../cluster/layout/layout.ts';
import type {ClusterLayout} from '../../cluster/layout/types.ts';
import {membershipOf, othersWords} from '../../cluster/membership.ts';
import {isError, type Problem, ProblemError} from '../../problem.ts';
import {readConfig} from '../../read-config.ts';
import {together} from '../together.ts';
import type {FactWorld, Operation, Plan} from '../types.ts';
import {type CleanedMachine, cleanTasks} from './k8s-clean-tasks.ts';

export interface CleanFacts {
  readonly layout: ClusterLayout;
  /** In the order of the configuration. */
  readonly machines: readonly AskedForRemains[];
}

/** Takes a cluster away again, and leaves docker and what is other people's. */
export const k8sClean: Operation<CleanRequest, CleanFacts> = {
  name: 'cluster k8s-clean',
  locks: (_request, {layout}) => [
    {scope: 'services', of: layout.name},
    {scope: 'machines', of: layout.name},
  ],
  clusterLock(_request, {layout, machines}) {
    const masters = layout.masters.map(({name}) => name);
    // What is left of a cluster whose masters are all gone is cleaned without it: there is nowhere to hold it.
    const isThere = machines.some(({name, remains}) => remains && masters.includes(name));
    return isThere ? {masters, withoutMajority: true} : undefined;
  },
  readFacts,
  plan: planClean,
};

async function readFacts(
  {config: folder, source}: CleanRequest,
  {tools}: FactWorld,
  signal: AbortSignal,
): Promise<CleanFacts> {
  const {config} = await readConfig(folder, source);
  const {layout, problems} = clusterLayout(config);
  if (!layout) throw new ProblemError(together(problems.filter(isError)) ?? nothingToClean);
  return {layout, machines: await readAllRemains(layout, tools, signal)};
}

const nothingToClean: Problem = {code: 'config-invalid', message: 'The configuration describes no cluster.'};

/** Pure. Throws why where no machine can be cleaned. */
export function planClean({force}: CleanRequest, {layout, machines}: CleanFacts): Plan {
  const cleaned: CleanedMachine[] = [];
  const leftOut: Problem[] = [];
  for (const machine of layout.machines) {
    const {remains, problem} = machines.find(({name}) => name === machine.name) ?? {};
    if (!remains) leftOut.push(notReached(machine.name, problem));
    else if (membershipOf(remains, layout) === 'another cluster') leftOut.push(foreign(machine.name, remains));
    else cleaned.push({machine, remains});
  }
  if (cleaned.length === 0) throw new ProblemError(together(leftOut) ?? nothingToClean);
  const tasks = cleanTasks(cleaned, {layout, force});
  const count = new Set(tasks.flatMap(({on, expected}) => (expected === 'unchanged' ? [] : [on]))).size;
  const notices = leftOut.map((problem): Problem => ({...problem, severity: 'warning'}));
  if (count === 0) {
    const title = `Clean nothing: nothing is left of the cluster ${layout.name}`;
    return {operation: 'cluster k8s-clean', title, tasks, notices: [...notices, ...keptEarlier(cleaned)]};
  }
  return {
    operation: 'cluster k8s-clean',
    title: `Take the cluster ${layout.name} away from ${count === 1 ? '1 machine' : `${count} machines`}`,
    tasks,
    notices: [...notices, ...etcdNotices(cleaned, force), ...keptEarlier(cleaned), whatStays(cleaned)],
    confirm: layout.name,
  };
}

/** Why a machine that does not answer is left out. */
export function notReached(
  machine: string,
  problem: Problem = {code: 'machine-unreachable', message: 'It was not asked.'},
): Problem {
  const stays =
    'What lies on it stays: clean again before the next boot, or it comes back with what it knows of this cluster.';
  return {
    ...problem,
    message: `${machine} is left out: ${problem.message}`,
    hint: problem.hint === undefined ? stays : `${problem.hint} ${stays}`,
    machine,
  };
}

/** Why a machine of others is left out. */
export function foreign(machine: string, remains: Remains): Problem {
  return {
    code: 'other-cluster',
    message: `${machine} is left out: it is of another cluster, ${othersWords(remains)}.`,
    hint: remains.hasOthersKubelet
      ? 'Take it out of that one by what brought it.'
      : 'Clean it by the configuration of that one; or, if that is this one of before, write the address of its API here for as long.',
    machine,
  };
}

function etcdNotices(cleaned: readonly CleanedMachine[], force: boolean): readonly Problem[] {
  if (cleaned.every(({remains}) => remains.etcdData.length === 0)) return [];
  if (force)
    return [
      {
        code: 'cluster-data',
        severity: 'warning',
        message: 'The data of etcd go for good, and with them everything the cluster knows.',
        hint: 'Without --force they are moved aside.',
      },
    ];
  return [
    {
      code: 'cluster-data',
      severity: 'notice',
      message:
        'The data of etcd are moved aside on each master, and the next boot starts empty. The keys of the cluster go: what was given to users and programs to log in with ends with it.',
      hint: 'Remove by hand what was moved aside once nobody needs it. With --force the data go instead.',
    },
  ];
}

function keptEarlier(cleaned: readonly CleanedMachine[]): readonly Problem[] {
  return cleaned.flatMap(({machine: {name}, remains: {etcdKept}}): readonly Problem[] => {
    if (etcdKept.length === 0) return [];
    const message = `Data of etcd that were moved aside earlier stay on ${name}: ${etcdKept.map(sizedWords).join(', ')}.`;
    return [{code: 'cluster-data', severity: 'notice', message, machine: name}];
  });
}

function whatStays(cleaned: readonly CleanedMachine[]): Problem {
  const others = cleaned.reduce((sum, {remains}) => sum + (remains.containers?.others ?? 0), 0);
  const containers =
    others === 0
      ? ''
      : `, ${others === 1 ? '1 container that is' : `${others} containers that are`} not of the cluster`;
  return {
    code: 'cluster-data',
    severity: 'notice',
    message: `What stays: docker with its settings and images${containers}; swap, which is off; and the cluster in the kubeconfig of this computer.`,
    hint: 'Until a cluster is booted there again, its entry in the kubeconfig leads nowhere.',
  };
}
