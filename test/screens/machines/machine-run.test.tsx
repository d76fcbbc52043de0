import {expect, test} from 'vitest';
import {type FakeMachineRun, machineListOf, machineOf} from '../../helpers/fake-machines.ts';
import {fakeNow} from '../../helpers/fake-now.ts';
import {type OpenMachinesOptions, openMachines} from './open-machines.tsx';

/** A command typed for all four GPU machines. */
async function openRun(script = 'uname -r', options: OpenMachinesOptions = {}) {
  const app = await openMachines(options);
  await app.shows('! degraded');
  app.press('@');
  await app.shows('hosts:');
  app.press('gpu-*', 'enter', 'x');
  await app.shows('Run on 4 machines');
  app.press(script, 'enter');
  await app.shows('0 of 4 ended');
  const run = app.asked.runs.at(-1);
  if (!run) throw new Error('Nothing was run.');
  return {app, run};
}

function answer(run: FakeMachineRun, machine: string, lines: readonly string[], exit = 0): void {
  run.print(machine, lines);
  run.end(machine, {exit});
}

test('a command is asked for, shown as it is without the screen, and run on what is marked', async () => {
  const app = await openMachines();
  await app.shows('! degraded');
  app.press('j', 'space', 'space', 'x');
  await app.shows('Run on 2 machines');
  app.press('systemctl restart docker', 'tab');
  await app.shows('as root, with sudo');
  await app.until(() =>
    app
      .text()
      .replaceAll(/[\s│]+/g, ' ')
      .includes("machine run 'gpu-[01-02]' --sudo -- 'systemctl restart docker'"),
  );
  app.press('enter');
  await app.shows('0 of 2 ended');
  expect(app.asked.calls.at(-1)).toBe('run gpu-01 gpu-02 sudo : systemctl restart docker');
});

test('without marks it is the machine under the cursor; an empty line runs nothing', async () => {
  const app = await openMachines();
  await app.shows('! degraded');
  app.press('j', 'j', 'x');
  await app.shows('Run on 1 machine');
  app.press('enter', '  ', 'enter');
  await app.shows('Run on 1 machine');
  app.press('id', 'enter');
  await app.shows('0 of 1 ended');
  expect(app.asked.calls.filter((call) => call.startsWith('run'))).toEqual(['run gpu-02 : id']);
});

test('lines that were run come back with Up', async () => {
  const {app} = await openRun('uname -r');
  app.press('esc');
  await app.shows('4 marked');
  app.press('x');
  await app.shows('Run on 4 machines');
  app.press('up');
  await app.shows('$ uname -r');
  app.press(' -v', 'enter');
  await app.shows('0 of 4 ended');
  app.press('esc');
  await app.shows('4 marked');
  app.press('x');
  await app.shows('Run on 4 machines');
  app.press('up', 'up');
  await app.shows(/\$ uname -r +│/);
  app.press('down');
  await app.shows('$ uname -r -v');
});

test('each machine has its status, exit code and time; the silent and the slowest are named', async () => {
  const {app, run} = await openRun('uname -r', {columns: 120});
  answer(run, 'gpu-01', ['5.15.0']);
  run.set('gpu-04', {startedAt: fakeNow - 140_000, spokeAt: fakeNow - 130_000});
  await app.shows('1 of 4 ended');
  await app.shows(/✓ gpu-01 exit 0 +12s/);
  await app.shows('silent: gpu-04 (no output for 2m10s)');
  await app.shows('slowest: gpu-04 2m20s');
});

