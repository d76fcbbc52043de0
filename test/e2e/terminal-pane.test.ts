import {spawnSync} from 'node:child_process';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {keyBytes} from '../helpers/key-bytes.ts';
import {buildProgram, type PtyProgram, startInPty} from '../helpers/pty.ts';

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

let built: Awaited<ReturnType<typeof buildProgram>>;
let home: string;
let program: PtyProgram;
let isOpen: boolean;
beforeAll(async () => {
  built = await buildProgram('terminal-program.tsx');
});
afterAll(() => built.remove());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'pai-tui-pane-'));
  program = startInPty(process.execPath, [built.file], {environment: {HOME: home}});
  isOpen = true;
  void program.exited.then(() => {
    isOpen = false;
  });
  await program.waitFor('> ');
  program.press('i');
  await program.waitFor('TYPING');
});
afterEach(async () => {
  // It ends what runs in the pane; killed, it would leave that to find out by itself.
  if (isOpen) program.signal('SIGTERM');
  await program.exited;
  await program.close();
  await rm(home, {recursive: true, force: true});
});

/** The rows inside of the border. */
function pane(): string {
  return program
    .lines()
    .filter((line) => line.includes('│'))
    .map((line) => line.slice(line.indexOf('│') + 1, line.lastIndexOf('│')).trimEnd())
    .join('\n');
}

/** Waits for it in the pane, and that everything around the pane is as it was. */
async function shows(expected: string | RegExp): Promise<void> {
  await program.waitFor(() => (typeof expected === 'string' ? pane().includes(expected) : expected.test(pane())));
  const lines = program.lines();
  expect(lines[0]).toMatch(/^(TYPING|LOOKING)$/);
  expect(lines[1]).toMatch(/^node-1 {2}┌─+┐$/);
  expect(lines.at(-1)).toBe('last row');
}

describe('in a pane', () => {
  test('bash: typing, colours, the size, and a way out', async () => {
    program.press('echo $((6 * 7)) bottles; stty size; tput colors; echo 漢字\r');
    await shows(/^42 bottles\n20 70\n256\n漢字\n>$/m);
    program.press('echo begun; sleep 600\r');
    await shows(/^begun$/m);
    program.press('ctrl-c');
    await shows(/\^C\n>/);
    program.press('echo again; sleep 600\r');
    await shows(/^again$/m);
    program.press('ctrl-z');
    await shows('Stopped');
    program.press('kill %1\r', 'ctrl-l', 'echo after $?\r');
    await shows(/^after 0$/m);
    program.resize(100, 30);
    await program.waitFor(() => program.lines()[1]?.length === 100);
    program.press('stty size\r');
    await shows(/^26 90$/m);
    program.press('ctrl-]');
    await program.waitFor('LOOKING');
    expect(program.cursorShown).toBe(false);
    program.press('q');
    expect(await program.exited).toMatchObject({code: 0});
    expect(program.kind).toBe('normal');
    expect(program.cursorShown).toBe(true);
    expect(program.modes).toEqual({paste: false, wrap: true});
    expect(program.screen()).toContain('Left.');
  });

  test('bash: a paste comes in one piece, and is not carried out before Enter', async () => {
    program.press('bind "set enable-bracketed-paste on"\r');
    await shows(/paste on"\n>/);
    program.press('\x1b[200~echo one\necho two\x1b[201~');
    await shows('echo two');
    expect(pane()).not.toMatch(/^one$/m);
    program.press('\r');
    await shows(/^one\ntwo$/m);
    // One that does not ask to be told of pastes is typed into.
    program.press('echo reads; cat\r');
    await shows(/^reads$/m);
    program.press('\x1b[200~first\nsecond\x1b[201~\r', 'ctrl-d');
    await shows(/first\n[\s\S]*^second\n>/m);
    expect(pane()).not.toContain('200~');
  });

  test('bash: a flood can be stopped, and scrolled back through', async () => {
    program.press('yes "all work and no play" | head -c 50000000; seq 1 300\r');
    await shows(/^299\n300\n>$/m);
    program.press('ctrl-]');
    await program.waitFor('LOOKING');
    program.press('pageup', 'pageup');
    await shows(/^26\d$/m);
    expect(pane()).not.toMatch(/^300$/m);
    program.press('G');
    await shows(/^300$/m);
  });

  test.skipIf(!has('vim'))('vim: typing, moving with the cursor keys, saving', async () => {
    await writeFile(join(home, 'file.txt'), Array.from({length: 60}, (_, n) => `line ${n + 1}`).join('\n'));
    program.press('vim -u NONE -N -c "set ruler" file.txt\r');
    await shows(/line 1\n/);
    program.press('down', 'down', 'right', 'end');
    await shows(/3,6/);
    program.press('a and more');
    await program.waitFor('line 3 and more');
    program.press('esc', ':wq\r');
    await shows(/>$/m);
    expect(await readFile(join(home, 'file.txt'), 'utf8')).toContain('line 3 and more\n');
  });

  test.skipIf(!has('vim'))('vim: another size, the other screen afterwards', async () => {
    program.press('clear; echo before\r');
    await shows(/^before\n>/m);
    program.press('vim -u NONE -N -c "syntax on" -c "set number" ~/new.txt\r');
    await shows(/\[New\]/);
    program.press('iif true; then');
    await shows(/ 1 if true; then/);
    program.resize(60, 15);
    await program.waitFor(() => program.lines()[1]?.length === 60);
    await shows(/ 1 if true; then\n~/);
    program.press('esc', ':q!\r');
    await shows(/^before\n/m);
    await shows(/^>$/m);
  });

  test.skipIf(!has('htop'))('htop: meters in colours, arrows, function keys', async () => {
    program.press('htop\r');
    await shows(/Load average/);
    await shows(/F9Kill/);
    program.press(keyBytes('down'), '\x1bOQ');
    await shows(/Categories/);
    program.press('\x1b[21~');
    await shows(/F9Kill/);
    program.press('\x1b[21~');
    await shows(/>$/m);
  });

  test.skipIf(!has('top'))('top: comes anew by itself, and is left', async () => {
    program.press('top -d 0.2\r');
    await shows(/load average/);
    program.press('q');
    await shows(/>$/m);
  });

  test.skipIf(!has('less'))('less: pages, searches, and gives the screen back', async () => {
    program.press('seq 1 500 | less\r');
    await shows(/^1\n2\n3/m);
    program.press('pagedown');
    await shows(/^38\n/m);
    program.press('/400\r');
    await shows(/^400$/m);
    program.press('q');
    await shows(/less\n>$/m);
  });
});
