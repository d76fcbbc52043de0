import {spawnSync} from 'node:child_process';
import {chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {builtProgram} from '../helpers/built-program.ts';
import {type PtyProgram, startInPty} from '../helpers/pty.ts';
import {writeRun} from '../helpers/written-run.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** How each shell is started without the settings of whoever runs the tests, and told to read a completion. */
const shells = {
  bash: {start: ['--norc', '--noprofile', '-i'], read: 'source <(pai-tui completion bash)', check: '-n'},
  zsh: {start: ['-f', '-i'], read: 'source <(pai-tui completion zsh)', check: '-n'},
  fish: {start: ['--no-config', '-i'], read: 'pai-tui completion fish | source', check: '-n'},
};

let home: string;
let environment: Record<string, string>;
let open: PtyProgram[] = [];

beforeAll(async () => {
  const program = await builtProgram();
  home = mkdtempSync(join(tmpdir(), 'pai-completion-'));
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin/pai-tui'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(join(home, 'bin/pai-tui'), 0o755);
  environment = {
    PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
    LANG: 'C.UTF-8',
    PAI_SOURCE: join(fixtures, 'sample'),
  };
  makeTree(join(home, 'other tree'));
  mkdirSync(join(home, 'workspace/deep'), {recursive: true});
  writeRun(join(home, 'state/pai-tui/tree-1/runs'), '20261120-201905-image-build');
  writeRun(join(home, 'elsewhere/tree-1/runs'), '20261121-080000-image-push');
});
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
});
afterAll(() => rmSync(home, {recursive: true, force: true}));

/** A tree with one image of its own, and a file whose name is a command to a careless shell. */
function makeTree(folder: string): void {
  const component = join(folder, 'src/only-here');
  cpSync(join(fixtures, 'tree-e/src/base-image'), component, {recursive: true});
  renameSync(join(component, 'build/base-image.dockerfile'), join(component, 'build/only-here.dockerfile'));
  writeFileSync(join(component, 'build/$(touch evil).dockerfile'), 'FROM busybox\n');
}

/** What is typed before Tab, and what then stands on the line. */
const lines: readonly (readonly [typed: string, completed: string])[] = [
  ['pai-tui im', 'pai-tui image'],
  ['pai-tui image pu', 'pai-tui image push'],
  ['pai-tui image build --no-ca', 'pai-tui image build --no-cache'],
  ['pai-tui image build --builder bu', 'pai-tui image build --builder buildkit'],
  ['pai-tui --json image build rest', 'pai-tui --json image build rest-server'],
  ['pai-tui image build rest-server hadoop-a', 'pai-tui image build rest-server hadoop-ai'],
  ['pai-tui completion z', 'pai-tui completion zsh'],
  ['pai-tui run show 2026', 'pai-tui run show 20261120-201905-image-build'],
  // What is named on the line counts, however it is written; the value of a flag is no verb.
  ["pai-tui -s 'other tree' image build only", "pai-tui -s 'other tree' image build only-here"],
  ['pai-tui --source ~/other\\ tree image build only', 'pai-tui --source ~/other\\ tree image build only-here'],
  ['pai-tui --state elsewhere run show 2026', 'pai-tui --state elsewhere run show 20261121-080000-image-push'],
  // Folders go on with what is in them.
  ['pai-tui image list --source work', 'pai-tui image list --source workspace/'],
  ['pai-tui image list --source=workspace/de', 'pai-tui image list --source=workspace/deep/'],
  ['pai-tui image list -c other', 'pai-tui image list -c other\\ tree/'],
];

describe.each(Object.entries(shells))('%s', (shell, {start, read, check}) => {
  const isMissing = spawnSync(shell, ['-c', 'exit 0']).error !== undefined;
  if (isMissing) console.error(`The completion of ${shell} is not tested: ${shell} is not installed.`);

  test.skipIf(isMissing)('reads its script without a word', () => {
    const script = spawnSync(join(home, 'bin/pai-tui'), ['completion', shell], {
      env: environment,
      encoding: 'utf8',
    }).stdout;
    const file = join(home, `completion.${shell}`);
    writeFileSync(file, script);
    const {status, stderr} = spawnSync(shell, [check, file], {env: environment, encoding: 'utf8'});
    expect({status, stderr}).toEqual({status: 0, stderr: ''});
  });

  test.skipIf(isMissing)('completes nouns, verbs, flags, values, names and folders on the line', async () => {
    const terminal = await openShell(shell, start, read);
    const shows = (line: string) => terminal.waitFor(() => terminal.lines().some((one) => one.trimEnd() === line));
    for (const [typed, completed] of lines) {
      terminal.press(typed, 'tab');
      await shows(`> ${completed}`);
      terminal.press('ctrl-u');
      await shows('>');
    }
    expect(readdirSync(home)).not.toContain('evil');
  });

  test.skipIf(isMissing)('offers every command of a noun, and nothing for a number', async () => {
    const terminal = await openShell(shell, start, read);
    terminal.press('pai-tui image ', 'tab', 'tab');
    for (const verb of ['list', 'status', 'graph', 'build', 'push']) await terminal.waitFor(verb);
    await terminal.close();
    const number = await openShell(shell, start, read);
    number.press('pai-tui image build --parallel ', 'tab', 'tab', '7');
    await number.waitFor(() => number.lines().some((line) => line.trimEnd() === '> pai-tui image build --parallel 7'));
    expect(number.screen()).not.toContain('workspace');
  });
});

/** An interactive shell that has read its completion and waits at the prompt "> ". */
async function openShell(shell: string, start: readonly string[], read: string): Promise<PtyProgram> {
  const terminal = startInPty(shell, start, {columns: 100, rows: 30, folder: home, environment});
  open.push(terminal);
  // Two texts that become one only when they are carried out tell the answer from the echo.
  const prompt =
    shell === 'fish'
      ? // What fish suggests by itself looks like what it completed.
        "set -g fish_autosuggestion_enabled 0; function fish_prompt; echo -n '> '; end"
      : "PS1='> '";
  terminal.press(`${prompt}; ${read}; clear; echo rea''dy`, 'enter');
  await terminal.waitFor(() => terminal.lines()[0] === 'ready' && (terminal.lines()[1] ?? '').startsWith('>'));
  return terminal;
}
