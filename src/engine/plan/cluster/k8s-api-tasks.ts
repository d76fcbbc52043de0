/** What a boot does through the API: objects, the labels of nodes, and waiting for them. */

import {withApi} from '../../cluster/boot/api.ts';
import {type Boot, type Joining, taskOn} from '../../cluster/boot/boot.ts';
import type {AppliedSet} from '../../cluster/boot/facts.ts';
import {type LabelChange, labelChange} from '../../cluster/boot/node-labels.ts';
import {lookAtNode} from '../../cluster/boot/node-ready.ts';
import {isSo, type Look, waitFor} from '../../cluster/boot/wait.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {type ClusterObject, clusterObjects, manifestObjects, type ObjectSet} from '../../cluster/packages/objects.ts';
import {type Kube, type KubeObject, type KubePod, nameOf, objectWords} from '../../kube-tools.ts';
import {ProblemError} from '../../problem.ts';
import type {Effect, Retry, Task, TaskContext, TaskEnd} from '../types.ts';
import {apiReadyTask} from './k8s-machine-tasks.ts';
import {plainHttpTasks} from './k8s-plain-http-tasks.ts';
import {apiReady, onlyWaits} from './k8s-waits.ts';

const minute = 60_000;

export const nodesReadyTask = 'cluster/nodes-ready';

/** Applying again changes nothing, so whatever the API was not ready for is tried again. */
const retry: Retry = {
  attempts: 4,
  on: ['api-unreachable', 'api-lost', 'api-failed', 'api-refused', 'not-found', 'machine-lost', 'machine-unreachable'],
  waitMs: 1000,
  maxWaitMs: 10_000,
};

export function apiTasks(boot: Boot): readonly Task[] {
  const {layout, choice} = boot;
  const {podNetwork} = choice;
  const shipped = (set: ObjectSet) => (context: TaskContext) =>
    Promise.resolve(clusterObjects(context.tools.assets, set, layout, choice));
  const network = podNetwork.kind === 'manifest' ? podNetwork.file : undefined;
  const {dnsManifest} = layout;
  return [
    apiReady(apiReadyTask, boot),
    applyTask('kube-proxy', 'Apply kube-proxy', boot, shipped('kube-proxy')),
    ...(network === undefined
      ? []
      : [applyTask('pod network', 'Apply the pod network', boot, () => manifestObjects(network))]),
    ...(dnsManifest === undefined ? [] : [applyTask('dns', 'Apply DNS', boot, () => manifestObjects(dnsManifest))]),
    ...boot.machines.map((machine) => nodeTask(machine, boot)),
    nodesReady(boot, [apiReadyTask, applyId('kube-proxy')]),
    dashboardTask(boot),
    ...(layout.plainHttp
      ? [
          applyTask('plain-http', 'Apply the account of the plain HTTP API', boot, shipped('plain-http')),
          ...plainHttpTasks(applyId('plain-http'), boot),
        ]
      : []),
  ];
}

// ---------------------------------------------------------------- objects

interface Applied {
  /** 'DaemonSet kube-system/kube-proxy' */
  readonly changes: readonly string[];
}

function applyTask(
  set: AppliedSet,
  title: string,
  boot: Boot,
  objects: (context: TaskContext) => Promise<readonly ClusterObject[]>,
): Task<Applied> {
  return {
    id: applyId(set),
    title,
    needs: [apiReadyTask],
    touches: 'the cluster',
    does: applyEffects(set, boot),
    ...expectation(boot),
    ...{retry, deadlineMs: 5 * minute},
    run: async (context) => applyAll(await objects(context), boot, context),
  };
}

function applyId(set: AppliedSet): string {
  return `cluster/${set.replace(' ', '-')}`;
}

function applyEffects(set: AppliedSet, {facts}: Boot): readonly Effect[] {
  return facts.objects[set].map((object) => ({kind: 'kube', verb: 'apply', object}));
}

function expectation({masters, isMember}: Boot): Pick<Task, 'expected' | 'why'> {
  return masters.some(isMember) ? {expected: 'decided while running', why: []} : {expected: 'change', why: []};
}

