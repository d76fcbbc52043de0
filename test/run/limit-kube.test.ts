import {describe, expect, test} from 'vitest';
import type {Kube, KubeObject, ObjectName} from '../../src/engine/kube-tools.ts';
import type {Effect} from '../../src/engine/plan/types.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {limitKube} from '../../src/engine/run/limit-kube.ts';
import {Secret} from '../../src/engine/secret.ts';

const {signal} = new AbortController();
const runFolder = '/state/prod/runs/20261128-031500-boot';
const proxy: ObjectName = {apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system', name: 'kube-proxy'};

/** An API that notes what it was asked to change. */
function limited(does: readonly Effect[]) {
  const changes: string[] = [];
  const no = (): never => {
    throw new Error('not part of this test');
  };
  const api: Kube = {
    server: 'https://192.0.2.1:6443',
    version: async () => 'v1.20.2',
    notReady: async () => ['etcd'],
    nodes: async () => [],
    pods: async () => [],
    read: no,
    wouldApply: async () => 'changed',
    podLog: no,
    async apply({kind, metadata}) {
      changes.push(`apply ${kind} ${metadata.name}`);
      return 'created';
    },
    async patch({kind, name}) {
      changes.push(`patch ${kind} ${name}`);
      return 'changed';
    },
    async remove({kind, name}) {
      changes.push(`remove ${kind} ${name}`);
      return 'removed';
    },
    async evict({name}) {
      changes.push(`evict ${name}`);
      return {type: 'evicted'};
    },
    async removePod({name}) {
      changes.push(`remove pod ${name}`);
      return 'removed';
    },
    async close() {
      changes.push('close');
    },
  };
  const access = limitKube({open: () => api}, {does, runFolder}, (call, allowed) => {
    if (!allowed) throw new ProblemError({code: 'not-in-plan', message: call});
  });
  return {kube: access.open(new Secret('a kubeconfig')), changes};
}

function objectOf({apiVersion, kind, ...metadata}: ObjectName): KubeObject {
  return {apiVersion, kind, metadata};
}

describe('the API of Kubernetes for a task', () => {
  test('changes the objects it declared, by the verb it declared', async () => {
    const {kube, changes} = limited([
      {kind: 'kube', verb: 'apply', object: proxy},
      {kind: 'kube', verb: 'remove', object: {apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'test-$RUN'}},
    ]);
    await kube.apply(objectOf(proxy), signal);
    const pod = {apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'test-20261128-031500-boot'};
    await kube.remove(pod, signal);
    expect(changes).toEqual(['apply DaemonSet kube-proxy', 'remove Pod test-20261128-031500-boot']);
  });

  test('changes objects in the namespace of its run, and of no other run', async () => {
    const object = {apiVersion: 'v1', kind: 'ConfigMap', name: 'targets'};
    const {kube, changes} = limited([{kind: 'kube', verb: 'apply', object: {...object, namespace: 'pai-tui-$RUN'}}]);
    await kube.apply(objectOf({...object, namespace: 'pai-tui-20261128-031500-boot'}), signal);
    for (const namespace of ['pai-tui-20261128-031501-boot', 'pai-tui-$RUN'])
      await expect(kube.apply(objectOf({...object, namespace}), signal)).rejects.toThrow('apply ConfigMap');
    await expect(kube.apply(objectOf(object), signal)).rejects.toThrow('apply ConfigMap');
    expect(changes).toEqual(['apply ConfigMap targets']);
  });

  test.each<[string, Partial<ObjectName>]>([
    ['name', {name: 'kube-dns'}],
    ['namespace', {namespace: 'default'}],
    ['kind', {kind: 'Deployment'}],
    ['group', {apiVersion: 'extensions/v1beta1'}],
  ])('refuses an object of another %s before it is sent', async (_what, other) => {
    const {kube, changes} = limited([{kind: 'kube', verb: 'apply', object: proxy}]);
    await expect(kube.apply(objectOf({...proxy, ...other}), signal)).rejects.toThrow(/^apply /);
    expect(changes).toEqual([]);
  });

  test('refuses another verb', async () => {
    const {kube, changes} = limited([{kind: 'kube', verb: 'apply', object: proxy}]);
    await expect(kube.patch(proxy, {}, signal)).rejects.toThrow('patch DaemonSet kube-system/kube-proxy');
    await expect(kube.remove(proxy, signal)).rejects.toThrow('remove DaemonSet kube-system/kube-proxy');
    expect(changes).toEqual([]);
  });

  test('lets pods of a declared node go, and those of no other', async () => {
    const object = {apiVersion: 'v1', kind: 'Node', name: 'gpu-01'};
    const {kube, changes} = limited([{kind: 'kube', verb: 'evict', object}]);
    const pod = {namespace: 'default', name: 'web', uid: 'u', node: 'gpu-01'};
    await kube.evict(pod, signal);
    await kube.removePod(pod, {isLost: true}, signal);
    const other = {...pod, node: 'gpu-02'};
    await expect(kube.evict(other, signal)).rejects.toThrow('evict Node gpu-02');
    await expect(kube.removePod(other, {isLost: true}, signal)).rejects.toThrow('evict Node gpu-02');
    await expect(kube.remove(object, signal)).rejects.toThrow('remove Node gpu-01');
    expect(changes).toEqual(['evict web', 'remove pod web']);
  });

  test('answers what only reads', async () => {
    const {kube} = limited([]);
    expect(await kube.notReady(signal)).toEqual(['etcd']);
    expect(await kube.wouldApply(objectOf(proxy), signal)).toBe('changed');
  });
});
