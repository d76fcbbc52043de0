import type {MachineRemoveRequest} from '../../api.ts';
import {foundOn, type Joining, taskOn} from '../../cluster/boot/boot.ts';
import {isDead} from '../../cluster/boot/judge-boot.ts';
import {type Remains, readRemains, readRemainsScript} from '../../cluster/clean/remains.ts';
import type {ClusterLayout, ClusterMachine} from '../../cluster/layout/types.ts';
import {membershipOf, othersWords} from '../../cluster/membership.ts';
import {readWorkerFacts, type WorkerFacts} from '../../cluster/workers/facts.ts';
import {
  isIrreplaceable,
  isLeaving,
  type LeavingPod,
  leavingPod,
  leavingWords,
  losesData,
  podName,
} from '../../cluster/workers/leaving-pods.ts';
import {neighboursOf, silentNeighbours, unknownNodes} from '../../cluster/workers/neighbours.ts';
import {each} from '../../machines/each.ts';
import {foldHostNames} from '../../machines/host-names.ts';
import {displayText} from '../../names.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import {cleanWorker} from '../cluster/k8s-clean-tasks.ts';
import {together} from '../together.ts';
import type {FactWorld, Operation, Plan, Task} from '../types.ts';
import {cordonTask, drainTask} from './drain-task.ts';
import {machineListTask, type PlannedList, planMachineList} from './machine-list-task.ts';
import {neighbourTasks} from './neighbour-tasks.ts';
import {removeNodeTask} from './remove-node-task.ts';

export interface RemoveFacts extends WorkerFacts {
  /** In the order of `asked`. */
  readonly leaving: readonly LeavingMachine[];
  /** What the configuration is to say afterwards, where that was asked for. */
  readonly list?: PlannedList;
}

interface LeavingMachine {
  readonly name: string;
  /** What lies on it; absent where it was not asked. */
  readonly remains?: Remains;
  readonly pods: readonly LeavingPod[];
}

/** Takes workers out of a cluster that runs: their pods go elsewhere first. */
export const machineRemove: Operation<MachineRemoveRequest, RemoveFacts> = {
  name: 'machine remove',
  parallel: 40,
  locks: (_request, {layout}) => [{scope: 'machines', of: layout.name}],
  clusterLock: (_request, {layout}) => ({masters: layout.masters.map(({name}) => name)}),
  readFacts,
  plan: planRemove,
};

async function readFacts(request: MachineRemoveRequest, world: FactWorld, signal: AbortSignal): Promise<RemoveFacts> {
  const {more, ...facts} = await readWorkerFacts(
    request,
    world,
    async (api, {layout, asked}) =>
      new Map(
        await each(machinesNamed(layout, asked), {parallel: 8, clock: world.tools.clock}, async ({name, nodeName}) => {
          const pods = await api.pods({node: nodeName}, signal);
          return [name, pods.filter(isLeaving).map(leavingPod)] as const;
        }),
      ),
    signal,
  );
  const script = await readRemainsScript(world.tools.assets);
  const leaving = await each(
    machinesNamed(facts.layout, facts.asked),
    {parallel: 40, clock: world.tools.clock},
    async (machine): Promise<LeavingMachine> => {
      const {name} = machine;
      const pods = more.get(name) ?? [];
      const isSilent = facts.machines.some((found) => found.name === name && found.problem);
      if (isSilent) return {name, pods};
      return {name, pods, remains: await readRemains(world.tools.machines, machine, facts.layout, script, signal)};
    },
  );
  const written = facts.asked.filter((name) => !facts.unwritten.includes(name));
  const list = request.updateConfig ? await planMachineList(request, written) : undefined;
  return {...facts, leaving, ...(list ? {list} : {})};
}

function machinesNamed({machines}: ClusterLayout, names: readonly string[]): readonly ClusterMachine[] {
  return machines.filter(({name}) => names.includes(name));
}

