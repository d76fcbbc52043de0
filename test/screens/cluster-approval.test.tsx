import {describe, expect, test} from 'vitest';
import type {ClusterRequest} from '../../src/engine/api.ts';
import type {MachineSecrets} from '../../src/engine/machines/types.ts';
import type {Problem} from '../../src/engine/problem.ts';
import {openApproval} from '../../src/screens/approval/ApprovalDialog.tsx';
import {clusterPlan} from '../helpers/fake-cluster.ts';
import {type OpenAppOptions, openApp} from './open-app.tsx';

const config = '/srv/prod-east';
const boot: ClusterRequest = {
  operation: 'cluster k8s-bootup',
  config,
  verify: false,
  kubeconfig: '/home/ops/.kube/config',
  programs: '/home/ops/.local/bin',
};
const clean: ClusterRequest = {operation: 'cluster k8s-clean', config, force: false};

async function openPlan(request: ClusterRequest, options: OpenAppOptions = {}, seen = 'would change something') {
  const app = openApp({
    ...options,
    settings: {config, ...options.settings},
    answers: {clusterPlan: (asked) => clusterPlan(asked, 200), ...options.answers},
  });
  await app.shows('base-image');
  openApproval(app.model, request);
  await app.shows(seen);
  return app;
}

const started = ({fake}: Awaited<ReturnType<typeof openPlan>>) => fake.calls.filter((call) => call.startsWith('start'));

describe.each([
  [80, 24],
  [200, 50],
])('at %i x %i', (columns, rows) => {
  test('a plan for 200 machines is one of few lines', async () => {
    const app = await openPlan(boot, {columns, rows});
    app.press('e');
    await app.shows('infra-[01-03],gpu-[001-197]');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('what takes data away says so', async () => {
    const app = await openPlan(clean, {columns, rows});
    app.press('j');
    await app.shows('run keep-etcd.sh');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('its name is typed in the same dialog', async () => {
    const app = await openPlan(clean, {columns, rows});
    app.press('tab', 'enter');
    await app.shows('Type the name prod-east to go on:');
    expect(await app.stillFrame()).toMatchSnapshot();
  });
});

describe('the name of what is taken away', () => {
  test('is asked for by Start, and starts nothing before it is typed right', async () => {
    const app = await openPlan(clean);
    app.press('y');
    await app.shows('Type the name prod-east to go on:');
    app.press(...'prod-eas');
    app.press('tab', 'enter');
    await app.shows(/> prod-eas *│\n.*▸Start/);
    expect(started(app)).toEqual([]);
    app.press(...'t');
    app.press('enter');
    await app.shows('step 1 of 203');
    expect(app.fake.handed).toEqual([{machineSecrets: {}, confirmed: 'prod-east'}]);
  });

  test('can be left, back to the plan', async () => {
    const app = await openPlan(clean);
    app.press('y');
    await app.shows('Type the name');
    app.press('esc');
    await app.hides('Type the name');
    await app.shows('has to be typed first');
    app.press('f');
    await app.shows('data of etcd: removed');
    await app.shows('Remove the data of etcd on 3 machines');
    await app.shows('cluster k8s-clean --force');
  });
});

test('a boot is verified where that is asked for', async () => {
  const app = await openPlan(boot, {columns: 120});
  await app.shows('verify: if it changed');
  app.press('v');
  await app.shows('verify: yes');
  await app.shows('cluster k8s-bootup --verify');
  app.press('y');
  await app.shows('step 1 of 606');
  expect(started(app)).toEqual(['start cluster k8s-bootup']);
});

test("the tree's own scripts are run where that is chosen", async () => {
  const app = await openPlan(boot, {columns: 120});
  await app.shows('scripts: of pai-tui');
  app.press('s');
  await app.shows("scripts: the tree's");
  await app.shows('cluster k8s-bootup --package-set tree');
  app.press('s');
  await app.shows('scripts: of pai-tui');
  await app.hides('--package-set');
});

describe('secrets of machines', () => {
  const refused: Problem = {code: 'login-refused', message: 'infra-01 lets nobody in.', machine: 'infra-01'};
  const wantsPassword = ({password}: MachineSecrets) => (password ? undefined : refused);

  test('are asked for when there is no plan without them, and the run gets them', async () => {
    const app = await openPlan(boot, {answers: {propose: wantsPassword}}, 'For infra-01.');
    app.press(...'sesame');
    app.press('enter');
    await app.shows('would change something');
    app.press('y');
    await app.shows('step 1 of');
    const [handed] = app.fake.handed;
    expect(handed?.machineSecrets?.password?.reveal()).toBe('sesame');
  });

  test('are asked for once; who gave none is told why there is no plan, and which key asks again', async () => {
    const app = await openPlan(boot, {answers: {propose: wantsPassword}}, 'For infra-01.');
    app.press('esc');
    await app.shows('infra-01 lets nobody in.');
    await app.shows('p password');
    app.press('p');
    await app.shows('For infra-01.');
  });
});

test('B and X on the Cluster screen ask for a boot and a clean of what is configured', async () => {
  const app = openApp({settings: {config}});
  await app.shows('base-image');
  app.press('2');
  await app.shows('B boot');
  app.press('B');
  await app.shows('Boot Kubernetes 1.20.2 on 6 machines');
  await app.shows(`pai-tui -s /srv/pai -c ${config} cluster k8s-bootup`);
  app.press('esc');
  await app.hides('[Start]');
  app.press('X');
  await app.shows('Remove Kubernetes from 6 machines');
  expect(app.fake.calls.filter((call) => call.startsWith('propose'))).toEqual([
    'propose cluster k8s-bootup',
    'propose cluster k8s-clean',
  ]);
});

test('neither is done where nothing may be changed, nor to the machines of the sample', async () => {
  for (const settings of [{config, readOnly: true}, {config, sourceNote: 'sample tree'}, {}]) {
    const app = openApp({settings});
    await app.shows('base-image');
    app.press('2');
    await app.shows('configuration');
    app.press('B', 'X');
    await app.shows(/read-only|made up|No configuration was given/);
    expect(app.fake.calls.filter((call) => call.startsWith('propose'))).toEqual([]);
  }
});

test('the lock of a holder whose time is over can be taken', async () => {
  const app = await openPlan(boot, {
    columns: 120,
    answers: {start: {code: 'lock-held', message: 'ana@jump2 holds the cluster, and her time is over.'}},
  });
  app.press('t');
  await app.shows('Nobody is known to hold the cluster.');
  app.press('y');
  await app.shows('ana@jump2 holds the cluster');
  app.press('t');
  await app.shows('--take-over-lock');
  app.fake.answer({start: undefined});
  app.press('y');
  await app.shows('step 1 of 606');
});
