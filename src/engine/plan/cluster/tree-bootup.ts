import type {BootupRequest} from '../../api.ts';
import {taskOn} from '../../cluster/boot/boot.ts';
import {isDead} from '../../cluster/boot/judge-boot.ts';
import {majorityOf} from '../../cluster/boot/present.ts';
import {waitFor} from '../../cluster/boot/wait.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {membershipOf, othersWords} from '../../cluster/membership.ts';
import {lookAtPlainApi} from '../../cluster/tree-set/api.ts';
import {readTreeFacts, type TreeFacts, type TreeMachine} from '../../cluster/tree-set/facts.ts';
import {bootScripts, roleOf, roleOrder} from '../../cluster/tree-set/scripts.ts';
import {bootNotices} from '../../cluster/tree-set/words.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import {together} from '../together.ts';
import type {Operation, Plan, Task} from '../types.ts';
import {scriptsTask, treeOpener} from './tree-tasks.ts';

const minute = 60_000;
const patienceMs = 10 * minute;

/** Boots a cluster by the scripts that its tree brings, in the order of the tools of its release. */
export const treeBootup: Operation<BootupRequest, TreeFacts> = {
  name: 'cluster k8s-bootup',
  parallel: 40,
  locks: (_request, {layout}) => [
    {scope: 'services', of: layout.name},
    {scope: 'machines', of: layout.name},
  ],
  clusterLock: (_request, {layout}) => ({masters: layout.masters.map(({name}) => name)}),
  readFacts: (request, world, signal) => readTreeFacts(request, 'deploy', world, signal),
  plan: planTreeBootup,
};

/** Pure. Throws what makes a boot impossible. */
export function planTreeBootup(request: BootupRequest, facts: TreeFacts): Plan {
  const refusal = together(refusalsOf(facts));
  if (refusal) throw new ProblemError(refusal);
  const {layout, tools, api, machines: found} = facts;
  const booted = bootable(facts).filter(({remains}) => !remains?.containers?.hasKubelet);
  const names = booted.map(({name}) => name);
  const open = treeOpener(request);
  const machines = layout.machines.filter(({name}) => names.includes(name));
  const ofRole = (role: (typeof roleOrder)[number]) => machines.filter((machine) => roleOf(machine) === role);
  const idsOf = (role: (typeof roleOrder)[number]) => ofRole(role).map((machine) => taskOn(machine, 'boot'));
  // Nobody joins a cluster that is not there, and nobody waits for it. Of several masters the others may do.
  const onlyMaster = layout.masters.length === 1 ? idsOf('master') : [];
  const bootTask = (machine: ClusterMachine): Task => {
    const role = roleOf(machine);
    const before = roleOrder.slice(0, roleOrder.indexOf(role)).flatMap(idsOf);
    const it = found.find(({name}) => name === machine.name) as TreeMachine;
    const target = {address: machine.address, user: it.user, job: it.package.job};
    const scripts = bootScripts(tools, target, api.host);
    return {
      ...scriptsTask({machine, found: it, operation: 'deploy', scripts, open}),
      id: taskOn(machine, 'boot'),
      title: `Run the tree's scripts for a ${role}`,
      needs: role === 'worker' ? onlyMaster : [],
      after: before,
      touches: 'a machine',
      deadlineMs: 60 * minute,
      undo: 'Clean it by the scripts of the tree: pai-tui cluster k8s-clean --package-set tree',
    };
  };
  const tasks = roleOrder.flatMap((role) => ofRole(role).map(bootTask));
  const count = machines.length === 1 ? '1 machine' : `${machines.length} machines`;
  const version = layout.version === '' ? 'Kubernetes' : `Kubernetes ${layout.version}`;
  return {
    operation: 'cluster k8s-bootup',
    title:
      tasks.length === 0
        ? `Boot nothing: each machine of ${layout.name} has a kubelet already`
        : `Boot ${layout.name} by the scripts of its tree (${tools.release}), not proven: ${version} on ${count}`,
    tasks: [...tasks, {...apiTask(facts), needs: onlyMaster, after: [...idsOf('proxy'), ...idsOf('master')]}],
    basis: {layout, packages: found.map(({name, package: {digest}}) => [name, digest])},
    notices: [...bootNotices(facts, names), ...facts.notices],
  };
}

/** Those that are there. */
function bootable({machines}: TreeFacts): readonly TreeMachine[] {
  return machines.filter(({remains}) => remains);
}

function refusalsOf(facts: TreeFacts): readonly Problem[] {
  const {layout, machines} = facts;
  // Whoever does not let us in is there, and is not left out unasked.
  const closed = machines.flatMap(({problem}) => (problem && !isDead(problem) ? [problem] : []));
  if (closed.length > 0) return closed;
  const there = bootable(facts).map(({name}) => name);
  const needed = majorityOf(layout.masters);
  const dead = layout.masters.filter(({name}) => !there.includes(name)).map(({name}) => name);
  const refusals: Problem[] = [];
  if (layout.masters.length - dead.length < needed) {
    const message = `${dead.join(', ')} cannot be reached: etcd needs ${needed} of ${layout.masters.length} masters.`;
    refusals.push({code: 'machine-unreachable', message, hint: 'See why with: pai-tui machine list'});
  }
  for (const {name, remains} of bootable(facts)) {
    const membership = membershipOf(remains, layout);
    if (!remains || membership === 'none') continue;
    refusals.push(
      membership === 'this cluster'
        ? {
            code: 'other-cluster',
            message: `${name} is of this cluster as pai-tui boots it by itself, which scripts of a tree know nothing of.`,
            hint: 'Boot without --package-set tree; or clean the cluster first, without it too.',
            machine: name,
          }
        : {
            code: 'other-cluster',
            message: `${name} is of another cluster, ${othersWords(remains)}.`,
            hint: 'Take it out of that one first, or out of this configuration.',
            machine: name,
          },
    );
  }
  return refusals;
}

/** All that is proven of such a cluster. */
function apiTask({layout, api, machines}: TreeFacts): Omit<Task, 'needs' | 'after'> {
  const from = layout.masters.find(({name}) => machines.some((one) => one.name === name && one.remains))?.name ?? '';
  const place = `${api.host}:${api.port}`;
  return {
    id: 'cluster/api-answers',
    title: `Wait until the API answers at ${place}`,
    on: from,
    touches: 'nothing',
    does: [],
    expected: 'unchanged',
    why: [],
    deadlineMs: patienceMs + 2 * minute,
    async run(context) {
      const look = () => lookAtPlainApi(context.tools.machines, from, api, context.signal);
      const late = async (waitsFor: string) =>
        new ProblemError({
          code: 'api-unreachable',
          message: `The API does not answer at ${place} after ${patienceMs / minute} minutes: ${waitsFor}.`,
          hint: `See what runs there: pai-tui machine run ${from} --sudo -- docker ps -a`,
          machine: from,
        });
      const said = await waitFor({deadlineMs: patienceMs, look, late}, context);
      return {changed: false, result: said, note: said};
    },
  };
}
