import {describe, expect, test} from 'vitest';
import type {RunView, TaskState} from '../../../src/engine/index.ts';
import {outlineOf} from '../../../src/engine/plan/outline.ts';
import {clusterPlan} from '../../helpers/fake-cluster.ts';
import {runOf, taskState} from '../../helpers/fake-engine.ts';
import {openApp} from '../open-app.tsx';

const id = '20261120-201817-cluster-k8s-bootup';
const places = {config: '/c', kubeconfig: '/home/ops/.kube/config', programs: '/home/ops/.local/bin'};

/** A boot of so many machines in the middle: docker is on all, etcd starts, one worker could not get its certificates. */
function bootOf(machines: number): RunView {
  const {tasks, title} = clusterPlan({operation: 'cluster k8s-bootup', verify: false, ...places}, machines);
  const statusOf = (phase: string, on: string): Partial<TaskState> & {readonly status: TaskState['status']} => {
    if (phase === 'docker') return {status: 'done'};
    if (phase === 'etcd') return {status: 'running'};
    if (on === 'gpu-002' && phase === 'certificates') {
      return {status: 'failed', tookMs: 900, problem: {code: 'disk-full', message: 'No space left in /etc.'}};
    }
    if (on === 'gpu-002') return {status: 'skipped', because: 'Put certificates in place failed'};
    return phase === 'certificates' ? {status: 'done', changed: on !== 'gpu-001'} : {status: 'waiting'};
  };
  return runOf({
    id,
    operation: 'cluster k8s-bootup',
    title,
    status: 'running',
    usualMs: 540_000,
    tasks: tasks.map((task) => {
      const {status, ...more} = statusOf(task.id.split('/')[1] ?? '', task.on ?? '');
      return taskState(task.id, status, {...outlineOf(task), ...more});
    }),
  });
}

async function openBoot(machines: number, size: {columns?: number; rows?: number} = {}) {
  const view = bootOf(machines);
  const app = openApp({...size, answers: {runs: [view]}, settings: {attach: id}});
  await app.shows('Plan');
  return app;
}

describe.each([
  [80, 24],
  [200, 50],
  [40, 12],
])('at %i x %i', (columns, rows) => {
  test('a run on machines has a cell for each of them and each phase', async () => {
    const app = await openBoot(12, {columns, rows});
    expect(await app.stillFrame()).toMatchSnapshot();
  });
});

test('of 200 machines those that failed come first, and the rest is summed up', async () => {
  const app = await openBoot(200);
  await app.shows('1 of 200 machines failed; certificates 199 of 200, etcd 0 of 3, kubelet 0 of');
  await app.shows('usually 09:00');
  app.press('g');
  await app.shows('▸ gpu-002');
  await app.shows('1/203');
  app.press('G');
  await app.shows('203/203');
  await app.shows('Put the cluster into the kubeconfig');
});

test('the output is that of the cell under the cursor, which goes by machine and by phase', async () => {
  const app = await openBoot(12);
  app.fake.print(id, 'infra-01/etcd', ['etcd of the first']);
  app.fake.print(id, 'infra-02/etcd', ['etcd of the second']);
  app.fake.print(id, 'infra-02/certificates', ['certificates of the second']);
  await app.shows('etcd of the first');
  app.press('j');
  await app.shows('etcd of the second');
  await app.shows('Plan · etcd');
  app.press('right', 'h', 'h');
  await app.shows('Plan · certificates');
  await app.shows('certificates of the second');
});

test('] shows one line a task, and the grid again', async () => {
  const app = await openBoot(12);
  await app.hides('Install docker');
  app.press(']');
  await app.shows('Install docker');
  app.press(']');
  await app.hides('Install docker');
});

test('what is found stands out by its machine', async () => {
  const app = await openBoot(12);
  app.press('/', ...'failed');
  await app.shows('find: failed (2)');
  app.press('enter');
  await app.shows('▸ gpu-002');
});
