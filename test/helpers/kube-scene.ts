/** Tasks that ask the API of Kubernetes, carried out in memory and within their effects. */
import type {Kube, KubePod} from '../../src/engine/kube-tools.ts';
import type {Remote} from '../../src/engine/machine-tools.ts';
import type {Task, TaskContext, TaskEnd} from '../../src/engine/plan/types.ts';
import {type Problem, ProblemError} from '../../src/engine/problem.ts';
import {limitTools} from '../../src/engine/run/limit.ts';
import type {Clock, Tools} from '../../src/engine/tools.ts';
import {plainTools} from '../run/six-tasks.ts';

/** A pod that runs and is ready. */
export function readyPod(change: Partial<KubePod> = {}): KubePod {
  return {
    ...{namespace: 'default', name: 'x', phase: 'Running', ready: true, leaving: false, restarts: 0, createdAt: 0},
    ...{labels: {}, containers: [], uid: 'u-1', ownVolumes: [], isMirror: false},
    ...change,
  };
}

/** An API server that answers this, and fails whoever asks it for anything else. */
export function fakeKube(answers: Partial<Kube>): Kube {
  return {
    ...{server: 'https://10.0.0.1:6443', version: no, notReady: no, nodes: no, pods: no, read: no, wouldApply: no},
    ...{apply: no, patch: no, remove: no, evict: no, removePod: no, podLog: no, close: async () => {}},
    ...answers,
  };
}

/** A clock that goes while somebody sleeps, and no time passes outside. `slept` is called each time. */
export function sleepersClock(slept: () => void = () => {}): Clock {
  let now = 0;
  return {
    now: () => now,
    monotonic: () => now,
    async sleep(milliseconds, signal) {
      now += milliseconds;
      slept();
      signal?.throwIfAborted();
    },
  };
}

export interface Surroundings {
  readonly kube: Kube;
  readonly clock: Clock;
  /** Of its context, where that matters. */
  readonly more?: Partial<TaskContext>;
  readonly assets?: string;
}

/** Carries a task out as run-1 would, where every machine gives a kubeconfig to whoever asks. */
export async function carryOut(task: Task, surroundings: Surroundings): Promise<TaskEnd<unknown> | Problem> {
  const {kube, clock, more = {}, assets = '/none'} = surroundings;
  const run: Remote['run'] = async (_command, watch) => {
    watch.stdout?.(Buffer.from('a kubeconfig'));
    return {exit: 0};
  };
  const tools: Tools = {
    ...{...plainTools(clock), assets},
    machines: {use: (_machine, work) => work({run} as Remote)},
    kube: {open: () => kube},
  };
  const folders = {runFolder: '/state/runs/run-1', stateFolder: '/state'};
  const context: TaskContext = {
    ...{...folders, tools: limitTools(tools, {...folders, task: task.id, does: task.does})},
    signal: new AbortController().signal,
    ...{output: () => {}, progress: () => {}, resultOf: no, mayHaveChanged: () => false, secret: () => undefined},
    ...more,
  };
  try {
    return await task.run(context);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}

function no(): never {
  throw new Error('not part of this test');
}