/** Pure. Throws why they cannot be removed. */
export function planRemove(request: MachineRemoveRequest, facts: RemoveFacts): Plan {
  const refusal = together(refusalsOf(request, facts));
  if (refusal) throw new ProblemError(refusal);
  const {layout, asked} = facts;
  const machines = machinesNamed(layout, asked);
  const work = afterwards(facts);
  const masters = work.masters.map(({name}) => name);
  const tasks = machines.flatMap((machine) => tasksOf(machine, request, facts, masters));
  const gone = machines.map((machine) => taskOn(machine, 'node'));
  const cleaned = tasks.flatMap(({id}) => (id.endsWith('/files') ? [id] : []));
  const names = foldHostNames(asked);
  const why = `${names} ${asked.length === 1 ? 'goes' : 'go'}`;
  const lost = facts.leaving.flatMap(({pods}) => pods.filter(losesData));
  return {
    operation: 'machine remove',
    title: `Remove ${names} from ${displayText(layout.name)}`,
    tasks: [
      ...tasks,
      ...neighbourTasks({to: neighboursOf(facts), work, needs: gone, why}),
      ...(facts.list ? [machineListTask(request, facts.list, [...gone, ...cleaned])] : []),
    ],
    basis: {layout: work.layout, podNetwork: work.choice.podNetwork},
    notices: noticesOf(request, facts),
    ...(request.dead || lost.length > 0 ? {confirm: names} : {}),
  };
}

/** The cluster without them. Ranges of pods stay as they were. */
function afterwards({layout, asked, podNetwork, machines}: RemoveFacts): Joining {
  const stays = ({name}: ClusterMachine) => !asked.includes(name);
  const isThere = ({name}: ClusterMachine) => machines.some((found) => found.name === name && !found.problem);
  return {
    layout: {...layout, machines: layout.machines.filter(stays), workers: layout.workers.filter(stays)},
    choice: {podNetwork},
    masters: layout.masters.filter(isThere),
    ...foundOn(machines),
  };
}

function tasksOf(
  machine: ClusterMachine,
  request: MachineRemoveRequest,
  facts: RemoveFacts,
  masters: readonly string[],
): readonly Task[] {
  const {layout, nodes, leaving} = facts;
  const {remains, pods = []} = leaving.find(({name}) => name === machine.name) ?? {};
  const isThere = nodes.some(({name}) => name === machine.nodeName);
  if (request.dead) return [removeNodeTask(machine, {masters, isThere, needs: [], pods: pods.map(leavingWords)})];
  const cordon = isThere ? [cordonTask(machine, masters)] : [];
  const {force, ignoreBudgets, drainMs: patienceMs} = request;
  const drain = isThere
    ? [
        drainTask(
          {machine, masters, force, ignoreBudgets, patienceMs},
          cordon.map(({id}) => id),
          pods.map(leavingWords),
        ),
      ]
    : [];
  const isOurs = remains && membershipOf(remains, layout) !== 'another cluster';
  const [containers, ...files] = isOurs
    ? cleanWorker(
        {machine, remains},
        layout,
        drain.map(({id}) => id),
      )
    : [];
  const needs = [containers ?? drain[0]].flatMap((task) => (task ? [task.id] : []));
  return [
    ...cordon,
    ...drain,
    ...(containers ? [containers] : []),
    removeNodeTask(machine, {masters, isThere, needs}),
    ...files,
  ];
}

// ---------------------------------------------------------------- refusals

function refusalsOf(request: MachineRemoveRequest, facts: RemoveFacts): readonly Problem[] {
  const machines = machinesNamed(facts.layout, facts.asked);
  return [
    ...machines.flatMap((machine) => roleRefusal(machine, facts.layout)),
    ...machines.flatMap((machine) => (request.dead ? answering(machine, facts) : silent(machine, facts))),
    ...unknownNodes(facts),
    ...(request.force || request.dead ? [] : irreplaceable(facts)),
  ];
}

function roleRefusal({name, roles}: ClusterMachine, {masters}: ClusterLayout): readonly Problem[] {
  if (roles.includes('master')) {
    const message =
      masters.length === 1
        ? `${name} is the only master: without it there is no cluster.`
        : `${name} is a master: a member of etcd goes with it, so it is not removed as a worker.`;
    const hint =
      masters.length === 1
        ? 'To take the whole cluster away: pai-tui cluster k8s-clean'
        : 'Only workers are removed by this version.';
    return [{code: 'cluster-data', message, hint, machine: name}];
  }
  if (!roles.includes('proxy')) return [];
  return [
    {
      code: 'cluster-data',
      message: `${name} is a proxy: kubelets and others reach the API through it.`,
      hint: 'Give the cluster another address of its API first, and boot it with that.',
      machine: name,
    },
  ];
}

