import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import type {PtyProgram} from '../helpers/pty.ts';
import {buildProgram, startInPty} from '../helpers/pty.ts';

let program: Awaited<ReturnType<typeof buildProgram>>;
let folder: string;
let running: PtyProgram | undefined;

beforeAll(async () => {
  program = await buildProgram('screen-program.tsx');
});
afterAll(() => program.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-tui-terminal-'));
});
afterEach(async () => {
  await running?.close();
  running = undefined;
  rmSync(folder, {recursive: true, force: true});
});

function start(options: Parameters<typeof startInPty>[2] = {}): PtyProgram {
  running = startInPty(process.execPath, [program.file, join(folder, 'report')], options);
  return running;
}

function expectGivenBack(pty: PtyProgram): void {
  expect({kind: pty.kind, cursorShown: pty.cursorShown, modes: pty.modes}).toEqual({
    kind: 'normal',
    cursorShown: true,
    modes: {paste: false, wrap: true},
  });
  expect(pty.screen()).not.toContain('READY');
  expect(pty.screen()).not.toContain('last row');
}

test('quitting gives the terminal back and says one line on it', async () => {
  const pty = start();
  await pty.waitFor('READY 0');
  expect(pty.kind).toBe('alternate');
  expect(pty.cursorShown).toBe(false);
  expect(pty.modes).toEqual({paste: true, wrap: false});
  pty.press('q');
  expect(await pty.exited).toEqual({code: 0, signal: 0});
  expectGivenBack(pty);
  expect(pty.screen().trim()).toBe('All done.');
});

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGQUIT', 131],
] as const)('%s gives the terminal back', async (signal, code) => {
  const pty = start();
  await pty.waitFor('READY 0');
  pty.signal(signal);
  expect(await pty.exited).toEqual({code, signal: 0});
  expectGivenBack(pty);
});

test.each([
  ['b', 'an error while drawing', 'broken while drawing'],
  ['u', 'an exception nobody catches', 'thrown in a timer'],
  ['r', 'a rejection nobody handles', 'rejected by nobody'],
])('%s: %s gives the terminal back and is said on the normal screen', async (key, _, message) => {
  const pty = start();
  await pty.waitFor('READY 0');
  pty.press(key);
  expect(await pty.exited).toEqual({code: 70, signal: 0});
  expectGivenBack(pty);
  expect(pty.screen()).toContain(message);
});

test('a process that leaves without a word gives the terminal back all the same', async () => {
  const pty = start();
  await pty.waitFor('READY 0');
  pty.press('x');
  expect(await pty.exited).toEqual({code: 3, signal: 0});
  expectGivenBack(pty);
});

test('a terminal that goes away ends the program', async () => {
  const pty = start();
  await pty.waitFor('READY 0');
  pty.hangUp();
  await pty.waitFor(() => {
    try {
      process.kill(pty.pid, 0);
      return false;
    } catch {
      return true;
    }
  });
});

test('a screen that is drawn with CI set is not blank', async () => {
  const pty = start({environment: {CI: '1'}});
  await pty.waitFor('READY 0');
  pty.press('q');
  await pty.exited;
});

test('a resize, smaller and larger, redraws at once and loses nothing', async () => {
  const pty = start({columns: 100, rows: 30});
  await pty.waitFor('READY 0');
  for (const [columns, rows] of [
    [40, 12],
    [200, 50],
    [80, 24],
  ] as const) {
    pty.resize(columns, rows);
    await pty.waitFor(
      () =>
        pty.lines()[0] === 'READY 0' &&
        pty.lines()[1] === `╭${'─'.repeat(columns - 2)}╮` &&
        pty.lines()[rows - 2] === `╰${'─'.repeat(columns - 2)}╯` &&
        pty.lines()[rows - 1] === 'last row' &&
        pty
          .lines()
          .slice(2, rows - 2)
          .every((line) => line.length === columns && /^│line \d+ .*│$/.test(line)),
    );
  }
  pty.press('q');
  await pty.exited;
  expectGivenBack(pty);
});

test('a terminal that stops reading does not stop the program', async () => {
  const pty = start();
  const report = () =>
    JSON.parse(readFileSync(join(folder, 'report'), 'utf8') || '{}') as {turns: number; full: boolean};
  await pty.waitFor('READY 0');
  pty.pause();
  pty.press('f');
  await pty.waitFor(() => /full/.test(readFileSync(join(folder, 'report'), 'utf8')) && report().full);
  const turns = report().turns;
  // A blocked write would stop the turns at once and for as long as nobody reads.
  await pty.waitFor(() => report().turns > turns + 300);
  expect(report().full).toBe(true);
  pty.resume();
  pty.press('j');
  await pty.waitFor('READY 1');
  pty.press('q');
  expect(await pty.exited).toEqual({code: 0, signal: 0});
  expectGivenBack(pty);
});

test('a program before a terminal that does not read can be ended', async () => {
  const pty = start();
  await pty.waitFor('READY 0');
  pty.pause();
  pty.press('f');
  await pty.waitFor(() => /"full":true/.test(readFileSync(join(folder, 'report'), 'utf8')));
  pty.signal('SIGTERM');
  await pty.waitFor(() => {
    try {
      // A process that has ended but was not asked for yet is a zombie.
      return readFileSync(`/proc/${pty.pid}/stat`, 'utf8').includes(') Z ');
    } catch {
      return true;
    }
  });
});

test('a program given the terminal for a while has it, and the screen comes back whole', async () => {
  const pty = start();
  await pty.waitFor('READY 0');
  await isWhole(pty);
  const before = pty.screen();
  pty.press('s');
  await pty.waitFor('given away');
  expect(pty.kind).toBe('normal');
  pty.press('enter');
  await pty.waitFor(() => pty.screen() === before);
  pty.press('j');
  await pty.waitFor('READY 1');
});

test('Ctrl-Z gives the terminal to the shell, fg brings the screen back', async () => {
  running = startInPty('bash', ['--norc', '--noprofile', '-i'], {
    environment: {PS1: '$ ', BASH_SILENCE_DEPRECATION_WARNING: '1'},
  });
  const pty = running;
  await pty.waitFor('$');
  pty.press(`${process.execPath} ${program.file} ${join(folder, 'report')}\r`);
  await pty.waitFor('READY 0');
  await isWhole(pty);
  const before = pty.screen();
  pty.press('ctrl-z');
  await pty.waitFor('Stopped');
  expect(pty.kind).toBe('normal');
  expect(pty.cursorShown).toBe(true);
  pty.press('echo typed at the $((1 + 1))nd prompt\r');
  await pty.waitFor('typed at the 2nd prompt');
  pty.press('fg\r');
  await pty.waitFor(() => pty.screen() === before);
  pty.press('j');
  await pty.waitFor('READY 1');
  pty.press('q');
  await pty.waitFor('All done.');
  pty.press('stty -a\r');
  await pty.waitFor(/ icanon .*\becho\b/s);
  pty.press('exit\r');
  await pty.exited;
});

/** What is in the pane comes after the frame around it, and not all in one piece. */
async function isWhole(pty: PtyProgram): Promise<void> {
  await pty.waitFor(/(line 19 ){9}line 1│\n.*last row\s*$/s);
}
