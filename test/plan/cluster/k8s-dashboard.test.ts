import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import type {BootupRequest} from '../../../src/engine/api.ts';
import {bootOf} from '../../../src/engine/cluster/boot/boot.ts';
import type {BootupFacts} from '../../../src/engine/cluster/boot/facts.ts';
import {clusterObjects} from '../../../src/engine/cluster/packages/objects.ts';
import {type KubePod, nameOf} from '../../../src/engine/kube-tools.ts';
import {apiTasks} from '../../../src/engine/plan/cluster/k8s-api-tasks.ts';
import {clusterOf} from '../../cluster/sample-clusters.ts';
import {carryOut, fakeKube, readyPod, sleepersClock} from '../../helpers/kube-scene.ts';

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
  const clock = sleepersClock();
  const kube = fakeKube({
    apply: async () => 'unchanged',
    pods: async () => [readyPod({namespace: 'kube-system', name: 'dashboard', node: '10.0.0.1', ready: false, ...pod})],
    read: async ({name}) => ({
      ...{apiVersion: 'v1', kind: 'Node', metadata: {name}},
      status: {conditions: [{type: 'Ready', status: ready, message: 'Kubelet stopped posting node status.'}]},
    }),
  });
  const task = apiTasks(bootOf(request, facts)).find(({id}) => id === 'cluster/dashboard');
  if (!task) throw new Error('no task');
  const end = await carryOut(task, {kube, clock, assets, more: {mayHaveChanged: () => true}});
  return {said: 'note' in end ? end.note : end, ms: clock.now()};
}

describe('the dashboard', () => {
  test('is there', async () => {
    expect(await said({ready: true})).toEqual({said: 'nothing changed', ms: 0});
  });

  test.each<[string, Partial<KubePod>, string | undefined, string]>([
    ['has no image', {reason: 'ErrImagePull', message: 'no such host'}, undefined, 'ErrImagePull: no such host'],
    ['is on a node that is gone', {}, 'Unknown', 'the node 10.0.0.1 is unknown (Kubelet stopped posting node status.)'],
  ])('that %s fails nothing, and is not waited for', async (_what, pod, ready, why) => {
    expect(await said(pod, ready)).toEqual({said: `the dashboard does not run: ${why}`, ms: 0});
  });

  test('that does not come up fails nothing either', async () => {
    const {said: words, ms} = await said({reason: 'ContainerCreating'});
    expect(words).toBe('the dashboard does not run: ContainerCreating');
    expect(ms).toBeGreaterThan(60_000);
  });
});
