import {spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import type {Remote} from '../../src/engine/machine-tools.ts';
import {createSsh} from '../../src/engine/remote/create-ssh.ts';
import {bookOf, type SshMachine, startSshMachine} from '../helpers/ssh-machine.ts';
import {never} from './waiting.ts';

let machine: SshMachine;
let remote: Remote;
const left: string[] = [];

beforeEach(async () => {
  machine = await startSshMachine({});
  const ssh = createSsh({hostKeys: bookOf(...machine.hostKeys), clock: createClock()});
  remote = await ssh.connect(machine.target, never);
});
afterEach(async () => {
  await remote.close();
  await machine.close();
  for (const path of left.splice(0)) rmSync(path, {recursive: true, force: true});
});

const dayAgo = Date.now() / 1000 - 25 * 3600;
const age = (path: string) => lutimesSync(path, dayAgo, dayAgo);

/** What a program leaves that was killed a day ago; its keeper had this number and was started then. */
function leftFolder({
  keeper = [1, 1] as readonly [number, number],
  name = randomBytes(16).toString('hex'),
} = {}): string {
  const folder = join('/tmp', `.pai-tui-${name}`);
  left.push(folder);
  mkdirSync(folder, {mode: 0o700});
  for (const [file, text] of [
    ['0', 'token running     \n'],
    ['0.keeper', `${keeper.join(' ')}\n`],
    ['0.out', 'the last of it'],
  ] as const) {
    writeFileSync(join(folder, file), text);
    age(join(folder, file));
  }
  age(folder);
  return folder;
}

/** When a process was started, as the kernel tells it. */
function startOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]);
}

const beginSomething = () => remote.run({script: 'exit 7'}, {}, never);

test('what a program left that was killed is swept away when a command begins', async () => {
  const [one, two] = [leftFolder(), leftFolder()];
  expect(await beginSomething()).toEqual({exit: 7});
  expect([existsSync(one), existsSync(two)]).toEqual([false, false]);
});

test('what was written to within a day stays, the folder or a file in it', async () => {
  const [young, file] = [leftFolder(), leftFolder()];
  utimesSync(young, new Date(), new Date());
  utimesSync(join(file, '0'), new Date(), new Date());
  await beginSomething();
  expect([existsSync(young), existsSync(file)]).toEqual([true, true]);
});

test('a command that still runs keeps its folder; one whose number another has got does not', async () => {
  const other = spawn('sleep', ['1000']);
  const pid = Number(other.pid);
  try {
    const runs = leftFolder({keeper: [pid, startOf(pid)]});
    const gone = leftFolder({keeper: [pid, startOf(pid) - 1]});
    await beginSomething();
    expect([existsSync(runs), existsSync(gone)]).toEqual([true, false]);
  } finally {
    other.kill('SIGKILL');
  }
});

test('links are neither followed nor taken away', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'pai-sweep-'));
  left.push(outside);
  writeFileSync(join(outside, 'precious'), '');
  const inside = leftFolder();
  symlinkSync(outside, join(inside, 'link'));
  age(join(inside, 'link'));
  age(inside);
  const link = join('/tmp', `.pai-tui-${randomBytes(16).toString('hex')}`);
  left.push(link);
  age(join(outside, 'precious'));
  age(outside);
  symlinkSync(outside, link);
  age(link);
  await beginSomething();
  expect(readdirSync(outside)).toEqual(['precious']);
  expect(existsSync(inside)).toBe(false);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
});

test('what has another name or is no folder stays', async () => {
  const named = leftFolder({name: `${randomBytes(8).toString('hex')}-notes`});
  const file = join('/tmp', `.pai-tui-${randomBytes(16).toString('hex')}`);
  left.push(file);
  writeFileSync(file, '');
  age(file);
  await beginSomething();
  expect([existsSync(named), existsSync(file)]).toEqual([true, true]);
});

test.skipIf(process.getuid?.() !== 0)('what belongs to another account stays', async () => {
  const theirs = leftFolder();
  chownSync(theirs, 65_534, 65_534);
  await beginSomething();
  expect(existsSync(theirs)).toBe(true);
});

test('a folder that somebody took away is made again for the next command', async () => {
  const heard: string[] = [];
  const script = 'grep -l "^$PAI_TUI_COMMAND " /tmp/.pai-tui-*/*';
  const hear = {stdout: (bytes: Uint8Array) => heard.push(String(Buffer.from(bytes)))};
  await remote.run({script: `rm -r "$(dirname "$(${script})")"`}, {}, never);
  await remote.run({script}, hear, never);
  expect(heard.join('')).toMatch(/^\/tmp\/\.pai-tui-[0-9a-f]{32}\/0\n$/);
});
