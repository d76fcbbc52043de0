import {describe, expect, test} from 'vitest';
import type {KubeObject, KubePod} from '../../../src/engine/kube-tools.ts';
import {verifyTasks} from '../../../src/engine/plan/cluster/k8s-verify-tasks.ts';
import {clusterOf} from '../../cluster/sample-clusters.ts';
import {carryOut as carryOutIn, fakeKube, readyPod, sleepersClock} from '../../helpers/kube-scene.ts';

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
  const kube = fakeKube({
    async pods({namespace, labels}) {
      const set = labels?.['pai-tui'] ?? '';
      if (!objects.has(`DaemonSet ${set}`)) return [];
      return nodes.map((node, index) => {
        const place = {namespace: namespace ?? '', name: `${set}-${node}`, node, address: `10.200.${index}.2`};
        return readyPod({...place, ...pod(set, node)});
      });
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
  });
  const podNetwork = {kind: 'routes', range: '10.200.0.0/16', ranges: {}} as const;
  const tasks = verifyTasks({
    ...{layout, podNetwork, masters: layout.masters, always},
    ...{apiReady: 'cluster/api-ready', nodesReady: 'cluster/nodes-ready', after: ['a/b']},
  });
  const carryOut = async (id: string) => {
    const task = tasks.find((each) => each.id === id);
    if (!task) throw new Error(`no task ${id}`);
    const more = {
      ...{resultOf: <R>() => ({ready: nodes}) as R, mayHaveChanged: () => mayHaveChanged},
      ...(abort ? {signal: abort.signal} : {}),
    };
    return carryOutIn(task, {kube, clock: sleepersClock(), more});
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
    await expect(carryOut('cluster/verify-pods')).rejects.toThrow('stopped');
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
