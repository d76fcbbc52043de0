import {describe, expect, test} from 'vitest';
import type {Kube, KubeObject, KubePod} from '../../../src/engine/kube-tools.ts';
import type {Remote} from '../../../src/engine/machine-tools.ts';
import {verifyTasks} from '../../../src/engine/plan/cluster/k8s-verify-tasks.ts';
import type {TaskContext} from '../../../src/engine/plan/types.ts';
import {ProblemError} from '../../../src/engine/problem.ts';
import {limitTools} from '../../../src/engine/run/limit.ts';
import {clusterOf} from '../../cluster/sample-clusters.ts';
import {plainTools} from '../../run/six-tasks.ts';

const layout = await clusterOf('single-master');
const nodes = layout.machines.map(({nodeName}) => nodeName);
const [first = '', second = ''] = nodes;

interface Scene {
  readonly always?: boolean;
  readonly mayHaveChanged?: boolean;
  /** What the pods of a DaemonSet are like; absent: ready. */
  pod?(set: string, node: string): Partial<KubePod>;
  readonly abort?: AbortController;
}

/** A cluster in memory that makes the pods of a DaemonSet as it is told, tried by the tasks within their effects. */
function scene({always = true, mayHaveChanged = false, pod = () => ({}), abort}: Scene) {
  const objects = new Map<string, KubeObject>();
  const calls: string[] = [];
  let now = 0;
  const clock = {
    now: () => now,
    monotonic: () => now,
    async sleep(milliseconds: number, signal?: AbortSignal) {
      now += milliseconds;
      signal?.throwIfAborted();
    },
  };
  const no = (): never => {
    throw new Error('not part of this test');
  };
  const api: Kube = {
    ...{server: 'https://10.0.0.1:6443', version: no, notReady: no, nodes: no, wouldApply: no, patch: no},
    ...{evict: no, removePod: no},
    async pods({namespace, labels}) {
      const set = labels?.['pai-tui'] ?? '';
      if (!objects.has(`DaemonSet ${set}`)) return [];
      return nodes.map((node, index) => ({
        ...{namespace: namespace ?? '', name: `${set}-${node}`, node, phase: 'Running', ready: true, leaving: false},
        ...{address: `10.200.${index}.2`, restarts: 0, labels: {}, containers: [], createdAt: 0},
        ...{uid: 'u-1', ownVolumes: [], isMirror: false},
        ...pod(set, node),
      }));
    },
    read: async ({kind, name}) => objects.get(`${kind} ${name}`),
    async apply(object) {
      calls.push(`apply ${object.kind} ${object.metadata.name}`);
      objects.set(`${object.kind} ${object.metadata.name}`, object);
      if (object.metadata.name === 'ask') abort?.abort(new Error('stopped'));
      return 'created';
    },
    async remove({kind, name}, signal) {
      signal.throwIfAborted();
      calls.push(`remove ${kind} ${name}`);
      if (!objects.has(`${kind} ${name}`)) return 'not there';
      objects.clear();
      return 'removed';
    },
    podLog: async ({pod: name}) => `${name} began\nthe pod of x at 10.200.9.2: no route to host\n`,
    close: async () => {},
  };
  const run: Remote['run'] = async (_command, watch) => {
    watch.stdout?.(Buffer.from('a kubeconfig'));
    return {exit: 0};
  };
  const tools = {
    ...plainTools(clock),
    machines: {use: <T>(_machine: string, work: (remote: Remote) => Promise<T>) => work({run} as Remote)},
    kube: {open: () => api},
  };
  const podNetwork = {kind: 'routes', range: '10.200.0.0/16', ranges: {}} as const;
  const tasks = verifyTasks({
    ...{layout, podNetwork, masters: layout.masters, always},
    ...{apiReady: 'cluster/api-ready', nodesReady: 'cluster/nodes-ready', after: ['a/b']},
  });
  const outputs: string[] = [];
  const carryOut = async (id: string) => {
    const task = tasks.find((each) => each.id === id);
    if (!task) throw new Error(`no task ${id}`);
    const limits = {task: id, does: task.does, runFolder: '/state/runs/run-1', stateFolder: '/state'};
    const context: TaskContext = {
      tools: limitTools(tools, limits),
      signal: abort?.signal ?? new AbortController().signal,
      runFolder: limits.runFolder,
      stateFolder: limits.stateFolder,
      output: (text) => void outputs.push(String(text)),
      progress: () => {},
      resultOf: <R>() => ({ready: nodes}) as R,
      mayHaveChanged: () => mayHaveChanged,
      secret: () => undefined,
    };
    try {
      return await task.run(context);
    } catch (error) {
      if (error instanceof ProblemError) return error.problem;
      return error;
    }
  };
  return {tasks, calls, objects, carryOut};
}

