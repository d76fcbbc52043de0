import {existsSync, readFileSync} from 'node:fs';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test, vi} from 'vitest';
import {askProgram} from '../../src/engine/terminal/ask-program.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ask-'));
});
afterAll(() => rm(folder, {recursive: true}));

const never = new AbortController().signal;

function ask(script: string, {input = '', signal = never, mostBytes = 1_000_000} = {}) {
  const environment = {PATH: process.env['PATH'] ?? '', WORD: 'of mouth'};
  return askProgram({argv: ['sh', '-c', script], cwd: folder, environment, input, mostBytes}, signal);
}

/** The process whose number is written in a file. */
async function pidIn(file: string): Promise<number> {
  await vi.waitFor(() => expect(existsSync(join(folder, file))).toBe(true), {timeout: 20_000});
  return vi.waitFor(async () => {
    const pid = Number(await readFile(join(folder, file), 'utf8'));
    expect(pid).toBeGreaterThan(1);
    return pid;
  });
}

/** One that has ended may still wait for somebody to take its exit code. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) [ZX] /.test(readFileSync(file, 'latin1'));
}

test('a program is given its input, and what it says on both outputs is kept apart', async () => {
  const input = 'é'.repeat(300_000);
  const answer = await ask('cat; echo wrong >&2; exit 3', {input});
  expect(answer).toEqual({stdout: input, stderr: 'wrong\n', exit: 3, saidTooMuch: false});
});

test('nothing of our environment reaches it', async () => {
  vi.stubEnv('PAI_TEST_LEAK', 'yes');
  const {stdout} = await ask('echo "$WORD $PAI_TEST_LEAK"');
  expect(stdout).toBe('of mouth \n');
});

test('the signal that ended it is named', async () => {
  expect(await ask('kill -KILL $$')).toMatchObject({signal: 'SIGKILL'});
});

test('one that does not read its input does no harm', async () => {
  expect(await ask('exit 0', {input: 'x'.repeat(3_000_000)})).toMatchObject({exit: 0});
});

test('one that says too much is ended', async () => {
  const {saidTooMuch, stdout} = await ask('yes', {mostBytes: 100_000});
  expect(saidTooMuch).toBe(true);
  expect(stdout.length).toBeLessThanOrEqual(100_000);
});

test('aborting ends all of its session, also what does not listen, before it is told', async () => {
  const stop = new AbortController();
  const asked = ask('trap "" TERM; sleep 1000 & echo $! > child; while :; do sleep 1; done', {signal: stop.signal});
  const child = await pidIn('child');
  stop.abort(new Error('the time is over'));
  await expect(asked).rejects.toThrow('the time is over');
  expect(isRunning(child)).toBe(false);
});

test('what it leaves behind is ended too', async () => {
  await ask('sleep 1000 > /dev/null 2>&1 < /dev/null & echo $! > left');
  expect(isRunning(await pidIn('left'))).toBe(false);
});

test('a program that is not there is a problem', async () => {
  const question = {argv: ['no-such-program'] as const, cwd: folder, environment: {PATH: '/usr/bin'}};
  await expect(askProgram({...question, input: '', mostBytes: 10}, never)).rejects.toMatchObject({
    problem: {code: 'not-found', message: expect.stringContaining('no-such-program')},
  });
});
