import {expect, test} from 'vitest';
import type {MachineLook} from '../../../src/engine/machines/types.ts';
import {machineListOf, machineOf, untrustedLook} from '../../helpers/fake-machines.ts';
import {fakeNow} from '../../helpers/fake-now.ts';
import {openApp} from '../open-app.tsx';
import {openMachines} from './open-machines.tsx';

test('machines are listed with state, address and age, and the facts of one beside them', async () => {
  const app = await openMachines({columns: 120});
  await app.shows('! degraded');
  await app.shows(/gpu-03 +10\.0\.0\.13 +worker +✗ down +4m/);
  app.press('j', 'j');
  await app.shows('! one GPU of 4 is missing');
  await app.shows('4 expected, 3 seen (Tesla K80)');
});

test('nobody is asked before the machines are looked at; then line 1 says how they are from everywhere', async () => {
  const app = openApp({settings: {config: '/srv/cluster'}});
  await app.shows('! stale');
  expect(app.fake.machines.calls).toEqual([]);
  app.press('3');
  await app.shows('4/5 machines up');
  app.press('1');
  await app.shows('grafana');
  app.fake.machines.look('gpu-03', {state: 'up', seenAt: fakeNow});
  await app.shows('5/5 machines up');
  expect(app.fake.machines.calls).toEqual(['list', 'watch']);
});

test('on a narrow screen Enter opens the facts and leads back', async () => {
  const app = await openMachines({columns: 50, rows: 20});
  await app.shows('▸ infra-01');
  await app.hides('login');
  app.press('j', 'enter');
  await app.shows('┌ gpu-01');
  await app.shows('login      operator at 10.0.0.11');
  app.press('esc');
  await app.shows('▸ gpu-01');
});

test('the header shows the sort; o goes on, O turns it round', async () => {
  const app = await openMachines({columns: 120});
  await app.shows('! degraded');
  app.press('o');
  await app.shows('NAME↑');
  expect(app.row(4)).toContain('gpu-01');
  app.press('O');
  await app.shows('NAME↓');
  expect(app.row(4)).toContain('infra-01');
  app.press('o', 'o', 'o');
  await app.shows('STATE↑');
  expect(app.row(4)).toContain('✗ down');
  app.press('o', 'o');
  await app.hides('↑');
});

test('a filter stands in the title with its count, and marks with theirs', async () => {
  const app = await openMachines();
  await app.shows('! degraded');
  app.press('/', 'worker down');
  await app.shows('filter: worker down (1)');
  await app.hides('infra-01 ');
  app.press('enter', 'space', 'esc');
  await app.shows('Machines 5 · 1 marked');
  app.press('*');
  await app.shows('Machines 5 · 5 marked');
  app.press('u');
  await app.hides('marked');
});

test('without a configuration it says what one is, and how to open it', async () => {
  const app = openApp();
  await app.shows('! stale');
  app.press('3');
  await app.shows('No configuration was given.');
  await app.shows('pai-tui -c DIR');
  app.press('ctrl-r');
  await app.shows('No configuration was given, which names the machines');
});

test('machines of the sample are listed and never asked', async () => {
  const app = await openMachines({settings: {sourceNote: 'This is the sample tree.'}});
  await app.shows('so their addresses are not asked');
  await app.shows('? unknown');
  expect(app.asked.calls).toEqual(['list']);
  app.press('ctrl-r');
  await app.shows('Open your own with pai-tui -s DIR -c DIR');
  expect(app.asked.calls).toEqual(['list']);
});

test('a configuration that cannot be read says why, and is read again', async () => {
  const app = await openMachines({
    machines: {
      list: {
        code: 'config-missing',
        message: 'There is no configuration in /srv/cluster.',
        hint: 'Name it with -c DIR.',
      },
    },
  });
  await app.shows('✗ There is no configuration in /srv/cluster.');
  await app.shows('Name it with -c DIR.');
  app.asked.answer({list: machineListOf([machineOf('gpu-01')])});
  app.press('x', 'ctrl-r');
  app.fake.changeConfig();
  await app.shows('▸ gpu-01');
});

test('where nothing is trusted yet the screen says which key does it', async () => {
  const machines = [machineOf('gpu-01'), machineOf('gpu-02')];
  const app = await openMachines({
    machines: {list: machineListOf(machines), looks: machines.map(untrustedLook)},
  });
  await app.shows('? not trusted');
  await app.shows('No machine is trusted yet: T shows their host keys');
});

test('a refresh asks all machines again, and those not heard of yet stay as they were', async () => {
  const app = await openMachines();
  await app.shows('! degraded');
  const [infra] = app.asked.machines.match('infra-01', [machineOf('infra-01')]).machines ?? [];
  app.asked.answer({looks: [{machine: infra ?? machineOf('infra-01'), state: 'asking', complaints: []}]});
  app.press('ctrl-r');
  await app.until(() => app.asked.calls.filter((call) => call === 'watch').length === 2);
  await app.shows(/infra-01 .*… asking|infra-01 .*✓ up/);
});

test('of a thousand machines a key makes only the rows of the window, and answers come in few drawings', async () => {
  const machines = Array.from({length: 1000}, (_, index) => machineOf(`gpu-${String(index).padStart(4, '0')}`));
  let stateRead = 0;
  const looks = machines.map(
    (machine): MachineLook => ({
      machine,
      askedAt: fakeNow,
      seenAt: fakeNow,
      complaints: [],
      get state() {
        stateRead += 1;
        return 'up' as const;
      },
    }),
  );
  const app = await openMachines({columns: 80, rows: 24, machines: {list: machineListOf(machines), looks}});
  await app.shows('1000/1000 machines up');
  await app.shows('1/1000');
  await app.settled();
  stateRead = 0;
  app.press('j');
  await app.shows('2/1000');
  await app.settled();
  // Each row of the window reads it some times; all machines are gone through only when an answer comes.
  expect(stateRead).toBeLessThan(300);
  app.press('G');
  await app.shows('1000/1000');
  await app.shows('gpu-0999');
});

test('everything that was opened is closed with the app', async () => {
  const app = await openMachines();
  await app.shows('! degraded');
  expect(app.asked.openStores()).toBe(1);
  app.model.close();
  expect(app.asked.openStores()).toBe(0);
});