describe('test pods', () => {
  test('answer, are asked by name and address, and go again', async () => {
    const {calls, carryOut, objects} = scene({});
    expect(await carryOut('cluster/verify-pods')).toEqual({
      changed: false,
      result: {nodes},
      note: 'pods of 2 nodes reached the API at 169.254.0.1, pods of every other',
    });
    expect(calls).toEqual([
      'apply Namespace pai-tui-run-1',
      'apply DaemonSet answer',
      'apply ConfigMap targets',
      'apply DaemonSet ask',
      'remove Namespace pai-tui-run-1',
    ]);
    expect(objects.size).toBe(0);
    expect(await carryOut('cluster/verify-pods-removed')).toMatchObject({changed: false});
  });

  test('are left out where nothing was changed and nobody asked for them', async () => {
    const quiet = scene({always: false});
    expect(await quiet.carryOut('cluster/verify-pods')).toMatchObject({note: 'not tried: nothing was changed'});
    expect(quiet.calls).toEqual([]);
    const changed = scene({always: false, mayHaveChanged: true});
    await changed.carryOut('cluster/verify-pods');
    expect(changed.calls).toContain('apply DaemonSet ask');
  });

  test('that do not reach each other name the machine and say what they tried, and go all the same', async () => {
    const {calls, carryOut} = scene({pod: (set, node) => (set === 'ask' && node === second ? {ready: false} : {})});
    expect(await carryOut('cluster/verify-pods')).toMatchObject({
      code: 'deadline-passed',
      message: `On 1 of 2 nodes a test pod did not do what it should. ${second} has a pod that has not reached everything: the pod of x at 10.200.9.2: no route to host`,
      detail: `${second} has a pod that has not reached everything\n  ask-${second} began\n  the pod of x at 10.200.9.2: no route to host`,
      machine: layout.machines[1]?.name,
    });
    expect(calls.at(-1)).toBe('remove Namespace pai-tui-run-1');
  });

  test('that cannot start say why', async () => {
    const pod = () => ({ready: false, phase: 'Pending', reason: 'ErrImagePull', message: 'no such image'}) as const;
    const {calls, carryOut} = scene({pod});
    expect(await carryOut('cluster/verify-pods')).toMatchObject({
      message: expect.stringContaining(`${first} does not start its pod: ErrImagePull: no such image`),
    });
    expect(calls).not.toContain('apply DaemonSet ask');
    expect(calls.at(-1)).toBe('remove Namespace pai-tui-run-1');
  });

  test('go too when the run is stopped', async () => {
    const {calls, carryOut} = scene({abort: new AbortController(), pod: (set) => ({ready: set !== 'ask'})});
    const ended = await carryOut('cluster/verify-pods');
    expect(ended).toBeInstanceOf(Error);
    expect(calls.at(-1)).toBe('remove Namespace pai-tui-run-1');
  });
});

test('what proves a cluster comes after all that changes it, and tidying up after that', () => {
  expect(scene({}).tasks.map(({id, needs, after}) => ({id, needs, after}))).toEqual([
    {id: 'cluster/verify-etcd', needs: ['cluster/api-ready'], after: ['a/b']},
    {id: 'cluster/verify-api', needs: ['cluster/api-ready'], after: ['a/b']},
    {id: 'cluster/verify-pods', needs: ['cluster/nodes-ready'], after: ['a/b']},
    {id: 'cluster/verify-pods-removed', needs: ['cluster/api-ready'], after: ['cluster/verify-pods']},
  ]);
});
