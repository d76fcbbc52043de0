import type {MachineAddRequest} from '../../api.ts';
import {foundOn, type Joining, taskOn} from '../../cluster/boot/boot.ts';
import {problemOfCheck} from '../../cluster/boot/judge-boot.ts';
import {foldResults} from '../../cluster/check/fold-results.ts';
import type {CheckResult} from '../../cluster/check/types.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {readWorkerFacts, type WorkerFacts} from '../../cluster/workers/facts.ts';
import {neighboursOf, silentNeighbours, unknownNodes} from '../../cluster/workers/neighbours.ts';
import {foldHostNames} from '../../machines/host-names.ts';
import {displayText} from '../../names.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import {nodesReady, nodesReadyTask, nodeTask} from '../cluster/k8s-api-tasks.ts';
import {apiReadyTask, workerTasks} from '../cluster/k8s-machine-tasks.ts';
import {podTasks} from '../cluster/k8s-verify-pods.ts';
import {apiReached} from '../cluster/k8s-waits.ts';
import {together} from '../together.ts';
import type {FactWorld, Operation, Plan} from '../types.ts';
import {machineListTask, type PlannedList, planMachineList} from './machine-list-task.ts';
import {neighbourTasks} from './neighbour-tasks.ts';

export interface AddFacts extends WorkerFacts {
  /** What the configuration is to say afterwards, where that was asked for. */
  readonly list?: PlannedList;
}

/** Lets workers become part of a cluster that runs. Nothing is done to others, but for what they have to know. */
export const machineAdd: Operation<MachineAddRequest, AddFacts> = {
  name: 'machine add',
  parallel: 40,
  locks: (_request, {layout}) => [{scope: 'machines', of: layout.name}],
  clusterLock: (_request, {layout}) => ({masters: layout.masters.map(({name}) => name)}),
  readFacts,
  plan: planAdd,
};

async function readFacts(request: MachineAddRequest, world: FactWorld, signal: AbortSignal): Promise<AddFacts> {
  const {more: _, ...facts} = await readWorkerFacts(request, world, async () => undefined, signal);
  const there = new Set(reached(facts).map(({name}) => name));
  const written = facts.unwritten.filter((name) => there.has(name));
  const list = request.updateConfig ? await planMachineList(request, written) : undefined;
  return {...facts, ...(list ? {list} : {})};
}

/** Pods of so many nodes that are there already are tried with those of new ones. */
const triedOthers = 3;

/** Pure. Throws why none can be added. */
export function planAdd(request: MachineAddRequest, facts: AddFacts): Plan {
  const {layout, podNetwork} = facts;
  const machines = reached(facts);
  const refusal = together(refusalsOf(facts, machines));
  if (refusal) throw new ProblemError(refusal);
  const joining = joiningOf(facts);
  const {masters} = joining;
  const names = foldHostNames(machines.map(({name}) => name));
  const why = `${names} ${machines.length === 1 ? 'comes' : 'come'}`;
  const tasks = [
    apiReached(apiReadyTask, joining),
    ...machines.flatMap((machine) => [...workerTasks(machine, joining, [apiReadyTask]), nodeTask(machine, joining)]),
    ...neighbourTasks({to: neighboursOf(facts), work: joining, needs: [], why}),
    nodesReady({machines, masters}, [apiReadyTask]),
  ];
  const others = facts.nodes.filter(({name, isReady}) => isReady && !machines.some((one) => one.nodeName === name));
  const verification = podTasks({
    ...{layout, podNetwork, masters, always: false},
    ...{apiReady: apiReadyTask, nodesReady: nodesReadyTask, after: tasks.map(({id}) => id)},
    others: others.slice(0, triedOthers).map(({name}) => name),
  });
  const joined = machines.map((machine) => taskOn(machine, 'node'));
  const isThere = machines.every(joining.isMember);
  return {
    operation: 'machine add',
    title: isThere
      ? `See that ${names} ${machines.length === 1 ? 'is part' : 'are part'} of ${displayText(layout.name)}`
      : `Add ${names} to ${displayText(layout.name)}`,
    tasks: [...tasks, ...verification, ...(facts.list ? [machineListTask(request, facts.list, joined)] : [])],
    basis: {layout, podNetwork},
    notices: noticesOf(facts, machines),
  };
}

/** Those of the asked ones that answer: the others are left out. */
function reached({layout, asked, machines}: WorkerFacts): readonly ClusterMachine[] {
  return layout.machines.filter(
    ({name}) => asked.includes(name) && machines.some((found) => found.name === name && !found.problem),
  );
}

/** Authorities are read from a master that has some and whose API server answers. */
function joiningOf({layout, podNetwork, machines}: WorkerFacts): Joining {
  const found = ({name}: ClusterMachine) => machines.find((one) => one.name === name);
  const isWell = (master: ClusterMachine) => {
    const {servesApi, authority} = found(master) ?? {};
    return servesApi === true && authority !== undefined && authority !== 'none';
  };
  const there = layout.masters.filter((master) => found(master) && !found(master)?.problem);
  return {
    ...{layout, choice: {podNetwork}},
    masters: [...there.filter(isWell), ...there.filter((master) => !isWell(master))],
    ...foundOn(machines),
  };
}

