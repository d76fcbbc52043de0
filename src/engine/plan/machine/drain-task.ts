/** A node is emptied: its pods are asked to go, as far as budgets allow. */

import {withApi} from '../../cluster/boot/api.ts';
import {taskOn} from '../../cluster/boot/boot.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {isIrreplaceable, isLeaving, leavingPod, podName} from '../../cluster/workers/leaving-pods.ts';
import type {Kube, KubePod, ObjectName, PlacedPod} from '../../kube-tools.ts';
import {displayText} from '../../names.ts';
import {ProblemError} from '../../problem.ts';
import type {Retry, Task, TaskContext, TaskEnd} from '../types.ts';

export interface Draining {
  readonly machine: ClusterMachine;
  /** The names of masters, in the order they are asked in. */
  readonly masters: readonly string[];
  readonly force: boolean;
  readonly ignoreBudgets: boolean;
  /** Milliseconds until all have to be gone. */
  readonly patienceMs: number;
}

/** What became of the pods, each as 'namespace/name'. */
interface Drained {
  readonly evicted: readonly string[];
  /** Their budget allowed no eviction, and that was not to count. */
  readonly removed: readonly string[];
}

const minute = 60_000;
const lookEveryMs = 1000;
/** A budget changes when a pod elsewhere is ready, which takes its time. */
const askAgainMs = 5000;

/** Asking again changes nothing that was not to be changed. */
export const apiRetry: Retry = {
  attempts: 4,
  on: ['api-unreachable', 'api-lost', 'api-failed', 'machine-lost', 'machine-unreachable'],
  waitMs: 1000,
  maxWaitMs: 10_000,
};

export function nodeObject({nodeName}: ClusterMachine): ObjectName {
  return {apiVersion: 'v1', kind: 'Node', name: nodeName};
}

/** New pods are sent elsewhere. */
export function cordonTask(machine: ClusterMachine, masters: readonly string[]): Task<true> {
  const object = nodeObject(machine);
  return {
    id: taskOn(machine, 'cordon'),
    title: 'Let no new pods come to the node',
    on: machine.name,
    needs: [],
    touches: 'the cluster',
    does: [{kind: 'kube', verb: 'patch', object}],
    expected: 'decided while running',
    why: [],
    retry: apiRetry,
    deadlineMs: 3 * minute,
    undo: `kubectl uncordon ${machine.nodeName}`,
    run: (context) =>
      withApi(masters, context, async (api) => {
        const outcome = await api.patch(object, {spec: {unschedulable: true}}, context.signal);
        return {changed: outcome === 'changed', result: true};
      }),
  };
}

export function drainTask(draining: Draining, needs: readonly string[], why: readonly string[]): Task<Drained> {
  const {machine, masters, patienceMs} = draining;
  return {
    id: taskOn(machine, 'drain'),
    title: `Let its pods go, within ${seconds(patienceMs)}`,
    on: machine.name,
    needs,
    touches: 'the cluster',
    does: [{kind: 'kube', verb: 'evict', object: nodeObject(machine), decided: 'those that are there then'}],
    expected: 'decided while running',
    why,
    retry: apiRetry,
    deadlineMs: patienceMs + 2 * minute,
    undo: `kubectl uncordon ${machine.nodeName}; pods come back as they are placed anew.`,
    run: (context) => withApi(masters, context, (api) => drain(draining, api, context)),
  };
}

/** What keeps a pod, as the rest of 'default/web …'. */
type Kept = ReadonlyMap<string, string>;

async function drain(draining: Draining, api: Kube, context: TaskContext): Promise<TaskEnd<Drained>> {
  const {machine, patienceMs} = draining;
  const {clock} = context.tools;
  const until = clock.monotonic() + patienceMs;
  const gone: {evicted: string[]; removed: string[]} = {evicted: [], removed: []};
  let kept: Kept = new Map();
  let askedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const pods = (await api.pods({node: machine.nodeName}, context.signal)).filter(isLeaving);
    if (pods.length === 0) break;
    const staying = pods.filter(({leaving}) => !leaving);
    if (staying.some(({uid}) => !kept.has(uid)) || clock.monotonic() - askedAt >= askAgainMs) {
      askedAt = clock.monotonic();
      kept = await askToGo(staying, draining, gone, api, context);
    }
    if (clock.monotonic() > until) throw late(draining, pods, kept);
    await clock.sleep(lookEveryMs, context.signal);
  }
  const {evicted, removed} = gone;
  const note = [
    evicted.length === 0 ? 'no pods were there' : `evicted ${evicted.join(', ')}`,
    ...(removed.length === 0 ? [] : [`removed against their budgets ${removed.join(', ')}`]),
  ].join('; ');
  return {changed: evicted.length + removed.length > 0, result: gone, note};
}

/** Asks each once. Returns what keeps those that stay. */
async function askToGo(
  pods: readonly KubePod[],
  {machine, force, ignoreBudgets}: Draining,
  gone: {readonly evicted: string[]; readonly removed: string[]},
  api: Kube,
  {signal, output}: TaskContext,
): Promise<Kept> {
  const kept = new Map<string, string>();
  for (const pod of pods) {
    const name = podName(pod);
    if (!force && isIrreplaceable(leavingPod(pod))) throw irreplaceable(machine, name);
    const placed: PlacedPod = {namespace: pod.namespace, name: pod.name, uid: pod.uid, node: machine.nodeName};
    const answer = await api.evict(placed, signal);
    if (answer.type === 'evicted') {
      if (!gone.evicted.includes(name)) gone.evicted.push(name);
      output(`evicted ${name}\r\n`);
    } else if (answer.type === 'refused' && ignoreBudgets) {
      await api.removePod(placed, {isLost: false}, signal);
      if (!gone.removed.includes(name)) gone.removed.push(name);
      output(`removed ${name}, although: ${answer.says}\r\n`);
    } else if (answer.type === 'refused') {
      kept.set(pod.uid, answer.says);
      output(`waiting: ${name} may not go: ${answer.says}\r\n`);
    }
  }
  return kept;
}

function late({machine, patienceMs}: Draining, pods: readonly KubePod[], kept: Kept): ProblemError {
  const words = pods.map((pod) => `${podName(pod)}: ${kept.get(pod.uid) ?? 'it was told to go, and has not gone'}`);
  const [first = '', ...more] = words;
  const isRefused = pods.some(({uid}) => kept.has(uid));
  return new ProblemError({
    code: isRefused ? 'eviction-refused' : 'deadline-passed',
    message: `${machine.nodeName} is not empty after ${seconds(patienceMs)}. ${displayText(first)}${more.length === 0 ? '' : `, and ${more.length} more`}.`,
    hint: `${
      isRefused
        ? 'Let the budget allow it (more replicas, or another budget), or remove with --ignore-budgets.'
        : 'See why with: kubectl describe pod.'
    } The node stays cordoned; kubectl uncordon ${machine.nodeName} lets pods come again.`,
    detail: words.map(displayText).join('\n'),
    machine: machine.name,
  });
}

/** One that came after the plan was made. */
function irreplaceable({name, nodeName}: ClusterMachine, pod: string): ProblemError {
  return new ProblemError({
    code: 'eviction-refused',
    message: `${displayText(pod)} on ${nodeName} has no controller: it would be gone for good.`,
    hint: `Make the plan again, look at what goes, and give --force. The node stays cordoned; kubectl uncordon ${nodeName} lets pods come again.`,
    machine: name,
  });
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
