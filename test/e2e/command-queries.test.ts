import {spawnSync} from 'node:child_process';
import {cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
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

test('the program is a command of its own, as `npm link` makes one', () => {
  const linked = join(home, 'pai-tui');
  symlinkSync(program, linked);
  const {status, stdout} = spawnSync(linked, ['--version'], {
    cwd: home,
    env: {...environment, PATH: `${dirname(process.execPath)}:/usr/bin:/bin`},
    encoding: 'utf8',
  });
  expect({status, stdout}).toEqual({status: 0, stdout: 'pai-tui 0.1.0\n'});
});

test.each([[], ['--version'], ['machine', 'list']])(
  'a Node that is too old is told from, whatever is asked for (%s %s)',
  (...words) => {
    // Says of itself that it is an older one.
    const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`;
    const {status, stdout, stderr} = spawnSync(process.execPath, ['--import', old, program, ...words], {
      cwd: home,
      env: environment,
      encoding: 'utf8',
    });
    expect({status, stdout, stderr}).toEqual({
      status: 2,
      stdout: '',
      stderr: `pai-tui needs Node 22.12 or later, and ${process.execPath} is Node 20.20.2.\n`,
    });
  },
);

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
  const named = await run('image', 'build', 'base-image', '-s', tree, '--yes');
  expect(named.code).toBe(3);
  expect(named.stderr).toMatch(/^engine-unreachable: .*[\s\S]*^dependency-cycle: /m);
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

/** A line of shell in which $PAI is the program and $TREE the sample. */
function inShell(script: string) {
  const {stdout, stderr} = spawnSync('bash', ['-c', script], {
    cwd: home,
    env: {...process.env, ...environment, PAI: `${process.execPath} ${program}`, TREE: sample},
    encoding: 'utf8',
  });
  return {stdout, stderr};
}

test('a reader that goes away is no error', () => {
  const {stdout, stderr} = inShell('$PAI image list -s "$TREE" | head -n 1; echo $PIPESTATUS');
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\S*sample: era G.*\n0\n$/);
});

test('an answer that could not be written is told, and ends with 1', () => {
  for (const words of ['--version', 'image list -s "$TREE"', 'image list --json -s "$TREE"']) {
    const {stdout, stderr} = inShell(`$PAI ${words} > /dev/full; echo "$?"`);
    expect({words, stdout}).toEqual({words, stdout: '1\n'});
    expect(stderr).toMatch(/^file-unwritable: .* its disk is full\.\nhint: /);
  }
});

test('closed streams are no mistake of ours', () => {
  expect(inShell('$PAI image list -s "$TREE" >&- <&-; echo "$?"')).toEqual({stdout: '0\n', stderr: ''});
  expect(inShell('$PAI image list -s nowhere 2>&-; echo "$?"').stdout).toBe('3\n');
});

test('in a folder that was removed everything works that does not count from there', () => {
  const gone = (words: string) => inShell(`mkdir gone && cd gone && rmdir ../gone && $PAI ${words}; echo "$?"`);
  expect(gone('--version')).toEqual({stdout: 'pai-tui 0.1.0\n0\n', stderr: ''});
  expect(gone('image list -s "$TREE"')).toMatchObject({
    stdout: expect.stringMatching(/sample: era G[\s\S]*\n0\n$/),
    stderr: '',
  });
  const {stdout, stderr} = gone('image list -s tree');
  expect(stdout).toBe('3\n');
  expect(stderr).toContain(`no-tree: The folder ${join(home, 'gone/tree')} does not exist.`);
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

/** Every path with its size, mode and times. */
function snapshot(folder: string): string[] {
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .sort()
    .map((path) => {
      const {size, mode, mtimeMs, ctimeMs} = statSync(join(folder, path));
      return `${path} ${size} ${mode} ${mtimeMs} ${ctimeMs}`;
    });
}
