import {spawnSync} from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {builtProgram, runProgram} from '../helpers/built-program.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const sample = join(fixtures, 'sample');

let program: string;
let home: string;
let environment: Record<string, string>;

beforeAll(async () => {
  program = await builtProgram();
  home = mkdtempSync(join(tmpdir(), 'pai-commands-'));
  environment = {
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    DOCKER_HOST: `unix://${join(home, 'no.sock')}`,
  };
});
afterAll(() => rmSync(home, {recursive: true, force: true}));

const run = (...args: string[]) => runProgram(args, {cwd: home, environment});

test('--version and --help say what they should and need nothing', async () => {
  expect(await run('--version')).toMatchObject({code: 0, stdout: 'pai-tui 0.1.0\n', stderr: ''});
  const help = await run('--help');
  expect(help).toMatchObject({code: 0, stderr: ''});
  expect(help.stdout).toMatch(/^ {2}image build \[NAME...\] /m);
  for (const line of help.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('image list --json of the sample tree is one document of the documented shape', async () => {
  const {code, stdout, stderr} = await run('image', 'list', '-s', sample, '--json');
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  const {images, order, ...rest} = JSON.parse(stdout);
  expect(rest).toEqual({});
  for (const image of images) {
    expect(Object.keys(image)).toEqual(['name', 'component', 'dockerfile', 'layout', 'needs']);
    expect(() => readFileSync(join(sample, image.dockerfile))).not.toThrow();
  }
  const names = images.map(({name}: {name: string}) => name);
  expect(order.flat().sort()).toEqual(names);
  expect(names).toContain('base-image');
  const groupOf = (name: string) => order.findIndex((group: string[]) => group.includes(name));
  for (const {name, needs} of images) {
    for (const need of needs) expect(groupOf(need)).toBeLessThan(groupOf(name));
  }
});

test.each(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])('the tree of era %s is listed and drawn', async (era) => {
  const tree = join(fixtures, `tree-${era}`);
  const list = await run('image', 'list', '-s', tree, '--json');
  expect(list.code).toBe(0);
  expect(JSON.parse(list.stdout).images.length).toBeGreaterThan(0);
  const graph = await run('image', 'graph', '-s', tree);
  expect(graph.code).toBe(0);
  for (const {name} of JSON.parse(list.stdout).images) expect(graph.stdout).toContain(name);
});

test('listing writes nothing into the tree and leaves no state', async () => {
  const copy = join(home, 'tree');
  cpSync(sample, copy, {recursive: true, preserveTimestamps: true});
  const before = snapshot(copy);
  await run('image', 'list', '-s', copy);
  await run('image', 'graph', '-s', copy, '--dot');
  expect(snapshot(copy)).toEqual(before);
  expect(readdirSync(home)).not.toContain('state');
});

test('a ring of components is told with its members, file and line, and ends with 3', async () => {
  const tree = join(home, 'ring');
  cpSync(join(fixtures, 'tree-e'), tree, {recursive: true});
  writeFileSync(join(tree, 'src/base-image/build/component.dep'), 'hadoop-run\n');
  const list = await run('image', 'list', '-s', tree);
  expect(list.code).toBe(3);
  expect(list.stderr).toMatch(/^dependency-cycle: .*base-image.*hadoop-run.*base-image/m);
  expect(list.stderr).toMatch(/^ {2}\S*component\.dep(:\d+)?$/m);
  expect(list.stdout).toContain('end-to-end-test');
  const build = await run('image', 'build', '-s', tree, '--yes', '--json');
  expect(build.code).toBe(3);
  expect(JSON.parse(build.stdout).problem.code).toBe('dependency-cycle');
});

test('what is no tree is refused with a sentence and 3', async () => {
  const list = await run('image', 'list', '-s', home, '--json');
  expect(list.code).toBe(3);
  expect(JSON.parse(list.stdout).problem).toMatchObject({code: 'no-tree', hint: expect.any(String)});
  expect((await run('image', 'list', '-s', join(home, 'nowhere'))).stderr).toMatch(/^no-tree: /);
});

test('an unknown image ends with 2 and the nearest names', async () => {
  for (const command of ['status', 'build', 'push']) {
    const {code, stderr} = await run(
      'image',
      command,
      'rest-sever',
      '-s',
      sample,
      command === 'status' ? '--json' : '--dry-run',
    );
    expect([command, code]).toEqual([command, 2]);
    expect(stderr).toMatch(/^unknown-name: .*rest-sever/m);
    expect(stderr).toMatch(/rest-server/);
  }
});

test('without an engine status and build end with 6 and say what to check', async () => {
  for (const words of [['status'], ['build', '--yes'], ['build', '--dry-run']]) {
    const {code, stderr} = await run('image', ...words, '-s', sample);
    expect([...words, code]).toEqual([...words, 6]);
    expect(stderr).toMatch(/^engine-unreachable: .*no\.sock/m);
    expect(stderr).toMatch(/^hint: /m);
  }
  expect(JSON.parse((await run('image', 'status', '-s', sample, '--json')).stdout).images[0]).toMatchObject({
    state: 'unknown',
  });
});

test('without a tree anywhere the sample is shown, and that is said on stderr', async () => {
  const {code, stdout, stderr} = await run('image', 'list');
  expect(code).toBe(0);
  expect(stdout).toContain('base-image');
  expect(stderr).toContain('this is the sample tree');
});

test('the environment and the current folder name the tree as well', async () => {
  const tree = join(fixtures, 'tree-g');
  const here = await runProgram(['image', 'list'], {cwd: tree, environment});
  expect(here).toMatchObject({code: 0, stderr: ''});
  expect(here.stdout).toContain(`${tree}: era G`);
  const named = await runProgram(['image', 'list'], {cwd: home, environment: {...environment, PAI_SOURCE: tree}});
  expect(named.stdout).toContain(`${tree}: era G`);
});

test('there are no runs yet, and an unknown run ends with 2', async () => {
  expect(JSON.parse((await run('run', 'list', '--json')).stdout)).toEqual({runs: []});
  for (const verb of ['show', 'attach', 'resume', 'repeat', 'cancel', 'export']) {
    const {code, stderr} = await run('run', verb, '20261120-201905-image-build');
    expect([verb, code]).toEqual([verb, 2]);
    expect(stderr).toMatch(/^unknown-run: /);
  }
});

test('info names the paths, for people and as JSON', async () => {
  const {code, stdout} = await run('info', '--json');
  expect(code).toBe(0);
  const {info} = JSON.parse(stdout);
  for (const line of info) expect(line).toEqual({topic: expect.any(String), value: expect.any(String)});
  expect(JSON.stringify(info)).toContain(join(home, 'state'));
  expect((await run('info')).stdout).toContain('0.1.0');
});

test('a reader that goes away is no error', () => {
  const script = `"$NODE" "$PROGRAM" image list -s "$TREE" | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const {stdout, stderr} = spawnSync('bash', ['-c', script], {
    cwd: home,
    env: {...process.env, ...environment, NODE: process.execPath, PROGRAM: program, TREE: sample},
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\S*sample: era G.*\n0\n$/);
});

test('the app without a terminal is refused with the help', async () => {
  const {code, stdout, stderr} = await run();
  expect({code, stdout}).toEqual({code: 2, stdout: ''});
  expect(stderr).toMatch(/^no-terminal: /);
});

test('a tree that cannot be read whole, and control characters in it, are told in plain words', async () => {
  const tree = join(home, 'odd');
  cpSync(join(fixtures, 'tree-e'), tree, {recursive: true});
  writeFileSync(join(tree, 'src/base-image/build/component.dep'), 'no\u001b[31msuch\u0007\n');
  const list = await run('image', 'list', '-s', tree);
  expect(list.code).toBe(3);
  expect(list.stderr).toMatch(/^unknown-dependency: /m);
  for (const character of list.stdout + list.stderr) expect(character === '\n' || character >= ' ').toBe(true);
});

test('every completion is read by its shell without a word', () => {
  const shells: Record<string, string[]> = {bash: ['-n'], zsh: ['-n'], fish: ['-n']};
  for (const [shell, check] of Object.entries(shells)) {
    const script = spawnSync(process.execPath, [program, 'completion', shell], {encoding: 'utf8'}).stdout;
    expect(script).toContain('pai-tui');
    const there = spawnSync(shell, ['-c', 'exit 0']);
    if (there.error) continue;
    const file = join(home, `completion.${shell}`);
    writeFileSync(file, script);
    const {status, stderr} = spawnSync(shell, [...check, file], {encoding: 'utf8'});
    expect({shell, status, stderr}).toEqual({shell, status: 0, stderr: ''});
  }
});

test('bash completes nouns, verbs, flags, values and the names of images', () => {
  const complete = (...words: string[]) => completeIn({PAI_SOURCE: sample}, words);
  const completeIn = (more: Record<string, string>, words: readonly string[]) => {
    const script = `
      pai-tui() { "$NODE" "$PROGRAM" "$@"; }
      source <(pai-tui completion bash)
      COMP_WORDS=(pai-tui "$@"); COMP_CWORD=$#
      _pai_tui
      printf '%s\\n' "\${COMPREPLY[@]}"`;
    const {stdout, stderr} = spawnSync('bash', ['-c', script, 'bash', ...words], {
      cwd: home,
      env: {...process.env, ...environment, NODE: process.execPath, PROGRAM: program, ...more},
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return stdout.trim().split('\n');
  };
  expect(complete('im')).toEqual(['image']);
  expect(complete('image', 'pu')).toEqual(['push']);
  expect(complete('image', 'build', '--no-')).toEqual(['--no-cache', '--no-color']);
  expect(complete('image', 'build', '--builder', 'bu')).toEqual(['buildkit']);
  expect(complete('--json', 'image', 'build', 'rest')).toEqual(['rest-server']);
  // The tree that is named on the line counts, however it is written; the value of a flag is no verb.
  const other = join(home, 'completed');
  cpSync(join(fixtures, 'tree-e/src/base-image'), join(other, 'src/only-here'), {recursive: true});
  renameSync(
    join(other, 'src/only-here/build/base-image.dockerfile'),
    join(other, 'src/only-here/build/only-here.dockerfile'),
  );
  const evil = '$(touch evil).dockerfile';
  writeFileSync(join(other, 'src/only-here/build', evil), 'FROM busybox\n');
  for (const words of [
    ['-s', other],
    ['--source', '=', other],
    ['--source', '~/completed'],
    ['-s', `'${other}'`],
  ]) {
    expect([words, completeIn({}, [...words, 'image', 'build', 'only'])]).toEqual([words, ['only-here']]);
    expect(completeIn({}, ['image', 'build', ...words, ''])).not.toContain('rest-server');
  }
  expect(readdirSync(home)).not.toContain('evil');
  const folder = join(home, 'other-state/tree-1/runs/20261120-201905-image-build');
  writeRun(folder, '20261120-201905-image-build');
  expect(complete('--state', join(home, 'other-state'), 'run', 'show', '2026')).toEqual([
    '20261120-201905-image-build',
  ]);
});

/** A run folder as a run that went well leaves it. */
function writeRun(folder: string, run: string): void {
  mkdirSync(folder, {recursive: true});
  const request = {operation: 'image build', source: '/srv/pai', names: []};
  const record = {run, request, planHash: 'c0ffee', who: 'ops@jump1', programVersion: '0.1.0', at: 1_790_000_000_000};
  writeFileSync(join(folder, 'request.json'), JSON.stringify(record));
  const plan = {operation: 'image build', title: 'Build 1 image', tasks: []};
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  const events = [
    {
      type: 'run-started',
      run,
      operation: 'image build',
      title: 'Build 1 image',
      planHash: 'c0ffee',
      runner: 1,
      bootId: 'x',
      tasks: [],
    },
    {type: 'run-ended', outcome: 'done'},
  ];
  const lines = events.map((event, index) => JSON.stringify({at: record.at + index, up: index, ...event}));
  writeFileSync(join(folder, 'journal.jsonl'), `${lines.join('\n')}\n`);
}

/** Every path with its size, mode and times. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .sort()
    .map((path) => {
      const {size, mode, mtimeMs, ctimeMs} = statSync(join(folder, path));
      return `${path} ${size} ${mode} ${mtimeMs} ${ctimeMs}`;
    });
}
