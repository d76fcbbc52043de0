/** Pods on each node that are made to reach what pods should, and removed again. */

import {basename} from 'node:path';
import {withApi} from '../../cluster/boot/api.ts';
import {type Look, waitFor} from '../../cluster/boot/wait.ts';
import type {ClusterLayout, ClusterMachine} from '../../cluster/layout/types.ts';
import type {DecidedPodNetwork} from '../../cluster/packages/choice.ts';
import {addressesOf, type LateNode, lateNodes} from '../../cluster/verify/judge-pods.ts';
import {
  answering,
  answeringObjects,
  asking,
  askingObjects,
  named,
  podTrial,
  provenWords,
  trialNamespace,
  trialObjects,
} from '../../cluster/verify/test-pods.ts';
import {type Kube, type KubeObject, nameOf, type ObjectName, objectWords} from '../../kube-tools.ts';
import {displayText} from '../../names.ts';
import {ProblemError, problemOf} from '../../problem.ts';
import type {Effect, Retry, Task, TaskContext, TaskEnd} from '../types.ts';

export interface PodVerification {
  readonly layout: ClusterLayout;
  readonly podNetwork: DecidedPodNetwork;
  /** Masters that can be asked. */
  readonly masters: readonly ClusterMachine[];
  /** Try pods in any case; else only where the run may have changed something. */
  readonly always: boolean;
  /** The task after which the API is reached by its address. */
  readonly apiReady: string;
  /** The task whose result is {ready}, the names of nodes that are Ready. */
  readonly nodesReady: string;
  /** Names of nodes that are tried with those; no pod comes to any other. Absent: pods come to all. */
  readonly others?: readonly string[];
  /** Tasks that have to have ended before, as far as they are there. */
  readonly after: readonly string[];
}

const minute = 60_000;
const podsTask = 'cluster/verify-pods';
/** Images are there, and pods of all nodes start together; the controller makes some 20 a second. */
const startMs = 3 * minute;
const perNodeMs = 200;
const askMs = 2 * minute;
const goneMs = 2 * minute;

/** Objects are applied again without harm. */
const retry: Retry = {
  attempts: 3,
  on: ['api-unreachable', 'api-lost', 'api-failed', 'machine-lost', 'machine-unreachable'],
  waitMs: 2000,
  maxWaitMs: 10_000,
};

export function podTasks(verification: PodVerification): readonly Task[] {
  return [tryPodsTask(verification), removePodsTask(verification)];
}

interface TriedPods {
  readonly nodes: readonly string[];
}

function tryPodsTask(verification: PodVerification): Task<TriedPods> {
  const {layout, podNetwork, masters, always, nodesReady, others, after} = verification;
  const trial = podTrial(layout, podNetwork);
  return {
    id: podsTask,
    title: others
      ? 'Try from pods on new nodes and a few others what pods should reach'
      : 'Try from a pod on each node what pods should reach',
    needs: [nodesReady],
    after,
    touches: 'the cluster',
    does: [
      ...trialObjects(trial).map((object): Effect => ({kind: 'kube', verb: 'apply', object})),
      {kind: 'kube', verb: 'remove', object: trialNamespace, decided: 'always, with all that is in it'},
    ],
    expected: 'decided while running',
    why: always ? ['that was asked for'] : ['done where the run changed something'],
    deadlineMs: startMs + askMs + goneMs + minute + 2 * perNodeMs * layout.machines.length,
    retry,
    undo: 'kubectl delete namespace with the name of the run; it is removed at the end in any case.',
    async run(context) {
      if (!always && !context.mayHaveChanged())
        return {changed: false, result: {nodes: []}, note: 'not tried: nothing was changed'};
      const {ready} = context.resultOf<{readonly ready: readonly string[]}>(nodesReady);
      const nodes = [...ready, ...(others ?? [])];
      return withApi(namesOf(masters), context, (api) => tryPods(verification, nodes, api, context));
    },
  };
}

async function tryPods(
  {layout, podNetwork, others}: PodVerification,
  nodes: readonly string[],
  api: Kube,
  context: TaskContext,
): Promise<TaskEnd<TriedPods>> {
  const trial = podTrial(layout, podNetwork, others && nodes);
  const run = basename(context.runFolder);
  const patience = {start: startMs + perNodeMs * nodes.length, ask: askMs + perNodeMs * nodes.length};
  try {
    // One that an earlier attempt removes takes nothing new.
    await untilGone(api, context, ({metadata}) => metadata['deletionTimestamp'] === undefined);
    await applyAll(answeringObjects(trial, run), api, context);
    const addresses = trial.acrossMachines
      ? addressesOf(nodes, await untilReady({pods: answering, nodes, deadlineMs: patience.start, layout}, api, context))
      : new Map<string, string>();
    await applyAll(askingObjects(trial, addresses, run), api, context);
    await untilReady({pods: asking, nodes, deadlineMs: patience.start + patience.ask, layout}, api, context);
    const note = `pods of ${nodes.length === 1 ? '1 node' : `${nodes.length} nodes`} reached ${provenWords(trial, nodes.length)}`;
    return {changed: false, result: {nodes}, note};
  } finally {
    // Told to stop, too: whoever stops a run does not want to leave pods.
    const signal = AbortSignal.timeout(20_000);
    await api
      .remove(named(trialNamespace, run), signal)
      .catch((error: unknown) => context.output(`The test pods could not be removed: ${problemOf(error).message}\r\n`));
  }
}

