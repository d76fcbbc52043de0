import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Effect} from '../../src/engine/plan/types.ts';
import {limitTools} from '../../src/engine/run/limit.ts';
import type {BuildRequest, Tools} from '../../src/engine/tools.ts';
import {clock} from './a-run.ts';

let base: string;
let runFolder: string;
let stateFolder: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'pai-limit-')));
  stateFolder = join(base, 'state');
  runFolder = join(stateFolder, 'runs', 'r');
  mkdirSync(join(runFolder, 'tree', 'inside'), {recursive: true});
});
afterEach(() => rmSync(base, {recursive: true}));

const noUse = (): never => {
  throw new Error('not part of this test');
};

/** Tools that note what was called and do nothing. */
function recordingTools() {
  const calls: string[] = [];
  const note =
    <T>(name: string, result: T) =>
    async () => {
      calls.push(name);
      return result;
    };
  const tools: Tools = {
    clock,
    docker: {
      endpoint: 'unix:///sock',
      info: note('info', {version: '', apiVersion: '', name: '', id: '', platform: '', cpus: 1, buildkit: false}),
      image: note('image', undefined),
      build: note('build', {id: 'x'}),
      tag: note('tag', undefined),
      push: note('push', {digest: 'x'}),
      pull: note('pull', {digest: 'x'}),
      registryDigest: note('registryDigest', undefined),
      credentials: note('credentials', undefined),
    },
    terminal: {kind: 'pipes', run: note('run', {exit: 0})},
    machines: {use: noUse},
    kube: {open: noUse},
    assets: '/none',
    files: {
      copyTree: note('copyTree', {files: 0, bytes: 0, how: 'copy' as const, skipped: []}),
      removeTree: note('removeTree', undefined),
      writeFile: note('writeFile', undefined),
      beginFile: note('beginFile', {add: noUse, finish: noUse, discard: noUse}),
      moveFile: note('moveFile', undefined),
      makeFolder: note('makeFolder', undefined),
      makeExecutable: note('makeExecutable', undefined),
      listContext: note('listContext', []),
      packContext: () => Readable.from([]),
      hashEntries: note('hashEntries', new Map()),
      resolveInside: note('resolveInside', ''),
      exists: note('exists', true),
      readText: note('readText', ''),
    },
  };
  return {tools, calls};
}

const signal = new AbortController().signal;
const watch = {output: () => {}, progress: () => {}};
const build = (tag: string): BuildRequest => ({
  context: () => Readable.from([]),
  dockerfile: 'Dockerfile',
  tag,
  builder: 'classic',
});

function limited(does: readonly Effect[], readOnly = false) {
  const {tools, calls} = recordingTools();
  return {calls, tools: limitTools(tools, {task: 'build/x', does, runFolder, stateFolder, readOnly})};
}

/** Every change there is, as a task would try it. */
const changes: readonly (readonly [string, (tools: Tools) => Promise<unknown>])[] = [
  ['docker build x:1', ({docker}) => docker.build(build('x:1'), watch, signal)],
  ['docker tag r/x:1', ({docker}) => docker.tag('x:1', 'r/x:1')],
  ['docker pull base:1', ({docker}) => docker.pull('base:1', undefined, watch, signal)],
  ['docker push r/x:1', ({docker}) => docker.push('r/x:1', undefined, watch, signal)],
  [
    'sh build-pre.sh',
    ({terminal}) => terminal.run({argv: ['sh', 'build-pre.sh'], cwd: join(runFolder, 'tree')}, watch, signal),
  ],
  ['copy a tree to', ({files}) => files.copyTree('/src', join(runFolder, 'tree'), watch, signal)],
  ['remove', ({files}) => files.removeTree(join(runFolder, 'tree'))],
  ['write', ({files}) => files.writeFile(join(stateFolder, 'keys', 'x.json'), '', 0o600)],
  ['write', ({files}) => files.beginFile(join(stateFolder, 'keys', 'x.json'), 0o600)],
  ['move away', ({files}) => files.moveFile(join(runFolder, 'tree', 'x'), join(stateFolder, 'keys', 'x.json'))],
  ['make a folder', ({files}) => files.makeFolder(join(stateFolder, 'keys'))],
  ['make a folder', ({files}) => files.makeFolder(join(runFolder, 'tree', 'inside', 'more'))],
  ['make executable', ({files}) => files.makeExecutable(join(runFolder, 'tree', 'inside', 'hook.sh'))],
];