/** What is said to be dead has to be. */
function answering({name, nodeName}: ClusterMachine, {machines, nodes}: RemoveFacts): readonly Problem[] {
  const {problem} = machines.find((found) => found.name === name) ?? {};
  const isHeard = nodes.some((node) => node.name === nodeName && node.isReady);
  if (problem && isDead(problem) && !isHeard) return [];
  const why = isHeard
    ? `the API hears its kubelet, and the node ${nodeName} is Ready`
    : `it answers${problem ? `: ${problem.message}` : ''}`;
  return [
    {
      code: 'cluster-data',
      message: `${name} is not dead: ${why.replace(/\.$/, '')}.`,
      hint: 'Remove it without --dead, so that its pods go first and it is cleaned; or switch it off.',
      machine: name,
    },
  ];
}

function silent({name}: ClusterMachine, {machines}: RemoveFacts): readonly Problem[] {
  const {problem} = machines.find((found) => found.name === name) ?? {};
  if (!problem) return [];
  const hint = 'Where it is dead for good, say so: with --dead it is removed without being asked.';
  return [
    {
      ...problem,
      message: `${name} cannot be drained and cleaned: ${problem.message}`,
      hint: isDead(problem) || problem.hint === undefined ? hint : problem.hint,
      machine: name,
    },
  ];
}

function irreplaceable({leaving}: RemoveFacts): readonly Problem[] {
  return leaving.flatMap(({name, pods}) => {
    const lost = pods.filter(isIrreplaceable).map(podName);
    if (lost.length === 0) return [];
    return [
      {
        code: 'eviction-refused',
        message: `On ${name} ${lost.length === 1 ? 'a pod has' : `${lost.length} pods have`} no controller and would be gone for good: ${lost.map(displayText).join(', ')}.`,
        hint: 'Save what is in it. To let it go all the same: --force',
        machine: name,
      } satisfies Problem,
    ];
  });
}

// ---------------------------------------------------------------- notices

function noticesOf(request: MachineRemoveRequest, facts: RemoveFacts): readonly Problem[] {
  const {layout, asked, leaving} = facts;
  const notice = (message: string, hint?: string): Problem => ({
    ...{code: 'cluster-data', severity: 'notice', message},
    ...(hint === undefined ? {} : {hint}),
  });
  const names = foldHostNames(asked);
  const isOne = asked.length === 1;
  return [
    ...facts.problems.filter(({severity}) => severity !== 'error'),
    ...silentNeighbours(facts),
    ...leaving.flatMap(({name, remains}) =>
      remains && membershipOf(remains, layout) === 'another cluster' ? [foreign(name, remains)] : [],
    ),
    ...(request.dead
      ? [
          {
            ...notice(
              `${names} ${isOne ? 'is' : 'are'} not asked: ${isOne ? 'its node goes' : 'their nodes go'}, and ${isOne ? 'its pods are' : 'their pods are'} begun elsewhere at once.`,
              `See that ${isOne ? 'it is' : 'they are'} switched off: where it still runs, two pods of one stateful set could write to the same data. One that is switched on again joins again: remove it then without --dead.`,
            ),
            severity: 'warning' as const,
          },
        ]
      : [
          notice(
            `Pods go as their budgets allow, ${Math.round(request.drainMs / 1000)} s at most; a node that is not empty by then stays cordoned, with all that is on it.`,
            request.ignoreBudgets ? 'Where a budget allows none, its pods are removed against it.' : undefined,
          ),
          notice(
            `What stays on ${names}: docker with its settings and images, and containers that are not of pods; swap, which is off.`,
          ),
        ]),
    ...(layout.workers.every(({name}) => asked.includes(name))
      ? [
          {
            ...notice('No worker is left: pods of users have nowhere to go.', 'Add others first.'),
            severity: 'warning' as const,
          },
        ]
      : []),
    ...stillWritten(facts),
  ];
}

function foreign(name: string, remains: Remains): Problem {
  return {
    code: 'other-cluster',
    severity: 'warning',
    message: `${name} is of another cluster by now, ${othersWords(remains)}: what lies on it stays.`,
    machine: name,
  };
}

/** What is removed and stays written comes back with the next boot. */
function stillWritten({asked, unwritten, list}: RemoveFacts): readonly Problem[] {
  const written = asked.filter((name) => !unwritten.includes(name) && !list?.machines.includes(name));
  if (written.length === 0) return [];
  return [
    {
      code: 'config-invalid',
      severity: 'notice',
      message: `The configuration still has ${foldHostNames(written)}: the next boot would bring ${written.length === 1 ? 'it' : 'them'} back.`,
      hint: 'Give --update-config, which takes them out of its machine list.',
    },
  ];
}
