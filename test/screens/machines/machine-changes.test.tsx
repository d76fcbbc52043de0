import {expect, test} from 'vitest';
import {openMachines} from './open-machines.tsx';

test('A adds the machine under the cursor, and says how the list of the configuration is kept', async () => {
  const app = await openMachines();
  await app.shows('gpu-01');
  app.press('j', 'A');
  await app.shows('w machine list: as it is');
  expect(app.fake.calls.at(-1)).toMatch(/^propose machine add \S+$/);
  app.press('w');
  await app.shows('w machine list: written');
  expect(app.fake.calls.at(-1)).toMatch(/^propose machine add \S+ update-config$/);
});

test('D takes out what is marked; what it does not do by itself is chosen there', async () => {
  const app = await openMachines({columns: 120});
  await app.shows('gpu-01');
  app.press('j', 'space', 'space');
  await app.shows('2 marked');
  app.press('D');
  await app.shows('f lone pods: kept');
  await app.shows('b budgets: respected');
  await app.shows('d machine: asked');
  expect(app.fake.calls.at(-1)).toMatch(/^propose machine remove \S+ \S+$/);
  app.press('f');
  await app.shows('f lone pods: removed');
  app.press('b');
  await app.shows('b budgets: ignored');
  app.press('d');
  await app.shows('d machine: dead');
  expect(app.fake.calls.at(-1)).toMatch(/^propose machine remove \S+ \S+ force ignore-budgets dead$/);
  await app.shows('--force --ignore-budgets --dead');
  app.press('esc');
  await app.hides('lone pods');
  expect(app.fake.calls.filter((call) => call.startsWith('start'))).toEqual([]);
});

test('E mends the member of etcd on a master, and is refused with words elsewhere', async () => {
  const app = await openMachines();
  await app.shows('infra-01');
  app.press('g', 'E');
  await app.shows('machine etcdfix infra-01');
  expect(app.fake.calls.at(-1)).toBe('propose machine etcdfix infra-01');
  app.press('esc');
  await app.hides('machine etcdfix');
  app.press('G', 'E');
  await app.shows(/is no master, so no\s+member of etcd runs there/);
});

test('where nothing may be changed these keys say so', async () => {
  const app = await openMachines({settings: {readOnly: true}});
  await app.shows('gpu-01');
  for (const key of ['A', 'D', 'E']) {
    app.press(key);
    await app.shows('This is read-only: open pai-tui without --readonly to change a cluster');
  }
  expect(app.fake.calls.filter((call) => call.startsWith('propose'))).toEqual([]);
});