async function applyAll(
  objects: readonly ClusterObject[],
  {masters}: Boot,
  context: TaskContext,
): Promise<TaskEnd<Applied>> {
  const names = masters.map(({name}) => name);
  return withApi(names, context, async (api) => {
    const changes: string[] = [];
    for (const object of objects) {
      const outcome = await api.apply(object, context.signal);
      const words = objectWords(nameOf(object));
      context.output(`${words}: ${outcome}\r\n`);
      if (outcome !== 'unchanged') changes.push(words);
    }
    const note = changes.length === 0 ? 'nothing changed' : changes.join(', ');
    return {changed: changes.length > 0, result: {changes}, note};
  });
}

// ---------------------------------------------------------------- nodes

interface ReadyNode {
  readonly node: string;
}

/**
 * Its labels are put as soon as its kubelet has made it known, so that what waits for them begins; those that left the
 * configuration go. A node of a cluster that is only begun has none of before.
 */
export function nodeTask(machine: ClusterMachine, boot: Joining): Task<ReadyNode> {
  const {name, nodeName, labels} = machine;
  const object = {apiVersion: 'v1', kind: 'Node', name: nodeName};
  const mayBeLabelled = labels.length > 0 || boot.masters.some(boot.isMember);
  const names = boot.masters.map((master) => master.name);
  return {
    id: taskOn(machine, 'node'),
    title: 'Label the node, and wait until it is Ready',
    on: name,
    needs: [taskOn(machine, 'kubelet'), apiReadyTask],
    touches: mayBeLabelled ? 'the cluster' : 'nothing',
    does: mayBeLabelled ? [{kind: 'kube', verb: 'patch', object}] : [],
    expected: mayBeLabelled
      ? boot.isMember(machine) || labels.length === 0
        ? 'decided while running'
        : 'change'
      : 'unchanged',
    why: [],
    ...{retry, deadlineMs: 8 * minute},
    run: (context) =>
      withApi(names, context, async (api) => {
        const late = (waitsFor: string) => nodeIsLate(machine, waitsFor);
        const look = () => lookForNode(nodeName, api, context);
        const known = await waitFor({deadlineMs: 2 * minute, look, late}, context);
        const change = mayBeLabelled ? labelChange(known, labels) : undefined;
        const changed = change && (await api.patch(object, change.patch, context.signal)) === 'changed';
        await waitFor({deadlineMs: 5 * minute, look: () => lookAtNode(nodeName, api, context.signal), late}, context);
        const result = {node: nodeName};
        return changed ? {changed, result, note: labelWords(labels, change)} : {changed: false, result, note: 'Ready'};
      }),
  };
}

function labelWords(labels: readonly string[], {removed}: LabelChange): string {
  const words = [
    ...(labels.length > 0 ? [`labels ${labels.join(', ')}`] : []),
    ...(removed.length > 0 ? [`without ${removed.join(', ')}`] : []),
  ];
  return words.join('; ');
}

async function lookForNode(node: string, api: Kube, {signal}: TaskContext): Promise<Look<KubeObject>> {
  const found = await api.read({apiVersion: 'v1', kind: 'Node', name: node}, signal);
  return found ? {found} : {waitsFor: `the kubelet has not made the node ${node} known`};
}

async function nodeIsLate({name, nodeName}: ClusterMachine, waitsFor: string): Promise<ProblemError> {
  return new ProblemError({
    code: 'deadline-passed',
    message: `${nodeName} is no Ready node: ${waitsFor}.`,
    hint: `Its kubelet says why: 'docker logs kubelet' on ${name}. Mend it and repeat the run.`,
    machine: name,
  });
}

interface Nodes {
  readonly ready: readonly string[];
}