const declared: readonly Effect[] = [
  {kind: 'docker', call: 'build', image: 'x:1'},
  {kind: 'docker', call: 'tag', image: 'r/x:1'},
  {kind: 'docker', call: 'push', image: 'r/x:1', decided: 'when the registry has another digest'},
  {kind: 'docker', call: 'pull', image: 'base:1'},
  {kind: 'command', argv: ['sh', 'build-pre.sh'], cwd: '$RUN/tree'},
  {kind: 'file', path: '$RUN/tree/**'},
  {kind: 'file', path: '$STATE/keys/x.json'},
];

describe('a task with limited tools', () => {
  test.each(changes)('is refused %s when it did not declare it, and nothing happens', async (call, change) => {
    const {tools, calls} = limited([]);
    await expect(change(tools)).rejects.toMatchObject({
      problem: {
        code: 'not-in-plan',
        message: expect.stringContaining(`Task build/x wanted to do what its plan does not list: ${call}`),
      },
    });
    expect(calls).toEqual([]);
  });

  test.each(changes)('may do %s when it declared it', async (_call, change) => {
    const {tools, calls} = limited(declared);
    await change(tools);
    expect(calls).toHaveLength(1);
  });

  test.each(changes)('is refused %s in a read-only run, declared or not', async (_call, change) => {
    const {tools, calls} = limited(declared, true);
    await expect(change(tools)).rejects.toMatchObject({problem: {code: 'read-only'}});
    expect(calls).toEqual([]);
  });

  test('may read whatever it likes, in a read-only run too', async () => {
    const {tools, calls} = limited([], true);
    const {docker, files} = tools;
    await docker.info();
    await docker.image('x');
    await docker.registryDigest('x', undefined);
    await docker.credentials('r');
    await files.listContext('/', 'Dockerfile');
    await files.hashEntries('/', []);
    await files.resolveInside('/', 'x');
    await files.exists('/x');
    await files.readText('/x');
    files.packContext('/', []);
    expect(calls).toHaveLength(9);
    expect(docker.endpoint).toBe('unix:///sock');
  });

  const near: readonly (readonly [string, (tools: Tools) => Promise<unknown>])[] = [
    ['another tag', ({docker}) => docker.build(build('x:2'), watch, signal)],
    ['a push of what it may only build', ({docker}) => docker.push('x:1', undefined, watch, signal)],
    [
      'another argument',
      ({terminal}) => terminal.run({argv: ['sh', 'build-pre.sh', '-x'], cwd: join(runFolder, 'tree')}, watch, signal),
    ],
    ['another folder', ({terminal}) => terminal.run({argv: ['sh', 'build-pre.sh'], cwd: runFolder}, watch, signal)],
    ['a name that only begins alike', ({files}) => files.writeFile(join(runFolder, 'tree-2', 'x'), '', 0o600)],
    ['a path that climbs out', ({files}) => files.writeFile(`${runFolder}/tree/../../x`, '', 0o600)],
    ['a move from elsewhere', ({files}) => files.moveFile(join(runFolder, 'x'), join(runFolder, 'tree', 'x'))],
    ['a move to elsewhere', ({files}) => files.moveFile(join(runFolder, 'tree', 'x'), join(runFolder, 'x'))],
    ['a folder beside what it declared', ({files}) => files.makeFolder(join(stateFolder, 'keys', 'more'))],
    ['a relative path', ({files}) => files.writeFile('tree/x', '', 0o600)],
    ['the removal of one declared file as a tree', ({files}) => files.removeTree(join(stateFolder, 'keys', 'x.json'))],
    ['all above what it declared', ({files}) => files.removeTree(runFolder)],
  ];
  test.each(near)('is refused %s', async (_name, change) => {
    const {tools, calls} = limited(declared);
    await expect(change(tools)).rejects.toMatchObject({problem: {code: 'not-in-plan'}});
    expect(calls).toEqual([]);
  });

  test('is refused a path that a link inside its folder leads out', async () => {
    symlinkSync(base, join(runFolder, 'tree', 'out'));
    const {tools, calls} = limited(declared);
    await expect(tools.files.writeFile(join(runFolder, 'tree', 'out', 'x'), '', 0o600)).rejects.toThrow(
      'does not list',
    );
    await expect(tools.files.removeTree(join(runFolder, 'tree', 'out', 'state'))).rejects.toThrow('does not list');
    await tools.files.writeFile(join(runFolder, 'tree', 'inside', 'not', 'there', 'yet'), '', 0o600);
    expect(calls).toEqual(['writeFile']);
  });

  test('is refused what a link at the end of a path leads to, but may replace or remove the link', async () => {
    const outside = join(base, 'outside');
    mkdirSync(outside);
    for (const name of ['folder', 'nowhere'])
      symlinkSync(join(base, name === 'folder' ? 'outside' : 'new'), join(runFolder, 'tree', name));
    const {tools, calls} = limited(declared);
    const {files} = tools;
    for (const name of ['folder', 'nowhere']) {
      const link = join(runFolder, 'tree', name);
      await expect(files.makeExecutable(link), name).rejects.toThrow('does not list');
      await expect(files.copyTree('/src', link, watch, signal), name).rejects.toThrow('does not list');
      await expect(files.makeFolder(link), name).rejects.toThrow('does not list');
    }
    expect(calls).toEqual([]);
    await files.writeFile(join(runFolder, 'tree', 'folder'), '', 0o600);
    await files.removeTree(join(runFolder, 'tree', 'folder'));
    expect(calls).toEqual(['writeFile', 'removeTree']);
  });

  test('is refused a declared file whose folder a link leads out of the state folder', async () => {
    mkdirSync(join(base, 'outside'));
    symlinkSync(join(base, 'outside'), join(stateFolder, 'keys'));
    const {tools, calls} = limited(declared);
    await expect(tools.files.writeFile(join(stateFolder, 'keys', 'x.json'), '', 0o600)).rejects.toThrow(
      'does not list',
    );
    await expect(tools.files.makeFolder(join(stateFolder, 'keys'))).rejects.toThrow('does not list');
    expect(calls).toEqual([]);
  });

  test('passes on the path that was checked: a slash at its end would follow a link', async () => {
    const removed: string[] = [];
    const {tools} = recordingTools();
    const files = {...tools.files, removeTree: async (path: string) => void removed.push(path)};
    const {files: some} = limitTools({...tools, files}, {task: 'x', does: declared, runFolder, stateFolder});
    await some.removeTree(`${runFolder}/tree/./folder/`);
    expect(removed).toEqual([join(runFolder, 'tree', 'folder')]);
  });

  test('does what was checked, even when the request becomes another one meanwhile', async () => {
    const done: unknown[] = [];
    const {tools} = recordingTools();
    const terminal: Tools['terminal'] = {
      kind: 'pipes',
      run: async ({argv}) => {
        await Promise.resolve();
        done.push(...argv);
        return {exit: 0};
      },
    };
    const some = limitTools({...tools, terminal}, {task: 'x', does: declared, runFolder, stateFolder});
    const argv: [string, ...string[]] = ['sh', 'build-pre.sh'];
    const running = some.terminal.run({argv, cwd: join(runFolder, 'tree')}, watch, signal);
    argv[1] = 'another.sh';
    await running;
    expect(done).toEqual(['sh', 'build-pre.sh']);
  });

  test.each([
    ['/usr/bin/tool', '$RUN/tree/x', 'as a path of the run', true],
    ['/usr/bin/tool', 'echo $RUN', 'in the middle of a word as it is', false],
    ['/usr/bin/tool', '$RUNNER/x', 'as the name of something else', false],
  ])('may run %s %s: $RUN is read %s', async (program, word, _how, isPath) => {
    const does: Effect[] = [{kind: 'command', argv: [program, word], cwd: '$RUN'}];
    const {tools, calls} = limited(does);
    const run = (argument: string) => tools.terminal.run({argv: [program, argument], cwd: runFolder}, watch, signal);
    const expanded = word.replace('$RUN', runFolder);
    await expect(run(isPath ? word : expanded)).rejects.toThrow('does not list');
    await run(isPath ? expanded : word);
    expect(calls).toEqual(['run']);
  });

  test('gives nothing by which the real tools could be reached', () => {
    const {tools: real} = recordingTools();
    const {tools} = limited(declared);
    for (const group of ['docker', 'terminal', 'files'] as const) {
      const [given, whole]: [object, object] = [tools[group], real[group]];
      expect(Object.keys(given).sort(), group).toEqual(Object.keys(whole).sort());
      expect(Object.getPrototypeOf(given)).toBe(Object.prototype);
    }
    expect(Object.keys(tools).sort()).toEqual(Object.keys(real).sort());
  });

  test('whose state folder itself lies behind a link may write where it declared', async () => {
    const link = join(base, 'link');
    symlinkSync(stateFolder, link);
    const {tools, calls} = recordingTools();
    const through = limitTools(tools, {
      task: 'x',
      does: declared,
      runFolder: join(link, 'runs', 'r'),
      stateFolder: link,
    });
    await through.files.writeFile(join(link, 'runs', 'r', 'tree', 'inside', 'x'), '', 0o600);
    expect(calls).toEqual(['writeFile']);
  });
});
