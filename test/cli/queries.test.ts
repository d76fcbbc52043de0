import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Engine, Problem, RunView} from '../../src/engine/index.ts';
import {ProblemError} from '../../src/engine/index.ts';
import {
  createFakeEngine,
  runOf,
  sampleCatalog,
  sampleStatus,
  statusWithoutEngine,
  taskState,
} from '../helpers/fake-engine.ts';
import {runCommand} from './open-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-cli-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

const tree = ['-s', '/srv/pai'];

test('image list prints one JSON document of the documented shape', async () => {
  const {engine} = createFakeEngine();
  const {code, stdout, stderr} = await runCommand(['image', 'list', '--json', ...tree], {engine});
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
  const document = JSON.parse(stdout);
  expect(Object.keys(document)).toEqual(['images', 'order']);
  expect(document.images).toContainEqual({
    name: 'hadoop-run',
    component: 'hadoop-run',
    dockerfile: 'src/hadoop-run/build/hadoop-run.dockerfile',
    layout: 'component',
    needs: ['base-image', 'hadoop-ai'],
  });
  expect(document.order).toEqual([
    ['base-image', 'grafana', 'hadoop-ai', 'node-exporter', 'prometheus'],
    ['cleaning-image', 'database-controller', 'hadoop-run', 'job-exporter', 'rest-server'],
    ['webportal', 'yarn-frameworklauncher'],
  ]);
});

test('image list for people names every image once and the order they build in', async () => {
  const {engine} = createFakeEngine();
  const {stdout} = await runCommand(['image', 'list', ...tree], {engine});
  expect(stdout).toContain('/srv/pai: era G, 12 images in 12 components');
  expect(stdout).toMatch(
    /^hadoop-run +hadoop-run +base-image, hadoop-ai +src\/hadoop-run\/build\/hadoop-run.dockerfile$/m,
  );
  expect(stdout).toMatch(/^ {2}3 {2}webportal, yarn-frameworklauncher$/m);
});

const cycle: Problem = {
  code: 'dependency-cycle',
  message: 'Components need each other: a → b → a.',
  hint: 'Take one of these needs out.',
  file: '/srv/pai/src/a/component.dep',
  line: 2,
};

test('problems of the tree are all said with file and line, the list is printed all the same, exit code 3', async () => {
  const warning: Problem = {code: 'file-unreadable', severity: 'warning', message: 'x is left out.'};
  const {engine} = createFakeEngine({catalog: sampleCatalog([cycle, warning])});
  const {code, stdout, stderr} = await runCommand(['image', 'list', ...tree], {engine});
  expect(code).toBe(3);
  expect(stdout).toContain('webportal');
  expect(stderr).toBe(
    [
      'dependency-cycle: Components need each other: a → b → a.',
      '  /srv/pai/src/a/component.dep:2',
      'hint: Take one of these needs out.',
      'warning file-unreadable: x is left out.',
      '',
    ].join('\n'),
  );
  const {stdout: json} = await runCommand(['image', 'list', '--json', ...tree], {engine});
  expect(JSON.parse(json).problems).toEqual([cycle, warning]);
});

test('warnings alone do not change the exit code', async () => {
  const {engine} = createFakeEngine({
    catalog: sampleCatalog([{code: 'file-unreadable', severity: 'warning', message: 'x is left out.'}]),
  });
  expect((await runCommand(['image', 'list', ...tree], {engine})).code).toBe(0);
});

test('what a tree says cannot move the cursor of whoever lists it', async () => {
  const catalog = sampleCatalog();
  const [first] = catalog.images;
  if (!first) throw new Error('the sample has images');
  const {engine} = createFakeEngine({
    catalog: {...catalog, images: [{...first, name: 'a\u001b[2Jb\u0007', dockerfile: 'x\ny\u009b31m'}], components: []},
  });
  for (const words of [['list'], ['graph'], ['graph', '--dot'], ['list', '--json']]) {
    const {stdout} = await runCommand(['image', ...words, ...tree], {engine});
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  }
});

test('image status says the state and every reason', async () => {
  const {engine, calls} = createFakeEngine();
  const {code, stdout} = await runCommand(['image', 'status', ...tree, '--check-bases'], {engine});
  expect(code).toBe(0);
  expect(stdout).toMatch(/^rest-server +stale +src\/rest-server\/src\/index.js changed$/m);
  expect(calls).toContain('imageStatus check-bases');
  const json = JSON.parse((await runCommand(['image', 'status', ...tree, '--json'], {engine})).stdout);
  expect(json.images[0]).toEqual({name: 'base-image', state: 'current', reasons: []});
});