/** Those that are not have a failed task of their own; what comes after goes on with the others. */
export function nodesReady(
  {machines, masters}: Pick<Boot, 'machines' | 'masters'>,
  needs: readonly string[],
): Task<Nodes> {
  const names = masters.map(({name}) => name);
  const expected = machines.map(({nodeName}) => nodeName);
  const look = (context: TaskContext) => withApi(names, context, (api) => readyNodes(expected, api, context));
  return {
    ...onlyWaits,
    id: nodesReadyTask,
    title: 'Wait until nodes are Ready and run kube-proxy',
    needs,
    after: machines.map((machine) => taskOn(machine, 'node')),
    satisfied: (context) => isSo(() => look(context), context.signal),
    run: async (context) => {
      const late = async (waitsFor: string) =>
        new ProblemError({
          code: 'deadline-passed',
          message: `The cluster has no node that can be worked with: ${waitsFor}.`,
          hint: 'Their own tasks, and `kubectl describe nodes`, say why. Mend that and repeat the run.',
        });
      const result = await waitFor({deadlineMs: 5 * minute, look: () => look(context), late}, context);
      return {changed: false, result, note: `${result.ready.length} of ${expected.length}`};
    },
  };
}

/** kube-proxy has to be on every node that is Ready; a node that is not says so by its own task. */
async function readyNodes(expected: readonly string[], api: Kube, {signal}: TaskContext): Promise<Look<Nodes>> {
  const nodes = await api.nodes(signal);
  const ready = nodes.filter((node) => node.ready === 'ready' && expected.includes(node.name)).map(({name}) => name);
  if (ready.length === 0) return {waitsFor: 'no node is Ready'};
  const pods = await api.pods({namespace: 'kube-system', labels: {'k8s-app': 'kube-proxy'}}, signal);
  const without = ready.filter((node) => !pods.some((pod) => pod.node === node && pod.ready));
  if (without.length === 0) return {found: {ready}};
  const reason = pods.find(
    ({node, ready: isReady}) => !isReady && node !== undefined && without.includes(node),
  )?.reason;
  return {waitsFor: `kube-proxy is not ready on ${without.join(', ')}${reason === undefined ? '' : ` (${reason})`}`};
}

// ---------------------------------------------------------------- dashboard

/** What an image that cannot be had, or a program that ends at once, looks like. */
const stuck = ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'CrashLoopBackOff'];
const dashboardMs = minute;

/** Whatever is wrong with it is said and fails nothing: a cluster is one without a dashboard too. */
function dashboardTask(boot: Boot): Task<Applied> {
  const {layout, choice, masters} = boot;
  const names = masters.map(({name}) => name);
  return {
    ...applyTask('dashboard', 'Apply the dashboard', boot, async () => []),
    needs: [nodesReadyTask],
    async run(context) {
      const objects = clusterObjects(context.tools.assets, 'dashboard', layout, choice);
      const applied = await applyAll(objects, boot, context);
      const reason = await withApi(names, context, (api) => whyNoDashboard(api, context));
      if (reason === undefined) return applied;
      context.output(`warning: the dashboard does not run: ${reason}\r\n`);
      return {...applied, note: `the dashboard does not run: ${reason}`};
    },
  };
}

async function whyNoDashboard(api: Kube, context: TaskContext): Promise<string | undefined> {
  const look = async (): Promise<Look<string>> => {
    const pods = await api.pods(
      {namespace: 'kube-system', labels: {'k8s-app': 'kubernetes-dashboard'}},
      context.signal,
    );
    const alive = pods.filter(({leaving}) => !leaving);
    if (alive.some(({ready}) => ready)) return {found: ''};
    const hopeless = alive.find(({reason}) => reason !== undefined && stuck.includes(reason));
    if (hopeless) return {found: wordsOf(hopeless)};
    const [first] = alive;
    // What is known of a pod on a node that is gone is what was so before.
    const node = first?.node === undefined ? undefined : await lookAtNode(first.node, api, context.signal);
    if (node && 'waitsFor' in node) return {found: node.waitsFor};
    return {waitsFor: first ? wordsOf(first) : 'its pod is not there yet'};
  };
  let last = '';
  const late = async (waitsFor: string) => {
    last = waitsFor;
    return new ProblemError({code: 'deadline-passed', message: waitsFor});
  };
  try {
    const found = await waitFor({deadlineMs: dashboardMs, look, late}, context);
    return found === '' ? undefined : found;
  } catch (error) {
    if (last === '') throw error;
    return last;
  }
}

function wordsOf({reason, message, phase}: KubePod): string {
  return [reason ?? phase, message].filter((words) => words !== undefined && words !== '').join(': ');
}
