import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, it, vi} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import type {TerminalSession} from '../../src/engine/machine-tools.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {type LocalScreenOptions, openLocalScreen} from '../../src/engine/terminal/local-screen.ts';

let folder: string;
let opened: TerminalSession[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-screen-'));
});
afterEach(() => {
  for (const session of opened) session.close();
  opened = [];
});
afterAll(() => rm(folder, {recursive: true}));

const {PATH = ''} = process.env;

async function open(argv: readonly [string, ...string[]], options: Partial<LocalScreenOptions> = {}) {
  const session = await openLocalScreen(
    {argv, cwd: folder, environment: {PATH, PS1: '> ', HOME: folder}, columns: 40, rows: 6},
    {clock: createClock(), patience: {killAfterMs: 300, giveUpAfterMs: 5_000}, ...options},
  );
  opened.push(session);
  return session;
}

async function shows(session: TerminalSession, text: string | RegExp): Promise<void> {
  await vi.waitFor(() => expect(session.screen.get().rows.join('\n')).toMatch(text), {timeout: 10_000, interval: 10});
}

const shell = ['sh', '-c', 'exec sh -i'] as const;

it('runs a shell that is typed into', async () => {
  const session = await open(shell);
  await shows(session, '>');
  session.write('echo $((40 + 2)) $TERM $COLORTERM; stty size\r');
  await shows(session, '42 xterm-256color truecolor\n6 40\n>');
  session.resize(30, 5);
  session.write('stty size\r');
  await shows(session, '5 30');
  session.write('exit 3\r');
  expect(await session.ended).toEqual({exit: 3});
  session.resize(20, 5);
  session.write('echo nobody hears this\r');
});

it('sends an interrupt to what runs', async () => {
  const session = await open(shell);
  await shows(session, '>');
  session.write('echo be; sleep 600; echo after\r');
  await shows(session, /^be$/m);
  session.write('\x03');
  await shows(session, /\^C\n>/);
  session.write('echo still here\r');
  await shows(session, /^still here$/m);
});

it('shows the end of a flood that is slower to draw than to print', async () => {
  const session = await open(['sh', '-c', 'seq 1 300000; exit 4']);
  expect(await session.ended).toEqual({exit: 4});
  expect(session.screen.get().rows.slice(-2)).toEqual(['300000', '']);
});

it('ends everything of it when it is closed, also what does not listen', async () => {
  const session = await open([
    'sh',
    '-c',
    'trap "" HUP TERM; sleep 600 & echo "pid $! $$."; while :; do sleep 0.05; done',
  ]);
  await shows(session, /pid \d+ \d+\./);
  const pids = session.screen.get().rows.join('').match(/\d+/g)?.map(Number) ?? [];
  expect(pids).toHaveLength(2);
  session.close();
  expect(await session.ended).toEqual({signal: 'SIGKILL'});
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), {timeout: 10_000});
});

it('says what is not there', async () => {
  expect(await open(['surely-no-such-program']).catch(problemOf)).toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('surely-no-such-program'),
  });
  const load = () => Promise.reject(new Error('another C library'));
  expect(await open(shell, {load}).catch(problemOf)).toMatchObject({code: 'not-found'});
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
