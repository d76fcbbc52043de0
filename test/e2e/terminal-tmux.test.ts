import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {keyBytes} from '../helpers/key-bytes.ts';
import {buildProgram, cleanEnvironment} from '../helpers/pty.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;

describe.skipIf(!hasTmux)('in tmux', () => {
  let program: Awaited<ReturnType<typeof buildProgram>>;
  let folder: string;
  let socket: string;

  beforeAll(async () => {
    program = await buildProgram('screen-program.tsx');
  });
  afterAll(() => program.remove());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pai-tui-tmux-'));
    socket = join(folder, 'socket');
    tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      '80',
      '-y',
      '24',
      "env PS1='prompt> ' bash --norc --noprofile -i",
    );
  });
  afterEach(() => {
    tmux('kill-server');
    rmSync(folder, {recursive: true, force: true});
  });

  function tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-S', socket, ...args], {
      encoding: 'utf8',
      env: cleanEnvironment({LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8'}),
    });
  }

  function type(keys: string): void {
    tmux('send-keys', '-l', keys);
  }

  async function waitFor(expected: string | RegExp): Promise<void> {
    const end = Date.now() + 15_000;
    for (;;) {
      const screen = tmux('capture-pane', '-p');
      if (typeof expected === 'string' ? screen.includes(expected) : expected.test(screen)) return;
      if (Date.now() > end) throw new Error(`Never came: ${String(expected)}\n${screen}`);
      await sleep(20);
    }
  }

  const start = async () => {
    await waitFor('prompt>');
    type(`clear; echo before; ${process.execPath} ${program.file}\r`);
    await waitFor(/READY 0[\s\S]*last row/);
  };

  test('quitting after resizes leaves what was on the screen before, and nothing of ours', async () => {
    await start();
    for (const [columns, rows] of [
      ['60', '15'],
      ['120', '40'],
      ['80', '24'],
    ] as const) {
      tmux('resize-window', '-x', columns, '-y', rows);
      await waitFor(new RegExp(`^READY 0\n╭─{${Number(columns) - 2}}╮[\\s\\S]*╯\nlast row$`, 'm'));
    }
    type('q');
    await waitFor(/All done\.\nprompt>/);
    const screen = tmux('capture-pane', '-p');
    expect(screen).toMatch(/^before\nAll done\.\nprompt>\s*$/);
    expect(tmux('display', '-p', '#{cursor_flag} #{alternate_on}').trim()).toBe('1 0');
  });

  test('Ctrl-Z and fg', async () => {
    await start();
    type(keyBytes('ctrl-z'));
    await waitFor('Stopped');
    expect(tmux('display', '-p', '#{cursor_flag} #{alternate_on}').trim()).toBe('1 0');
    type('echo $((20 + 3)) bottles\r');
    await waitFor('23 bottles');
    type('fg\r');
    await waitFor(/READY 0[\s\S]*last row/);
    type('j');
    await waitFor('READY 1');
    type('q');
    await waitFor('All done.');
  });

  test('an end by signal gives the terminal back', async () => {
    await start();
    const shell = tmux('display', '-p', '#{pane_pid}').trim();
    const pid = execFileSync('ps', ['-o', 'pid=', '--ppid', shell], {encoding: 'utf8'}).trim();
    process.kill(Number(pid), 'SIGTERM');
    await waitFor('prompt>');
    expect(tmux('display', '-p', '#{cursor_flag} #{alternate_on}').trim()).toBe('1 0');
    expect(tmux('capture-pane', '-p')).not.toContain('READY');
  });
});