test('p splits the outputs into panes of what runs, z zooms, Alt and a number go to one', async () => {
  const {app, run} = await openRun('tail -f /var/log/syslog', {columns: 160, rows: 40});
  for (const name of ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04']) run.print(name, [`line of ${name}`]);
  app.press('p', 'p');
  for (const name of ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04']) await app.shows(`line of ${name}`);
  app.press('alt-3', 'z');
  await app.shows('line of gpu-03');
  await app.hides('line of gpu-01');
  app.press('z');
  await app.shows('line of gpu-01');
});

test('panes that nothing needs show the machines on which it went well, and the first of the others says that there are no more', async () => {
  const {app, run} = await openRun('hostname', {columns: 160, rows: 40});
  for (const name of ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04']) answer(run, name, [`it is ${name}`]);
  await app.shows('all outputs differ');
  app.press('p', 'p');
  for (const name of ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04']) await app.shows(`it is ${name}`);
  app.press('j', 'j');
  await app.shows('1 ✓ gpu-03');
  for (const name of ['gpu-01', 'gpu-02', 'gpu-04']) await app.shows(`it is ${name}`);
  app.press('p', 'p');
  await app.shows('There is no other output.');
  await app.shows('9 ─');
  expect(app.text().split('There is no other output.')).toHaveLength(2);
});

test('machines with the same output are one line, and Enter shows how another differs', async () => {
  const {app, run} = await openRun();
  for (const name of ['gpu-01', 'gpu-02', 'gpu-04']) answer(run, name, ['Linux', '5.15.0']);
  answer(run, 'gpu-03', ['Linux', '5.4.0']);
  await app.shows('3 the same, 1 different: gpu-03');
  await app.shows('3 the same     exit 0   gpu-01, gpu-02, gpu-04');
  await app.shows('▸ ✓ 1 different    exit 0   gpu-03');
  app.press('enter');
  await app.shows('- 5.15.0');
  await app.shows('+ 5.4.0');
  const y = app
    .text()
    .split('\n')
    .findIndex((line) => line.includes('- 5.15.0'));
  const x = app.row(y).indexOf('- 5.15.0');
  expect(app.styledCell(x, y).foreground).toBe(1);
  expect(app.styledCell(x, y + 1).foreground).toBe(2);
  await app.shows('Esc machines');
  app.press('esc');
  await app.shows('Enter difference');
  app.press('o');
  await app.shows('Machines 4');
  await app.shows(/✓ gpu-03 exit 0/);
});

test('a machine that could not be told to stop is shown by itself, with why', async () => {
  const {app, run} = await openRun();
  for (const name of ['gpu-01', 'gpu-02', 'gpu-04']) run.end(name, {exit: 0});
  run.set('gpu-03', {
    status: 'failed',
    endedAt: fakeNow,
    problem: {code: 'machine-lost', message: 'gpu-03 (pai@10.0.0.3) could not be made to end the command.'},
  });
  await app.shows('1 failed: gpu-03');
  await app.shows('Machines 4');
  await app.shows('▸ ✗ gpu-03 could not be made to end');
});

test('who reads an output when all have ended is not led away from it', async () => {
  const {app, run} = await openRun();
  app.press('j', 'enter');
  await app.shows('1 ⠹ gpu-02');
  for (const name of ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04']) answer(run, name, ['same']);
  await app.shows('all outputs are the same');
  await app.shows('1 ✓ gpu-02 exit 0');
  await app.shows('Machines 4');
});

test('what failed is under the cursor, and find goes through it', async () => {
  const {app, run} = await openRun();
  answer(run, 'gpu-01', ['a']);
  answer(run, 'gpu-02', ['b'], 1);
  run.set('gpu-03', {
    status: 'unreachable',
    problem: {code: 'machine-unreachable', message: 'gpu-03 does not answer.', hint: 'Look at its cable.'},
  });
  await app.shows('▸ ✗ gpu-02 exit 1');
  app.press('/', 'answer');
  await app.shows('find: answer (1)');
  app.press('enter');
  await app.shows('Look at its cable.');
});

test('an output is searched, followed, wrapped and saved', async () => {
  const {app, run} = await openRun();
  run.print('gpu-01', ['one', 'two', 'three']);
  await app.shows('three');
  app.press('enter', '/', 'two', 'enter');
  await app.shows('match 1/1');
  app.press('ctrl-s');
  await app.shows('write what gpu-01 printed to: gpu-01.log');
  app.press('enter');
  await app.shows('Written: /home/ops/gpu-01.log');
  expect(run.calls).toEqual(['save gpu-01 gpu-01.log']);
});

test('Ctrl-c asks before it stops, with the focus on letting it run', async () => {
  const {app, run} = await openRun('sleep 1000');
  app.press('ctrl-c');
  await app.shows('Stop this command?');
  app.press('enter');
  await app.hides('Stop this command?');
  expect(run.calls).toEqual([]);
  app.press('ctrl-c');
  await app.shows('Stop this command?');
  app.press('tab', 'enter');
  await app.shows('! 4 stopped');
  expect(run.calls).toEqual(['cancel']);
});

test('Esc leaves a command that goes on, ] comes back, r asks to repeat it', async () => {
  const {app, run} = await openRun();
  app.press('esc');
  await app.shows('Machines 5 · 4 marked');
  app.press(']');
  await app.shows('0 of 4 ended');
  app.press('r');
  await app.shows('It still runs: Ctrl-c stops it.');
  for (const name of ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04']) answer(run, name, ['same']);
  await app.shows('all outputs are the same');
  app.press('r');
  await app.shows('$ uname -r');
  app.press('enter');
  await app.until(() => app.asked.runs.length === 2);
});

test('line 1 says from everywhere that a command runs on machines, until it has ended', async () => {
  const {app, run} = await openRun('sleep 1000', {columns: 120});
  app.press('1');
  await app.until(() => app.row(0).endsWith(' 1 command on machines'));
  for (const name of ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04']) answer(run, name, ['same']);
  await app.until(() => !app.row(0).includes('command'));
});

test('X closes a command that has ended, and says how to stop one that runs', async () => {
  const {app, run} = await openRun();
  app.press('X');
  await app.shows('It still runs: Ctrl-c stops it.');
  expect(run.calls).toEqual([]);
  for (const name of ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04']) answer(run, name, ['same']);
  await app.shows('all outputs are the same');
  app.press('X');
  await app.shows('4 marked');
  expect(run.calls).toEqual(['close']);
  app.press(']');
  await app.shows('Nothing is open beside the table');
});

test('leaving the app with a command that runs asks, since it ends with the screen', async () => {
  const {app} = await openRun('sleep 1000');
  app.press('esc');
  await app.shows('4 marked');
  app.press('q');
  await app.shows('Leave pai-tui?');
  await app.shows('sleep 1000 still runs on machines, and is stopped with the screen.');
  app.press('enter');
  await app.hides('Leave pai-tui?');
});

test('read-only, x says why nothing is run', async () => {
  const app = await openMachines({settings: {readOnly: true}});
  await app.shows('! degraded');
  app.press('x');
  await app.shows('open pai-tui without --readonly to run');
  expect(app.asked.runs).toEqual([]);
});

test('outputs that are not shown any more are closed, and all with the app', async () => {
  const {app, run} = await openRun();
  app.press('p', 'p');
  await app.shows('1 ⠹ gpu-01');
  app.press('p');
  await app.until(() => app.asked.openStores() <= 4);
  app.model.close();
  expect(app.asked.openStores()).toBe(0);
  expect(run.calls).toEqual(['close']);
});

test('a host list marks while it is typed, counts, and says what is wrong with it', async () => {
  const app = await openMachines({columns: 100});
  await app.shows('! degraded');
  app.press('space', '@');
  await app.shows('hosts:');
  app.press('gpu-[01-03]');
  await app.shows('✓ 3 machines: gpu-[01-03]');
  await app.shows('3 marked');
  app.press('&!gpu-02');
  await app.shows('✓ 2 machines: gpu-[01,03]');
  app.press(',node-9');
  await app.shows('✗');
  await app.shows('node-9');
  await app.shows('1 marked');
  app.press('esc');
  await app.hides('hosts:');
  await app.shows('1 marked');
});

test('a password is asked for without showing it, and given with every question from then on', async () => {
  const machine = machineOf('gpu-01');
  const app = await openMachines({
    machines: {
      list: machineListOf([machine]),
      looks: [
        {
          machine,
          state: 'refused',
          askedAt: fakeNow,
          complaints: [],
          problem: {code: 'login-refused', message: 'gpu-01 lets operator in with none of: a password.'},
        },
      ],
    },
  });
  await app.shows('p asks you for a password');
  app.press('x');
  await app.shows('password: ');
  app.press('hunter2');
  await app.shows('password: •••••••');
  expect(app.text()).not.toContain('hunter2');
  app.press('enter');
  await app.shows('Run on 1 machine');
  await app.until(() => app.asked.requests.at(-1)?.secrets?.password?.reveal() === 'hunter2');
  expect(app.written.all).not.toContain('hunter2');
});

test('a passphrase is asked for where a key has one, and Tab goes on to what else there is to give', async () => {
  const machine = machineOf('gpu-01');
  const problem = {
    code: 'secret-missing',
    message: 'The private key /k has a passphrase, and none was given.',
  } as const;
  const app = await openMachines({
    machines: {
      list: machineListOf([machine]),
      looks: [{machine, state: 'refused', askedAt: fakeNow, complaints: [], problem}],
    },
  });
  await app.shows('✗ locked');
  app.press('p');
  await app.shows('passphrase: ');
  app.press('tab');
  await app.shows('Password of jump hosts');
  app.press('tab');
  await app.shows('It is used to log in and for sudo');
  app.press('tab');
  await app.shows('Passphrase of keys');
  app.press('open sesame', 'enter');
  await app.until(() => app.asked.requests.at(-1)?.secrets?.passphrase?.reveal() === 'open sesame');
});
