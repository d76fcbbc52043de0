import {getEventListeners} from 'node:events';
import {existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {Readable} from 'node:stream';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import type {Remote} from '../../src/engine/machine-tools.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {createSsh} from '../../src/engine/remote/create-ssh.ts';
import {bookOf, type SshMachine, startSshMachine} from '../helpers/ssh-machine.ts';
import {isGroupAlive, never, until} from './waiting.ts';

let machine: SshMachine;
let remote: Remote;
let folder: string;
let isDown = false;
let onTurnedAway = () => {};

beforeEach(async () => {
  isDown = false;
  onTurnedAway = () => {};
  folder = mkdtempSync(join(tmpdir(), 'pai-lost-'));
  machine = await startSshMachine({
    intercept: (socket) => {
      if (!isDown) return false;
      socket.destroy();
      onTurnedAway();
      return true;
    },
  });
  const ssh = createSsh({
    hostKeys: bookOf(...machine.hostKeys),
    clock: createClock(),
    limits: {reconnectMs: 3_000, turnedAwayMs: 500, killMs: 3_000},
  });
  remote = await ssh.connect(machine.target, never);
});
afterEach(async () => {
  await remote.close();
  await machine.close();
  rmSync(folder, {recursive: true, force: true});
});

/** Runs until a file is there, so that the connection is surely gone before it ends. */
const untilFile = 'while [ ! -e "$1/go" ]; do sleep 0.02; done';
const go = () => writeFileSync(join(folder, 'go'), '');

/** Starts a script and cuts the connection in the middle of it. */
async function cutInTheMiddle(script: string, more: {sudo?: boolean; repeatable?: boolean} = {}) {
  const begun = Promise.withResolvers<number>();
  const out: string[] = [];
  const running = remote.run(
    {script: `echo begun; ${script}`, args: [folder], ...more},
    {
      begun: begun.resolve,
      stdout: (bytes) => {
        out.push(String(Buffer.from(bytes)));
        if (out.length === 1) machine.cut();
      },
    },
    never,
  );
  running.catch(() => {});
  const group = await begun.promise;
  await until(() => out.length > 0);
  return {running, group, out};
}

test('a command whose connection broke is followed to its end, and its exit code is not lost', async () => {
  const {running, out} = await cutInTheMiddle(`${untilFile}; echo one; sleep 0.2; echo last words; exit 23`);
  await until(() => machine.connections() === 2);
  go();
  expect(await running).toEqual({exit: 23});
  // What was on its way when it broke is gone.
  expect(out.join('')).toMatch(/^begun\n(one\n)?last words\n$/);
});

test('a command that ended while the connection was broken tells how', async () => {
  isDown = true;
  const {running, group} = await cutInTheMiddle(`${untilFile}; kill -TERM $$`);
  go();
  await until(() => !isGroupAlive(group));
  isDown = false;
  expect(await running).toEqual({signal: 'SIGTERM'});
});

test('a command that prints after the connection broke does not die of that', async () => {
  const script = `${untilFile}; i=0; while [ $i -lt 50000 ]; do echo "line $i"; i=$((i + 1)); done; echo whole >"$1/result"`;
  const {running, out} = await cutInTheMiddle(script);
  go();
  expect(await running).toEqual({exit: 0});
  expect(readFileSync(join(folder, 'result'), 'utf8')).toBe('whole\n');
  expect(out.join('')).toMatch(/line 49999\n$/);
});

test('a machine that does not come back is lost, with the process group', async () => {
  isDown = true;
  const {running, group} = await cutInTheMiddle('sleep 1000');
  const problem = problemOf(await running.catch((error: unknown) => error));
  expect(problem).toMatchObject({code: 'machine-lost', machine: 'node-1', detail: `processGroup: ${group}`});
  expect(isGroupAlive(group)).toBe(true);
  isDown = false;
  await remote.endGroup(group, never);
  expect(isGroupAlive(group)).toBe(false);
});

test('a command that can be repeated is ended when its connection broke, and is lost', async () => {
  const {running, group} = await cutInTheMiddle('sleep 1000', {repeatable: true});
  const problem = problemOf(await running.catch((error: unknown) => error));
  expect(problem).toMatchObject({code: 'machine-lost', message: expect.stringContaining('which was ended')});
  expect(isGroupAlive(group)).toBe(false);
});

test.each([
  ['without stdin', undefined],
  ['with a text', 'words'],
])('one whose listener hears of it is done once more, %s', async (_, stdin) => {
  const heard: string[] = [];
  let begun = 0;
  const end = await remote.run(
    {
      script: 'echo begun; cat; echo x >>"$1/times"; [ "$(grep -c x "$1/times")" = 2 ] && exit 4; sleep 1000',
      args: [folder],
      repeatable: true,
      ...(stdin === undefined ? {} : {stdin}),
    },
    {
      stdout: (bytes) => heard.push(String(Buffer.from(bytes))),
      begun: () => {
        begun += 1;
        if (begun === 1) void until(() => existsSync(join(folder, 'times'))).then(() => machine.cut());
      },
      again: () => heard.splice(0),
    },
    never,
  );
  expect({end, heard: heard.join('')}).toEqual({end: {exit: 4}, heard: `begun\n${stdin ?? ''}`});
});

test('one that reads a stream is not, and neither is one whose machine stays away', async () => {
  const again = () => expect.unreachable('It was done again.');
  const running = remote.run(
    {script: 'cat; sleep 1000', repeatable: true, stdin: Readable.from([Buffer.from('words')])},
    {stdout: () => machine.cut(), again},
    never,
  );
  await expect(running).rejects.toThrow('which was ended');
  const away = remote.run(
    {script: 'echo begun; sleep 1000', repeatable: true},
    {
      stdout: () => {
        isDown = true;
        machine.cut();
      },
      again,
    },
    never,
  );
  await expect(away).rejects.toThrow('which was ended');
});

test('a command whose keeper was killed is lost, and says so', async () => {
  isDown = true;
  const {running} = await cutInTheMiddle('sleep 0.2; echo "$PPID" >"$1/keeper"; sleep 1000');
  await until(() => existsSync(join(folder, 'keeper')) && readFileSync(join(folder, 'keeper'), 'utf8').endsWith('\n'));
  const stat = readFileSync(`/proc/${readFileSync(join(folder, 'keeper'), 'utf8').trim()}/stat`, 'latin1');
  // The shell over the script is a part of the keeper; all of it leads one group.
  process.kill(-Number(stat.replace(/^.*\) /s, '').split(' ')[2]), 'SIGKILL');
  isDown = false;
  const problem = problemOf(await running.catch((error: unknown) => error));
  expect(problem).toMatchObject({code: 'machine-lost', message: expect.stringContaining('nobody there knows')});
});

