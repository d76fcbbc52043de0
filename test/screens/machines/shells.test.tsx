import {expect, test} from 'vitest';
import {openMachines} from './open-machines.tsx';

async function openShell() {
  const app = await openMachines();
  await app.shows('! degraded');
  app.press('j', 's');
  await app.shows('all keys go to it');
  const shell = app.asked.shells.at(-1);
  if (!shell) throw new Error('No shell was opened.');
  return {app, shell};
}

test('s opens a shell on the machine under the cursor, and goes back to it', async () => {
  const {app, shell} = await openShell();
  expect(app.asked.calls.at(-1)).toBe('shell gpu-01');
  shell.says('gpu-01:~$ ');
  await app.shows('gpu-01:~$');
  app.press('q', '3', '?', ':');
  await app.until(() => shell.typed === 'q3?:');
  app.press('ctrl-]');
  await app.shows('only looking');
  app.press('esc');
  await app.shows('! degraded');
  app.press('s');
  await app.shows('gpu-01:~$');
  expect(app.asked.shells).toHaveLength(1);
});

test('other tabs are looked at while a shell goes on', async () => {
  const {app, shell} = await openShell();
  app.press('ctrl-]');
  await app.shows('only looking');
  app.press('5');
  await app.hides('Shell on gpu-01');
  shell.says('meanwhile');
  app.press('3');
  await app.shows('meanwhile');
});

test('line 1 says on every tab that a shell is open, until it has ended', async () => {
  const {app, shell} = await openShell();
  app.press('ctrl-]');
  await app.shows('only looking');
  app.press('5');
  await app.until(() => app.row(0).endsWith(' 1 shell'));
  shell.end({exit: 0});
  await app.until(() => !app.row(0).includes('shell'));
});

test('leaving the app asks while a shell runs, and hangs up on it', async () => {
  const {app, shell} = await openShell();
  app.press('ctrl-]');
  await app.shows('only looking');
  app.press('q');
  await app.shows('The shell on gpu-01 is hung up on');
  app.press('enter');
  await app.hides('is hung up on');
  app.press('q');
  await app.shows('Leave and stop it');
  app.press('tab', 'enter');
  await app.app.exited;
  app.model.close();
  expect(shell.isClosed).toBe(true);
});

test('where nothing may be changed no shell is opened', async () => {
  const app = await openMachines({settings: {readOnly: true}});
  await app.shows('! degraded');
  app.press('s');
  await app.shows('This is read-only');
  expect(app.asked.shells).toHaveLength(0);
});
