import {expect, test} from 'vitest';
import type {CheckReport, CheckResult} from '../../../src/engine/cluster/types.ts';
import {openCluster} from './open-config.tsx';

const results: readonly CheckResult[] = [
  ...['gpu-01', 'gpu-02'].map(
    (machine): CheckResult => ({machine, check: 'memory', state: 'ok', detail: `64 GiB on ${machine}.`}),
  ),
  {
    machine: 'gpu-02',
    check: 'ports',
    state: 'failed',
    detail: 'Port 10250, which kubelet needs, is taken by nginx (0.0.0.0).',
    fix: 'Stop nginx, or let it listen on another port.',
  },
  {check: 'clock', state: 'unknown', detail: 'Nobody says what time it is.'},
];
const report: CheckReport = {results, reached: ['gpu-01', 'gpu-02'], refusals: []};

/** Of the program's own, and nothing that a machine said. */
const checks = (app: {readonly fake: {readonly calls: readonly string[]}}) =>
  app.fake.calls.filter((call) => call === 'cluster check').length;

test.each([
  [80, 24],
  [200, 50],
  [40, 12],
] as const)('p checks the machines and says the result, at %i×%i', async (columns, rows) => {
  const app = await openCluster('g', {columns, rows, answers: {check: report}});
  await app.shows('cluster');
  app.press('p');
  await app.shows('1 failed, 1 unknown, 2 ok');
  await app.shows(/✓ ok +memory/);
  await app.shows(/✗ failed +ports/);
  app.press('j');
  if (columns === 40) app.press('tab');
  await app.shows('✗ ports: failed');
  await app.shows('Stop nginx');
  expect(checks(app)).toBe(1);
  for (const line of app.text().split('\n')) expect([...line].length).toBeLessThanOrEqual(columns);
});

test('of what is well everywhere, the details say what each machine has', async () => {
  const app = await openCluster('g', {columns: 120, rows: 30, answers: {check: report}});
  await app.shows('cluster');
  app.press('p');
  await app.shows('gpu-01: 64 GiB on gpu-01.');
  await app.shows('gpu-02: 64 GiB on gpu-02.');
});

test('while machines are asked that is said; Esc leaves them alone, and coming back asks anew', async () => {
  const app = await openCluster('g', {answers: {check: 'pending'}});
  await app.shows('cluster');
  app.press('p');
  await app.shows('Asking all machines at once.');
  app.press('esc');
  await app.shows('c opens');
  app.fake.answer({check: report});
  app.press('p');
  await app.shows('1 failed, 1 unknown, 2 ok');
  expect(checks(app)).toBe(2);
});

test('what was found stays when one comes back, and ctrl-r asks again', async () => {
  const app = await openCluster('g', {answers: {check: report}});
  await app.shows('cluster');
  app.press('p');
  await app.shows('1 failed');
  app.press('esc');
  await app.shows('c opens');
  app.press('p');
  await app.shows('1 failed');
  expect(checks(app)).toBe(1);
  app.fake.answer({check: {...report, results: results.filter(({state}) => state !== 'failed')}});
  app.press('ctrl-r');
  await app.shows('Checks: 1 unknown, 2 ok');
  expect(checks(app)).toBe(2);
});

test('why nothing could be checked is said, with what to do', async () => {
  const app = await openCluster('g', {
    answers: {
      check: {code: 'config-invalid', message: 'The configuration says nothing of Kubernetes.', hint: 'Write one.'},
    },
  });
  await app.shows('cluster');
  app.press('p');
  await app.shows('✗ The configuration says nothing of Kubernetes.');
  await app.shows('Write one.');
});

test('! shows the command that checks the same', async () => {
  const app = await openCluster('g', {columns: 120, answers: {check: report}});
  await app.shows('cluster');
  app.press('p');
  await app.shows('1 failed');
  app.press('!');
  await app.shows('pai-tui -s /srv/pai -c fixtures/config-g cluster check');
});

test('machines of the sample are asked nothing, and p says why', async () => {
  const app = await openCluster('g', {
    settings: {sourceNote: 'This is the sample.'},
    columns: 120,
    answers: {check: report},
  });
  await app.shows('c opens');
  app.press('p');
  await app.shows('made up for the sample');
  expect(checks(app)).toBe(0);
});