// ---------------------------------------------------------------- refusals

function refusalsOf(facts: WorkerFacts, machines: readonly ClusterMachine[]): readonly Problem[] {
  const {layout, asked, checks} = facts;
  const [home] = joiningOf(facts).masters;
  const authority = facts.machines.find(({name}) => name === home?.name)?.authority;
  const failed = foldResults(checks.filter((result) => result.state === 'failed' && isAbout(result, machines)));
  return [
    ...layout.machines.filter(({name}) => asked.includes(name)).flatMap(roleRefusal),
    ...(machines.length === 0 ? unreachable(facts) : []),
    ...(home && authority !== undefined && authority !== 'none' ? [] : [noAuthorities(facts)]),
    ...unknownNodes(facts),
    ...failed.map(({check, machines: on, detail, fix}) => problemOfCheck({check, detail, ...(fix ? {fix} : {})}, on)),
  ];
}

function roleRefusal({name, roles}: ClusterMachine): readonly Problem[] {
  if (roles.every((role) => role === 'worker') && roles.length > 0) return [];
  const what = roles.length === 0 ? 'no machine of Kubernetes' : `a ${roles.join(' and ')}`;
  return [
    {
      code: 'usage',
      message: `${name} is ${what}, and only workers are added to a cluster that runs.`,
      hint: roles.includes('proxy')
        ? 'With the machine in the configuration, boot again: pai-tui cluster k8s-bootup'
        : 'Write k8s-role: worker into its entry, or leave it out.',
      machine: name,
    },
  ];
}

function unreachable({asked, machines}: WorkerFacts): readonly Problem[] {
  return machines.flatMap(({name, problem}) => (problem && asked.includes(name) ? [{...problem, machine: name}] : []));
}

function noAuthorities({layout}: WorkerFacts): Problem {
  return {
    code: 'certificate-invalid',
    message: `No master of ${displayText(layout.name)} that answers has the authorities of the cluster, so no certificate can be signed.`,
    hint: 'See with `pai-tui cluster status` how the masters are.',
  };
}

/** Of one of these machines; or of several, of which it names one. */
function isAbout({machine, check, detail}: CheckResult, machines: readonly ClusterMachine[]): boolean {
  const words = new Set(detail.split(/[\s,.]+/));
  return machines.some(
    ({name}) => name === machine || (machine === undefined && check === 'identity' && words.has(name)),
  );
}

// ---------------------------------------------------------------- notices

function noticesOf(facts: AddFacts, machines: readonly ClusterMachine[]): readonly Problem[] {
  const {asked, checks, nodes, podNetwork, list} = facts;
  const unwritten = facts.unwritten.filter((name) => list?.machines.includes(name) !== true);
  const warned = foldResults(checks.filter((result) => result.state === 'warning' && isAbout(result, machines)));
  const cordoned = machines.filter(({nodeName}) =>
    nodes.some(({name, isSchedulable}) => name === nodeName && !isSchedulable),
  );
  return [
    ...facts.problems.filter(({severity}) => severity !== 'error'),
    ...facts.machines.flatMap(({name, problem}) =>
      problem && asked.includes(name)
        ? [
            {
              code: 'machine-unreachable',
              severity: 'warning',
              message: `${name} is left out: ${problem.message}`,
              hint: 'When it answers, add it again: nothing else changes.',
              machine: name,
            } satisfies Problem,
          ]
        : [],
    ),
    ...silentNeighbours(facts),
    ...warned.map(
      ({check, machines: on, detail, fix}): Problem => ({
        ...problemOfCheck({check, detail, ...(fix ? {fix} : {})}, on),
        severity: 'warning',
      }),
    ),
    knowing(podNetwork.kind === 'routes'),
    ...cordoned.map(
      ({name, nodeName}): Problem => ({
        code: 'check-failed',
        severity: 'notice',
        message: `${nodeName} is cordoned, and stays so: no pods come to it.`,
        hint: `kubectl uncordon ${nodeName}`,
        machine: name,
      }),
    ),
    ...(unwritten.length === 0 ? [] : [notWritten(unwritten)]),
  ];
}

function knowing(hasRoutes: boolean): Problem {
  return {
    code: 'check-failed',
    severity: 'notice',
    message: `Other machines get the new names in /etc/hosts${hasRoutes ? ', and routes to the new pods' : ''}; nothing else of them is touched, and nothing there is started anew.`,
  };
}

function notWritten(unwritten: readonly string[]): Problem {
  const names = foldHostNames(unwritten);
  return {
    code: 'config-invalid',
    severity: 'warning',
    message: `The configuration does not know ${names}: the next boot would take names and routes of ${unwritten.length === 1 ? 'it' : 'them'} away from the others.`,
    hint: 'Give --update-config, which writes them into its machine list.',
  };
}
