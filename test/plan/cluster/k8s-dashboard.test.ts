import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import type {BootupRequest} from '../../../src/engine/api.ts';
import {bootOf} from '../../../src/engine/cluster/boot/boot.ts';
import type {BootupFacts} from '../../../src/engine/cluster/boot/facts.ts';
import {clusterObjects} from '../../../src/engine/cluster/packages/objects.ts';
import {type Kube, type KubePod, nameOf} from '../../../src/engine/kube-tools.ts';
import type {Remote} from '../../../src/engine/machine-tools.ts';
import {apiTasks} from '../../../src/engine/plan/cluster/k8s-api-tasks.ts';
import type {TaskContext} from '../../../src/engine/plan/types.ts';
import {limitTools} from '../../../src/engine/run/limit.ts';
import {clusterOf} from '../../cluster/sample-clusters.ts';
import {plainTools} from '../../run/six-tasks.ts';

const assets = fileURLToPath(new URL('../../../assets', import.meta.url));
const layout = await clusterOf('single-master');
const podNetwork = {kind: 'host'} as const;
const facts: BootupFacts = {
  ...{layout, podNetwork, checks: [], notices: []},
  machines: layout.machines.map(({name}) => ({name, isMember: true, hasDocker: true, etcdKept: []})),
  objects: {
    ...{'kube-proxy': [], 'plain-http': [], 'pod network': [], dns: []},
    dashboard: clusterObjects(assets, 'dashboard', layout, {podNetwork}).map(nameOf),
  },
  computer: {
    kubectl: {isFolderThere: true, isOnPath: true, platform: 'linux', arch: 'x64'},
    kubeconfig: {file: '/home/ann/.kube/config', isFolderThere: true},
  },
};
const request: BootupRequest = {
  ...{operation: 'cluster k8s-bootup', config: '/config', verify: false},
  ...{kubeconfig: '/home/ann/.kube/config', programs: '/home/ann/.local/bin'},
};

/** What the task says when the dashboard's pod is like that, on a node whose condition Ready is that, and how long it looked. */
async function said(pod: Partial<KubePod>, ready = 'True') {
  let now = 0;
  const clock = {
    now: () => now,
    monotonic: () => now,
    async sleep(milliseconds: number) {
      now += milliseconds;
    },
  };
  const no = (): never => {
    throw new Error('not part of this test');
  };
  const api: Kube = {
    ...{server: 'https://10.0.0.1:6443', version: no, notReady: no, nodes: no, wouldApply: no, patch: no},
    ...{evict: no, removePod: no, remove: no, podLog: no, close: async () => {}},
    apply: async () => 'unchanged',
    pods: async () => [
      {
        ...{
          namespace: 'kube-system',
          name: 'dashboard',
          node: '10.0.0.1',
          phase: 'Running',
          ready: false,
          leaving: false,
        },
        ...{restarts: 0, labels: {}, containers: [], createdAt: 0, uid: 'u-1', ownVolumes: [], isMirror: false},
        ...pod,
      },
    ],
    read: async ({name}) => ({
      ...{apiVersion: 'v1', kind: 'Node', metadata: {name}},
      status: {conditions: [{type: 'Ready', status: ready, message: 'Kubelet stopped posting node status.'}]},
    }),
  };
  const run: Remote['run'] = async (_command, watch) => {
    watch.stdout?.(Buffer.from('a kubeconfig'));
    return {exit: 0};
  };
  const tools = {
    ...plainTools(clock),
    assets,
    machines: {use: <T>(_machine: string, work: (remote: Remote) => Promise<T>) => work({run} as Remote)},
    kube: {open: () => api},
  };
  const task = apiTasks(bootOf(request, facts)).find(({id}) => id === 'cluster/dashboard');
  if (!task) throw new Error('no task');
  const limits = {task: task.id, does: task.does, runFolder: '/state/runs/run-1', stateFolder: '/state'};
  const context: TaskContext = {
    ...{tools: limitTools(tools, limits), signal: new AbortController().signal},
    ...{runFolder: limits.runFolder, stateFolder: limits.stateFolder, output: () => {}, progress: () => {}},
    ...{resultOf: no, mayHaveChanged: () => true, secret: () => undefined},
  };
  const {note} = await task.run(context);
  return {note, ms: now};
}

describe('the dashboard', () => {
  test('is there', async () => {
    expect(await said({ready: true})).toEqual({note: 'nothing changed', ms: 0});
  });

  test.each<[string, Partial<KubePod>, string | undefined, string]>([
    ['has no image', {reason: 'ErrImagePull', message: 'no such host'}, undefined, 'ErrImagePull: no such host'],
    ['is on a node that is gone', {}, 'Unknown', 'the node 10.0.0.1 is unknown (Kubelet stopped posting node status.)'],
  ])('that %s fails nothing, and is not waited for', async (_what, pod, ready, why) => {
    expect(await said(pod, ready)).toEqual({note: `the dashboard does not run: ${why}`, ms: 0});
  });

  test('that does not come up fails nothing either', async () => {
    const {note, ms} = await said({reason: 'ContainerCreating'});
    expect(note).toBe('the dashboard does not run: ContainerCreating');
    expect(ms).toBeGreaterThan(60_000);
  });
});