async function applyAll(objects: readonly KubeObject[], api: Kube, {signal, output}: TaskContext): Promise<void> {
  for (const object of objects) output(`${objectWords(nameOf(object))}: ${await api.apply(object, signal)}\r\n`);
}

interface Wanted {
  readonly pods: ObjectName;
  readonly nodes: readonly string[];
  readonly deadlineMs: number;
  readonly layout: ClusterLayout;
}

/** All pods, once there is a ready one on each node. Throws `deadline-passed` with what the others printed last. */
function untilReady({pods, nodes, deadlineMs, layout}: Wanted, api: Kube, context: TaskContext) {
  const {name, namespace = ''} = named(pods, basename(context.runFolder));
  let late: readonly LateNode[] = [];
  return waitFor(
    {
      deadlineMs,
      async look() {
        const found = await api.pods({namespace, labels: {'pai-tui': name}}, context.signal);
        late = lateNodes(nodes, found);
        context.progress(nodes.length - late.length, nodes.length);
        const [first] = late;
        if (!first) return {found};
        const more = late.length === 1 ? '' : `, and ${late.length - 1} more`;
        return {waitsFor: `${first.node} ${first.words}${more}`};
      },
      late: async (waitsFor) => podProblem(late, waitsFor, {api, namespace, layout, all: nodes.length}, context),
    },
    context,
  );
}

/** Nodes whose last words are read. */
const mostHeard = 10;
const heardLines = 12;

async function podProblem(
  late: readonly LateNode[],
  waitsFor: string,
  {
    api,
    namespace,
    layout,
    all,
  }: {readonly api: Kube; readonly namespace: string; readonly layout: ClusterLayout; readonly all: number},
  {signal}: TaskContext,
): Promise<ProblemError> {
  const said = await Promise.all(
    late.slice(0, mostHeard).map(async ({node, words, pod}) => {
      const log = pod === undefined ? '' : await lastWords(api, {namespace, pod}, signal);
      return {
        node,
        words,
        lines: log
          .split(/\r?\n/)
          .map(displayText)
          .filter((line) => line.trim() !== ''),
      };
    }),
  );
  const [first] = said;
  const last = first?.lines.at(-1);
  const what = first ? `${first.node} ${first.words}${last === undefined ? '' : `: ${last}`}` : waitsFor;
  const machine = layout.machines.find(({nodeName}) => nodeName === first?.node)?.name;
  return new ProblemError({
    code: 'deadline-passed',
    message: `On ${late.length} of ${all} nodes a test pod did not do what it should. ${what}`,
    hint: 'What pods could not reach stands below. See kube-proxy, routes and rules of forwarding on these machines; then repeat it with --verify.',
    detail: said
      .map(({node, words, lines}) =>
        [`${node} ${words}`, ...lines.slice(-heardLines).map((line) => `  ${line}`)].join('\n'),
      )
      .join('\n'),
    ...(machine === undefined ? {} : {machine}),
  });
}

function lastWords(
  api: Kube,
  {namespace, pod}: {namespace: string; pod: string},
  signal: AbortSignal,
): Promise<string> {
  return api
    .podLog({namespace, pod, lines: heardLines}, signal)
    .catch((error: unknown) => `its log cannot be read: ${problemOf(error).message}`);
}

/** Once more, and until nothing is left: also where trying failed, or its runner was killed. */
function removePodsTask({masters, apiReady}: PodVerification): Task<true> {
  return {
    id: 'cluster/verify-pods-removed',
    title: 'See that no test pods are left',
    needs: [apiReady],
    after: [podsTask],
    touches: 'the cluster',
    does: [{kind: 'kube', verb: 'remove', object: trialNamespace}],
    expected: 'unchanged',
    why: [],
    deadlineMs: goneMs + 2 * minute,
    retry,
    run: (context) =>
      withApi(namesOf(masters), context, async (api) => {
        await api.remove(named(trialNamespace, basename(context.runFolder)), context.signal);
        await untilGone(api, context, () => false);
        return {changed: false, result: true};
      }),
  };
}

/** Until there is no namespace of the run, or it is as it may be. */
function untilGone(api: Kube, context: TaskContext, mayBe: (namespace: KubeObject) => boolean): Promise<true> {
  const object = named(trialNamespace, basename(context.runFolder));
  const look = async (): Promise<Look<true>> => {
    const found = await api.read(object, context.signal);
    return !found || mayBe(found) ? {found: true} : {waitsFor: `${objectWords(object)} goes`};
  };
  const late = async () =>
    new ProblemError({
      code: 'deadline-passed',
      message: `${objectWords(object)}, with the test pods, is still there after ${goneMs / minute} minutes.`,
      hint: `See why with: kubectl describe namespace ${object.name}`,
    });
  return waitFor({deadlineMs: goneMs, look, late}, context);
}

function namesOf(masters: readonly ClusterMachine[]): readonly string[] {
  return masters.map(({name}) => name);
}