test('without an engine the status of everything is unknown and the exit code 6; of a part, 1', async () => {
  const {engine} = createFakeEngine({status: statusWithoutEngine()});
  const {code, stdout, stderr} = await runCommand(['image', 'status', ...tree], {engine});
  expect(code).toBe(6);
  expect(stdout).toMatch(/^base-image +unknown$/m);
  expect(stderr).toContain('engine-unreachable: No Docker engine answers');
  expect(stderr).toContain('hint: Start it');
  const partly = createFakeEngine({status: {...sampleStatus(), problems: statusWithoutEngine().problems}});
  expect((await runCommand(['image', 'status', ...tree], {engine: partly.engine})).code).toBe(1);
});

test('the graph draws each image below what it stands on, once', async () => {
  const {engine} = createFakeEngine();
  const {stdout} = await runCommand(['image', 'graph', ...tree], {engine});
  expect(stdout).toBe(`base-image
├─ cleaning-image
├─ database-controller
├─ hadoop-run  (also needs hadoop-ai)
│  └─ yarn-frameworklauncher
├─ job-exporter
└─ rest-server
   └─ webportal
grafana
hadoop-ai
└─ hadoop-run  (also needs base-image)  (drawn above)
node-exporter
prometheus
`);
  const ascii = (await runCommand(['image', 'graph', '--ascii', ...tree], {engine})).stdout;
  expect(ascii).toContain('`- rest-server\n   `- webportal\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  expect(ascii).toMatch(/^[\u0000-\u007f]*$/);
  const inC = (await runCommand(['image', 'graph', ...tree], {engine, environment: {LANG: 'C'}})).stdout;
  expect(inC).toBe(ascii);
  const dot = (await runCommand(['image', 'graph', '--dot', ...tree], {engine})).stdout;
  expect(dot).toContain('  "webportal" -> "rest-server";');
});

test('a graph with a ring shows the ring and what hangs behind it', async () => {
  const catalog = sampleCatalog();
  const images = catalog.images.map((image) =>
    image.name === 'rest-server' ? {...image, needs: ['webportal']} : image,
  );
  const components = catalog.components.map((component) =>
    component.name === 'rest-server' ? {...component, needs: ['webportal']} : component,
  );
  const {engine} = createFakeEngine({catalog: {...catalog, images, components}});
  const {stdout} = await runCommand(['image', 'graph', ...tree], {engine});
  expect(stdout).toContain(
    'ring: rest-server → webportal → rest-server\non or behind a ring: rest-server, webportal\n',
  );
});

test('a chain of images that is longer than the call stack is drawn', async () => {
  const catalog = sampleCatalog();
  const [first] = catalog.images;
  if (!first) throw new Error('the sample has images');
  const name = (index: number) => `image-${String(index).padStart(5, '0')}`;
  const images = Array.from({length: 6_000}, (_, index) => ({
    ...first,
    name: name(index),
    component: 'web',
    needs: index === 0 ? [] : [name(index - 1)],
  }));
  const web = {name: 'web', folder: 'src/web', images: images.map((image) => image.name), needs: [], copies: []};
  const {engine} = createFakeEngine({catalog: {...catalog, images, components: [web]}});
  const {code, stdout} = await runCommand(['image', 'graph', ...tree], {engine});
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(6_000);
});

test('the tree comes from the flag, the environment, the current folder, or is the sample, which is said', async () => {
  const asked: [tree: string, config: string | undefined][] = [];
  const fake = createFakeEngine();
  const engine: Engine = {
    ...fake.engine,
    async openTree(path, config) {
      asked.push([path, config]);
      if (path === folder) throw new ProblemError({code: 'no-tree', message: `${path} is no tree.`});
      return fake.engine.openTree(path);
    },
  };
  const list = async (argv: string[], environment: Record<string, string>, cwd: string) => {
    asked.length = 0;
    const ended = await runCommand(['image', 'list', ...argv], {engine, environment, cwd});
    const [read, config] = asked.at(-1) ?? [];
    return {...ended, tree: read, config};
  };
  expect((await list(['-s', 'x/../t'], {PAI_SOURCE: '/env'}, '/here')).tree).toBe('/here/t');
  expect((await list([], {PAI_SOURCE: 'env'}, '/here')).tree).toBe('/here/env');
  // The configuration goes along: it names our images.
  expect((await list(['-s', 't', '-c', 'cfg'], {}, '/here')).config).toBe('/here/cfg');
  expect((await list([], {PAI_CONFIG: '/cfg'}, '/here')).config).toBe('/cfg');
  const here = await list([], {PAI_SOURCE: ''}, '/here');
  expect([here.tree, here.stderr]).toEqual(['/here', '']);
  const sample = await list([], {}, folder);
  expect([sample.tree, sample.config]).toEqual(['/sample', '/config-sample']);
  expect(sample.stderr).toMatch(/^note: No source tree was named, so this is the sample tree \(\/sample\)/);
});

test('the sample tree never meets a configuration, and old spellings never meet the sample', async () => {
  const fake = createFakeEngine();
  const engine: Engine = {
    ...fake.engine,
    openTree: async (path) => {
      throw new ProblemError({code: 'no-tree', message: `${path} is no tree.`});
    },
  };
  const environment = {PAI_CONFIG: '/cfg'};
  const named = await runCommand(['image', 'status'], {engine, environment, cwd: folder});
  expect(named).toMatchObject({code: 3, stderr: expect.stringMatching(/^no-tree: No source tree was named/)});
  writeFileSync(join(folder, 'services-configuration.yaml'), 'cluster: {}\n');
  expect(await runCommand(['image', 'status'], {engine, cwd: folder})).toMatchObject({code: 3});
  rmSync(join(folder, 'services-configuration.yaml'));
  expect(await runCommand(['build', '--yes'], {engine, cwd: folder})).toMatchObject({code: 3});
  for (const verb of ['build', 'push']) {
    const unasked = await runCommand(['image', verb, '--yes'], {engine, cwd: folder});
    expect(unasked).toMatchObject({code: 3, stderr: expect.stringMatching(/^no-tree: No source tree was named/)});
  }
});

test('a problem before anything is one JSON line on stdout, and a sentence on stderr', async () => {
  const {engine} = createFakeEngine({catalog: {code: 'no-tree', message: '/srv/pai is no tree.', hint: 'Look again.'}});
  const {code, stdout, stderr} = await runCommand(['image', 'list', '--json', ...tree], {engine});
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toEqual({
    problem: {code: 'no-tree', message: '/srv/pai is no tree.', hint: 'Look again.'},
  });
  expect(stderr).toBe('no-tree: /srv/pai is no tree.\nhint: Look again.\n');
  const misuse = await runCommand(['image', 'lisst', '--json']);
  expect(JSON.parse(misuse.stdout).problem).toMatchObject({code: 'usage', hint: 'Did you mean list?'});
});

test('a mistake of ours is asked to be reported and ends with 70', async () => {
  const engine = {...createFakeEngine().engine, info: () => Promise.reject(new TypeError('x is not a function'))};
  const {code, stderr} = await runCommand(['info'], {engine});
  expect(code).toBe(70);
  expect(stderr).toMatch(/^bug: pai-tui made a mistake: x is not a function\n/);
  expect(stderr).toContain('hint: Please report it');
});

test('colours appear on a terminal alone, and not when they are unwanted', async () => {
  const {engine} = createFakeEngine({catalog: sampleCatalog([cycle])});
  const colour = '\u001b[31mdependency-cycle\u001b[0m: ';
  const shown = async (options: {terminal?: boolean; environment?: Record<string, string>}, ...more: string[]) =>
    (await runCommand(['image', 'list', ...tree, ...more], {engine, ...options})).stderr.includes(colour);
  expect(await shown({terminal: true})).toBe(true);
  expect(await shown({})).toBe(false);
  expect(await shown({terminal: true}, '--no-color')).toBe(false);
  expect(await shown({terminal: true, environment: {NO_COLOR: '1'}})).toBe(false);
  expect(await shown({terminal: true, environment: {TERM: 'dumb'}})).toBe(false);
});

const runs = [
  runOf({id: '20261120-1', status: 'done', tasks: [taskState('build/a', 'done')]}),
  runOf({
    id: '20261120-2',
    status: 'failed',
    startedAt: Date.UTC(2026, 10, 21),
    tasks: [
      taskState('build/a', 'done', {note: '14 MB'}),
      taskState('build/b', 'failed', {
        problem: {code: 'build-failed', message: 'Step 3 ended with 1.', detail: 'no such file'},
      }),
      taskState('build/c', 'skipped', {because: 'because Build b failed'}),
    ],
  }),
];

test('run list and run show tell what there was, for people and as JSON', async () => {
  const {engine} = createFakeEngine({runs});
  const list = JSON.parse((await runCommand(['run', 'list', '--json'], {engine})).stdout);
  expect(list.runs[0]).toEqual({
    id: '20261120-2',
    operation: 'image build',
    state: 'failed',
    started: '2026-11-21T00:00:00.000Z',
    ended: '2026-11-21T00:00:48.000Z',
  });
  expect((await runCommand(['run', 'list'], {engine})).stdout).toMatch(
    /^20261120-2 +failed +2026-11-21 00:00:00 +48.0s +1\/3, 1 failed +ops@jump1 +Build 3 images$/m,
  );
  const show = (await runCommand(['run', 'show', '20261120-2'], {engine})).stdout;
  expect(show).toMatch(/^ {2}done +Build a {2}9.2s {2}changed {2}14 MB$/m);
  expect(show).toMatch(/^ {2}failed +Build b$/m);
  expect(show).toContain('build-failed: Step 3 ended with 1.');
  expect(show).toContain('| no such file');
  expect(show).toMatch(/^ {2}skipped +Build c {2}because Build b failed$/m);
  const shown = JSON.parse((await runCommand(['run', 'show', '20261120-2', '--json'], {engine})).stdout);
  expect(shown).toMatchObject({
    id: '20261120-2',
    state: 'failed',
    tasks: [{id: 'build/a', state: 'done', changed: true}, {problem: {code: 'build-failed'}}, {}],
  });
});

test('an interrupted run says why and how to go on', async () => {
  const {engine} = createFakeEngine({
    runs: [
      runOf({
        id: 'r1',
        status: 'interrupted',
        explanation: 'The runner is gone: the machine was started anew.',
        tasks: [],
      }),
    ],
  });
  const {stdout} = await runCommand(['run', 'show', 'r1'], {engine});
  expect(stdout).toContain('The runner is gone: the machine was started anew.');
  expect(stdout).toContain('hint: Go on where it stopped with: pai-tui run resume r1');
});

test('info prints topics and values, and the state folder is handed to the engine as an absolute path', async () => {
  const {engine} = createFakeEngine();
  const {stdout, opened} = await runCommand(['info', '--state', 's'], {engine, cwd: '/home/ops'});
  expect(stdout).toMatch(/^version +0.1.0$/m);
  expect(opened).toEqual([{stateHome: '/home/ops/s'}]);
  expect(JSON.parse((await runCommand(['info', '--json'], {engine})).stdout)).toEqual({
    info: [
      {topic: 'version', value: '0.1.0'},
      {topic: 'source tree', value: '/nowhere: era G'},
      {topic: 'configuration', value: 'none named'},
    ],
  });
  const cfg = await runCommand(['info', '-c', 'cfg', '-s', 'tree'], {engine, cwd: '/home/ops'});
  expect(cfg.stdout).toMatch(/^configuration +\/home\/ops\/cfg$/m);
  const none = createFakeEngine({catalog: {code: 'no-tree', message: 'The folder /x does not exist.'}}).engine;
  expect((await runCommand(['info', '-s', '/x'], {engine: {...none, info: engine.info}})).stdout).toMatch(
    /^source tree +The folder \/x does not exist\.$/m,
  );
});

test('run show says what was cut off, what still runs, and what to do next', async () => {
  const show = async (view: RunView, terminal = false) => {
    const {engine} = createFakeEngine({runs: [view]});
    return (await runCommand(['run', 'show', 'run-1'], {engine, terminal, environment: {NO_COLOR: '1'}})).stdout;
  };
  const tasks = [taskState('build/b', 'running')];
  const cutOff = await show(
    runOf({id: 'run-1', status: 'interrupted', tasks, explanation: 'The runner (process 7) was killed.'}),
  );
  expect(cutOff).toMatch(/^ {2}cut off {2}Build b$/m);
  expect(cutOff).toMatch(/^run-failed: The runner .* was killed\.\nhint: .*pai-tui run resume run-1$/m);
  const running = await show(runOf({id: 'run-1', status: 'running', tasks}));
  expect(running).toMatch(/^ {2}running {2}Build b {2}for 12s$/m);
  expect(running).toMatch(/^Follow it: pai-tui run attach run-1$/m);
  const stopped = await show(runOf({id: 'run-1', status: 'stopped', tasks: [taskState('build/b', 'stopped')]}));
  expect(stopped).toMatch(/^Do it again with a new plan: pai-tui run repeat run-1$/m);
});

test('on a terminal the problems of a run are wrapped to its columns', async () => {
  const message = 'One sentence that is a good deal longer than the eighty columns of the terminal it is read on.';
  const problem = {code: 'build-failed', message} as const;
  const {engine} = createFakeEngine({
    runs: [runOf({id: 'run-1', status: 'failed', tasks: [taskState('build/b', 'failed', {problem})], problem})],
  });
  const words = ['run', 'show', 'run-1'];
  const {stdout} = await runCommand(words, {engine, terminal: true, environment: {NO_COLOR: '1'}});
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect((await runCommand(words, {engine})).stdout).toContain(message);
});