test('a command that was not sent all it was to read is ended, and lost', async () => {
  const begun = Promise.withResolvers<number>();
  async function* source() {
    yield Buffer.alloc(1000);
    await until(() => machine.connections() > 1);
    yield Buffer.alloc(1000);
  }
  const running = remote.run(
    {script: `wc -c >"$1/count"; ${untilFile}`, args: [folder], stdin: Readable.from(source())},
    {begun: begun.resolve},
    never,
  );
  running.catch(() => {});
  const group = await begun.promise;
  machine.cut();
  const problem = problemOf(await running.catch((error: unknown) => error));
  expect(problem).toMatchObject({code: 'machine-lost', message: expect.stringContaining('read all it was sent')});
  expect(isGroupAlive(group)).toBe(false);
});

test('aborting while the connection is broken ends what runs as soon as the machine is back', async () => {
  const stop = new AbortController();
  const begun = Promise.withResolvers<number>();
  const running = remote.run(
    {script: 'echo on; sleep 1000'},
    {
      begun: begun.resolve,
      stdout: () => {
        machine.cut();
        stop.abort(new Error('stopped'));
      },
    },
    stop.signal,
  );
  await expect(running).rejects.toThrow('stopped');
  expect(isGroupAlive(await begun.promise)).toBe(false);
});

test('aborting in the moment a machine goes away ends what runs when it is back a little later', async () => {
  const stop = new AbortController();
  const begun = Promise.withResolvers<number>();
  let turnedAway = 0;
  const running = remote.run(
    {script: 'echo on; sleep 1000'},
    {
      begun: begun.resolve,
      stdout: () => {
        isDown = true;
        onTurnedAway = () => {
          // All tries of one login (turnedAwayMs) and the first of the next.
          turnedAway++;
          if (turnedAway > 4) isDown = false;
        };
        machine.cut();
        stop.abort(new Error('stopped'));
      },
    },
    stop.signal,
  );
  await expect(running).rejects.toThrow('stopped');
  expect(turnedAway).toBeGreaterThan(4);
  expect(isGroupAlive(await begun.promise)).toBe(false);
});

test('a command that was to be stopped on a machine that does not come back may still run, which is said', async () => {
  const stop = new AbortController();
  const begun = Promise.withResolvers<number>();
  const running = remote.run(
    {script: `echo begun; ${untilFile}`, args: [folder]},
    {
      begun: begun.resolve,
      stdout: () => {
        isDown = true;
        machine.cut();
        stop.abort(new Error('stopped'));
      },
    },
    stop.signal,
  );
  const group = await begun.promise;
  const {code, message, hint} = problemOf(await running.catch((error: unknown) => error));
  expect({code, message}).toEqual({code: 'machine-lost', message: expect.stringContaining('it may still run there')});
  expect(hint).toContain(`kill -- -${group}`);
  expect(isGroupAlive(group)).toBe(true);
  go();
  await until(() => !isGroupAlive(group));
});

test('a connection that broke while nothing ran comes back by itself', async () => {
  machine.cut();
  await until(() => machine.open() === 0);
  expect(await remote.run({script: 'exit 5'}, {}, never)).toEqual({exit: 5});
});

test('nothing is left on the machine after closing', async () => {
  const heard: string[] = [];
  const script = 'grep -l "^$PAI_TUI_COMMAND " /tmp/.pai-tui-*/*';
  await remote.run({script}, {stdout: (bytes) => heard.push(String(Buffer.from(bytes)))}, never);
  const file = heard.join('').trim();
  expect(existsSync(file)).toBe(true);
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  await remote.close();
  expect(existsSync(dirname(file))).toBe(false);
});

test('nothing is left in this process after closing', async () => {
  const resources = () => process.getActiveResourcesInfo().filter((kind) => /Timeout|TCPSocketWrap/.test(kind)).length;
  const ssh = createSsh({hostKeys: bookOf(...machine.hostKeys), clock: createClock()});
  const before = resources();
  const stop = new AbortController();
  const other = await ssh.connect(machine.target, stop.signal);
  await other.run({script: 'cat', stdin: 'words', deadlineMs: 100_000, silenceMs: 50_000}, {}, stop.signal);
  await other.isAlive(1, stop.signal);
  await other.close();
  await until(() => machine.open() === 1);
  await until(() => resources() <= before);
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});
