import type {CleanRequest} from '../../api.ts';
import {taskOn} from '../../cluster/boot/boot.ts';
import {readRemains, readRemainsScript} from '../../cluster/clean/remains.ts';
import {containerWords, fileWords, sizedWords} from '../../cluster/clean/words.ts';
import type {ClusterLayout, ClusterMachine} from '../../cluster/layout/types.ts';
import {membershipOf} from '../../cluster/membership.ts';
import {readTreeFacts, type TreeFacts, type TreeMachine} from '../../cluster/tree-set/facts.ts';
import {canKeepEtcd, cleanScripts, roleOf, roleOrder} from '../../cluster/tree-set/scripts.ts';
import {cleanNotices} from '../../cluster/tree-set/words.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import {together} from '../together.ts';
import type {Operation, Plan, Task, TaskContext} from '../types.ts';
import {foreign, k8sClean, notReached} from './k8s-clean.ts';
import {type OpenTree, scriptsTask, treeOpener} from './tree-tasks.ts';

/** Takes a cluster away by the script that its tree brings for it. */
export const treeClean: Operation<CleanRequest, TreeFacts> = {
  name: 'cluster k8s-clean',
  locks: k8sClean.locks,
  clusterLock: (request, facts) => k8sClean.clusterLock?.(request, facts),
  readFacts: (request, world, signal) => readTreeFacts(request, 'clean', world, signal),
  plan: planTreeClean,
};

/** Pure. Throws why where no machine can be cleaned, or data would go that were not to. */
export function planTreeClean(request: CleanRequest, facts: TreeFacts): Plan {
  const {layout, tools, machines: found} = facts;
  const {force} = request;
  const cleaned: TreeMachine[] = [];
  const leftOut: Problem[] = [];
  for (const machine of found) {
    const {name, remains, problem} = machine;
    const membership = membershipOf(remains, layout);
    if (!remains) leftOut.push(notReached(name, problem));
    else if (membership === 'another cluster') leftOut.push(foreign(name, remains));
    else if (membership === 'this cluster') leftOut.push(ours(name));
    else cleaned.push(machine);
  }
  if (cleaned.length === 0) throw new ProblemError(together(leftOut) ?? nobody);
  const dirty = cleaned.filter(hasSomething);
  if (dirty.length > 0 && !force && !canKeepEtcd(tools)) throw new ProblemError(wouldLoseEtcd(tools.release));
  const open = treeOpener(request);
  const machines = layout.machines.filter(({name}) => dirty.some((one) => one.name === name));
  const ofRole = (role: (typeof roleOrder)[number]) => machines.filter((machine) => roleOf(machine) === role);
  const tasks = roleOrder.flatMap((role, index) => {
    const before = roleOrder.slice(0, index).flatMap((each) => ofRole(each).map((machine) => taskOn(machine, 'clean')));
    return ofRole(role).map((machine) => {
      const it = dirty.find(({name}) => name === machine.name) as TreeMachine;
      return cleanTask(machine, it, {facts, force, before, open});
    });
  });
  const notices = leftOut.map((problem): Problem => ({...problem, severity: 'warning'}));
  const plan = {operation: 'cluster k8s-clean', tasks} as const;
  if (tasks.length === 0) {
    return {...plan, title: `Clean nothing: nothing is left of the cluster ${layout.name}`, notices};
  }
  const count = tasks.length === 1 ? '1 machine' : `${tasks.length} machines`;
  return {
    ...plan,
    title: `Take the cluster ${layout.name} away from ${count} by the scripts of its tree (${tools.release}), not proven`,
    basis: {packages: found.map(({name, package: {digest}}) => [name, digest])},
    notices: [
      ...cleanNotices(
        facts,
        dirty.map(({name}) => name),
        force,
      ),
      ...notices,
      ...facts.notices,
    ],
    confirm: layout.name,
  };
}

interface Cleaning {
  readonly facts: TreeFacts;
  readonly force: boolean;
  /** Tasks of the roles that have their turn before. */
  readonly before: readonly string[];
  readonly open: OpenTree;
}

function cleanTask(machine: ClusterMachine, found: TreeMachine, {facts, force, before, open}: Cleaning): Task {
  const {layout, tools} = facts;
  const scripts = cleanScripts(tools, force);
  const task = scriptsTask({machine, found, operation: 'clean', scripts, open});
  const {remains} = found;
  const data = remains?.etcdData.map((folder) => `there are data of etcd in ${sizedWords(folder)}`) ?? [];
  return {
    ...task,
    id: taskOn(machine, 'clean'),
    title: `Run the tree's script that cleans a ${roleOf(machine)}`,
    needs: [],
    after: before,
    touches: 'data',
    why: [...task.why, ...(remains ? [...containerWords(remains), ...fileWords(remains), ...data] : [])],
    deadlineMs: 20 * 60_000,
    undo: 'There is no way back for what these scripts remove.',
    async run(context) {
      const end = await task.run(context);
      return {...end, note: await leftWords(machine, layout, context)};
    },
  };
}

/** The script ended well; what it left is told all the same. */
async function leftWords(
  machine: ClusterMachine,
  layout: ClusterLayout,
  {tools, signal}: TaskContext,
): Promise<string> {
  const script = await readRemainsScript(tools.assets);
  const remains = await readRemains(tools.machines, machine, layout, script, signal);
  const left = [...remains.folders, ...remains.etcdData].map(sizedWords);
  return left.length === 0 ? 'nothing is left' : `left: ${left.join(', ')}`;
}

function hasSomething({remains}: TreeMachine): boolean {
  if (!remains) return false;
  const {containers, folders, files, hasRules, etcdData} = remains;
  const hasContainers = !containers || containers.hasKubelet || containers.count > 0;
  return hasContainers || hasRules || [folders, files, etcdData].some((some) => some.length > 0);
}

const nobody: Problem = {code: 'config-invalid', message: 'The configuration describes no cluster.'};

function ours(machine: string): Problem {
  return {
    code: 'other-cluster',
    message: `${machine} is left out: it was booted by pai-tui itself, and scripts of a tree do not take all of that away.`,
    hint: 'Clean it without --package-set tree.',
    machine,
  };
}

function wouldLoseEtcd(release: string): Problem {
  return {
    code: 'cluster-data',
    message: `The scripts of ${release} remove the data of etcd always, and that was not asked for.`,
    hint: 'With --force they go, and with them everything the cluster knows. Without --package-set tree they are moved aside.',
  };
}
