import {chmodSync, cpSync, existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type AppWorld, appWorld, until} from '../helpers/app-world.ts';
import type {PtyProgram} from '../helpers/pty.ts';

let world: AppWorld;
let config: string;

beforeEach(async () => {
  world = await appWorld({fixture: 'tree-g'});
  config = join(world.folder, 'cluster');
  cpSync(fileURLToPath(new URL('../../fixtures/config-g', import.meta.url)), config, {recursive: true});
});
afterEach(() => world.close());

const layout = () => join(config, 'layout.yaml');

/** An editor that is a script; the file is its last argument. */
function editor(...lines: readonly string[]): string {
  const file = join(world.folder, 'editor');
  writeFileSync(file, ['#!/bin/bash', 'for file; do :; done', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  return file;
}

async function openAtHostip(environment: Readonly<Record<string, string>>): Promise<PtyProgram> {
  const screen = world.open({args: ['-s', world.tree, '-c', config], environment});
  await goToHostip(screen);
  return screen;
}

async function goToHostip(screen: PtyProgram): Promise<void> {
  await screen.waitFor('Images 4');
  screen.press('2');
  await screen.waitFor('c opens');
  screen.press('c');
  await screen.waitFor('+ layout');
  screen.press('/', 'hostip', 'enter', 'n');
  await screen.waitFor(/▸ +hostip +'10.0.0.11'/);
}

test('an editor has the terminal, and what it saves is checked when it has ended', async () => {
  const EDITOR = editor(
    `sed -i 's/10[.]0[.]0[.]11$/nowhere at all/' "$file"`,
    'echo "this is the editor with $*"',
    'read -r -n 1',
  );
  const screen = await openAtHostip({EDITOR: `'${EDITOR}' --flag`});
  screen.press('y');
  await screen.waitFor('this is the editor with --flag');
  expect(screen.kind).toBe('normal');
  expect(screen.cursorShown).toBe(true);
  screen.press('x');
  await screen.waitFor(/\d problems? more: \d errors?/);
  await screen.waitFor(/hostip +✗ 'nowhere at all'/);
  expect(screen.kind).toBe('alternate');
  // Saved by somebody else, as in another terminal.
  writeFileSync(layout(), readFileSync(layout(), 'utf8').replace('nowhere at all', '10.0.0.12'));
  await screen.waitFor(/\d problems? fewer: /);
  screen.press('q');
  expect(await screen.exited).toMatchObject({code: 0});
});

test('an editor that fails, and one that is not there, are sentences', async () => {
  const screen = await openAtHostip({EDITOR: editor('exit 3')});
  screen.press('y');
  await screen.waitFor('editor ended with exit code 3.');
  expect(screen.kind).toBe('alternate');
  screen.press('q');
  await screen.exited;
  const without = await openAtHostip({EDITOR: 'no-such-editor'});
  without.press('y');
  await without.waitFor('there is no program "no-such-editor"');
  without.press('q');
  await without.exited;
});

/** A shell at a terminal, with the program started in it. */
async function inShell(EDITOR: string): Promise<PtyProgram> {
  const shell = world.openShell('env', 'PS1=$ ', 'bash', '--norc', '--noprofile', '-i');
  await shell.waitFor('$');
  shell.press(`EDITOR=${EDITOR} ${process.execPath} ${world.program} -s ${world.tree} -c ${config}\r`);
  await goToHostip(shell);
  return shell;
}

test('an editor that is killed while the terminal is raw leaves it sane', async () => {
  const shell = await inShell(editor('stty raw -echo', `printf '\\e[?1000h\\e[?1049hraw now'`, 'kill -9 $$'));
  shell.press('y');
  await shell.waitFor('was ended by SIGKILL');
  // The next one finds it as the first one did.
  editor('stty -a', 'read -r -n 1');
  shell.press('y');
  await shell.waitFor(/ icanon .*\becho\b/s);
  shell.press('x');
  await shell.waitFor('Checked again');
  shell.press('q');
  await shell.waitFor(() => shell.kind === 'normal');
  shell.press('stty -a\r');
  await shell.waitFor(/ icanon .*\becho\b/s);
  shell.press('exit\r');
  await shell.exited;
});

test('Ctrl-z in an editor gives the shell its terminal, fg leads back into the editor', async () => {
  const shell = await inShell(editor('echo "editing"', 'read -r line', 'echo "$line" >> "$file"'));
  shell.press('y');
  await shell.waitFor('editing');
  shell.press('ctrl-z');
  await shell.waitFor('Stopped');
  shell.press('echo typed at the $((1 + 1))nd prompt\r');
  await shell.waitFor('typed at the 2nd prompt');
  shell.press('fg\r');
  await shell.waitFor(/fg\s+EDITOR/);
  expect(shell.kind).toBe('normal');
  shell.press('# the end\r');
  await shell.waitFor('Checked again');
  expect(readFileSync(layout(), 'utf8')).toMatch(/# the end\n$/);
  shell.press('q');
  await shell.waitFor(() => shell.kind === 'normal');
  shell.press('exit\r');
  await shell.exited;
});

test('Ctrl-c is for the editor alone; a SIGTERM ends both', async () => {
  const EDITOR = editor(
    `trap 'echo "the editor heard it"' INT`,
    'echo $$ > "$file.pid"',
    'echo ready',
    'while :; do sleep 0.1; done',
  );
  const screen = await openAtHostip({EDITOR});
  screen.press('y');
  await screen.waitFor('ready');
  screen.press('ctrl-c');
  await screen.waitFor('the editor heard it');
  const pid = Number(readFileSync(`${layout()}.pid`, 'utf8'));
  screen.signal('SIGTERM');
  expect(await screen.exited).toMatchObject({code: 143});
  await until('the editor is gone', () => !existsSync(`/proc/${pid}`));
});

test('a value is changed in its place: nothing else of the file moves, and the check says the rest', async () => {
  chmodSync(layout(), 0o640);
  const before = readFileSync(layout(), 'utf8');
  const screen = await openAtHostip({});
  screen.press('enter');
  await screen.waitFor('machine-list.1.hostip: 10.0.0.11');
  screen.press('ctrl-u', '10.0.0.300', 'enter');
  await screen.waitFor(/\d problems? more: \d errors?/);
  expect(readFileSync(layout(), 'utf8')).toBe(before.replace('hostip: 10.0.0.11\n', 'hostip: 10.0.0.300\n'));
  expect(statSync(layout()).mode & 0o777).toBe(0o640);
  screen.press('q');
  await screen.exited;
});
