import {describe, expect, test} from 'vitest';
import type {ClusterStatus} from '../../../src/engine/cluster/types.ts';
import type {Problem} from '../../../src/engine/problem.ts';
import {clusterStatusOf, withMachine, withNode} from '../../helpers/cluster-status.ts';
import {etcdReportOf} from '../../helpers/etcd-report.ts';
import {fakeNow} from '../../helpers/fake-now.ts';
import {openCluster} from './open-config.tsx';

const down: Problem = {
  code: 'machine-unreachable',
  message: 'It does not answer.',
  hint: 'Switch it on, or look at the network.',
};
const etcd = {known: etcdReportOf(), at: fakeNow - 3000};
const healthy = clusterStatusOf(() => ({etcd}));
const degraded = clusterStatusOf((parts) => ({
  etcd: {known: etcdReportOf(['infra-03']), at: fakeNow - 3000},
  ...withNode(parts, 'gpu-02', (node) => ({...node, state: 'not ready'})),
  machines: withMachine(parts, 'proxy-01', ({machine, roles}) => ({machine, roles, problem: down})).machines.map(
    (machine) =>
      machine.machine === 'infra-02' && machine.known
        ? {
            ...machine,
            known: {
              ...machine.known,
              drift: {at: fakeNow, known: [{what: '/etc/kubernetes/kubelet.yaml', state: 'missing' as const}]},
            },
          }
        : machine,
  ),
}));
const unreached = clusterStatusOf(({machines}) => ({
  machines: machines.map(({machine, roles}) => ({machine, roles, problem: down})),
  api: {problem: {code: 'api-unreachable', message: 'No master said how to reach the API.', hint: 'Boot it.'}},
  nodes: {problem: down},
  pods: {problem: down},
}));
const openWith = (cluster: ClusterStatus | Problem | 'pending', options: Parameters<typeof openCluster>[1] = {}) =>
  openCluster('g', {...options, answers: {cluster, ...options.answers}});
const watches = (app: {readonly fake: {readonly calls: readonly string[]}}) =>
  app.fake.calls.filter((call) => call === 'watch cluster status').length;

describe.each([
  [80, 24],
  [200, 50],
  [40, 12],
] as const)('at %i x %i', (columns, rows) => {
  test('a cluster that is well', async () => {
    const app = await openWith(healthy, {columns, rows});
    await app.shows('masters');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('one where something is wrong', async () => {
    const app = await openWith(degraded, {columns, rows});
    await app.shows('masters');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('one of which nothing was reached', async () => {
    const app = await openWith(unreached, {columns, rows});
    await app.shows('masters');
    expect(await app.stillFrame()).toMatchSnapshot();
  });

  test('a problem whole, with what mends it', async () => {
    const app = await openWith(degraded, {columns, rows});
    await app.shows('masters');
    app.press('G', 'k', 'enter');
    await app.shows('Boot again');
    expect(await app.stillFrame()).toMatchSnapshot();
  });
});

test('without colours and in ASCII every state is still told', async () => {
  const app = await openWith(degraded, {columns: 120, environment: {NO_COLOR: '1', LANG: 'C', TERM: 'xterm'}});
  await app.shows(/x failed +workers/);
  await app.shows(/\? unknown +proxies/);
});

test('Enter folds a group, and shows a machine whole', async () => {
  const app = await openWith(degraded);
  await app.shows(/✓ ready +gpu-01/);
  app.press('enter');
  await app.hides('infra-01 ');
  app.press('j', 'j', 'j', 'j');
  await app.shows(/▸ +✓ ready +gpu-01/);
  app.press('enter');
  await app.shows(/node +ready, v1.20.2, docker/);
  await app.shows(/certificates +212 days: the kubelet/);
  app.press('esc');
  await app.shows(/✗ not ready +gpu-02/);
});

test('what could not be asked any more says since when and why, with what was known before', async () => {
  const status = clusterStatusOf(({pods}) => ({
    pods: {...pods, at: fakeNow - 240_000, problem: {code: 'api-unreachable', message: 'No API server answers.'}},
  }));
  const app = await openWith(status, {columns: 200, rows: 50});
  await app.shows(/pods +unknown since \d\d:\d\d: No API server answers. Before: 12 of 12 ready/);
});

test('until something is known the configuration is shown, and that it is being asked', async () => {
  const app = await openWith('pending');
  await app.shows('Every machine and every API server is being asked');
  app.fake.answer({cluster: healthy});
  await app.shows('masters');
});

test('why nothing can be asked by this configuration is said, with what to do', async () => {
  const app = await openWith({code: 'config-invalid', message: 'It describes no cluster.', hint: 'Write one.'});
  await app.shows('✗ It describes no cluster.');
  await app.shows('Write one.');
});

test('it is watched only while it is looked at; what was seen stays, and r asks anew', async () => {
  const app = await openWith(healthy);
  await app.shows('masters');
  expect(watches(app)).toBe(1);
  const open = app.fake.openStores();
  app.press('4');
  await app.shows('It will list');
  await app.until(() => app.fake.openStores() === open - 2);
  app.fake.answer({cluster: 'pending'});
  app.press('2');
  await app.shows('masters');
  await app.shows('asking');
  expect(watches(app)).toBe(2);
  app.press('r');
  await app.until(() => watches(app) === 3);
  expect(app.fake.openStores()).toBe(open);
});

test('machines of the sample are not asked, and it is said why', async () => {
  const app = await openWith(healthy, {settings: {sourceNote: 'This is the sample.'}, columns: 120});
  await app.shows('made up for the sample');
  expect(watches(app)).toBe(0);
});

test('m leads from a problem to its machine', async () => {
  const app = await openWith(degraded, {columns: 120});
  await app.shows('problems');
  app.press('G', 'm');
  await app.shows('Machines 5');
});

test('l follows the log that says more about a problem', async () => {
  const app = await openWith(degraded, {columns: 120, rows: 30});
  await app.shows(/gpu-02: It is not ready.*l log/);
  app.press('G', 'k', 'k', 'l');
  await app.until(() => app.model.machines.get().places.length === 1);
  expect(app.model.machines.get().place?.model.subject).toMatchObject({
    kind: 'log',
    request: {names: ['gpu-02'], log: {kind: 'container', container: 'kubelet'}},
  });
});

test('! shows the commands, that which mends the problem first', async () => {
  const app = await openWith(degraded, {columns: 120});
  await app.shows('problems');
  app.press('G', 'k', '!');
  await app.shows('1 Mend');
  await app.shows('-c fixtures/config-g cluster k8s-bootup');
  await app.shows('-c fixtures/config-g cluster status');
});

test('a member of etcd that is not well is mended from here', async () => {
  const problem: Problem = {
    code: 'etcd-member-down',
    message: 'etcd3 on infra-03 is not healthy. Its data is damaged.',
    machine: 'infra-03',
  };
  const known = {...etcdReportOf(['infra-03']), problems: [problem]};
  const app = await openWith(
    clusterStatusOf(() => ({etcd: {known, at: fakeNow - 3000}})),
    {columns: 120},
  );
  await app.shows(/✗ failed +etcd +infra-03: etcd3 on .* E etcdfix/);
  app.press('G');
  await app.shows(/▸ +✗ failed +etcd/);
  app.press('E');
  await app.shows('Cancel');
  expect(app.fake.calls).toContain('propose machine etcdfix infra-03');
});
