import {appendFileSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {
  createStore,
  type Engine,
  effectWords,
  type Problem,
  type RunEvent,
  type TaskState,
} from '../../src/engine/index.ts';
import {
  createFakeEngine,
  type FakeAnswers,
  runOf,
  sampleCatalog,
  sampleStatus,
  taskState,
} from '../helpers/fake-engine.ts';
import {type CommandOptions, openCommand, runCommand} from './open-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-cli-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

const build = ['image', 'build', '-s', '/srv/pai'];

/** An engine whose runs lie in a folder and whose outputs are whole, driven by the test. */
function openEngine(answers: Partial<FakeAnswers> = {}, outputs: Record<string, string[]> = {}) {
  const fake = createFakeEngine(answers);
  const engine: Engine = {
    ...fake.engine,
    async start(proposal, options) {
      const id = await fake.engine.start(proposal, options);
      fake.update(id, (view) => ({...view, summary: {...view.summary, folder}}));
      return id;
    },
    runs: {
      ...fake.engine.runs,
      output(_id, task) {
        const lines = (outputs[task] ?? []).map((text) => ({text}));
        const view = {
          lineCount: lines.length,
          leftOutBytes: 0,
          ended: true,
          lines: (from: number, to: number) => lines.slice(from, to),
          search: () => [],
          files: [`/output/${task}.log`],
        };
        return {...createStore(view), close() {}};
      },
    },
  };
  const task = (id: string, status: TaskState['status'], more: Partial<TaskState> = {}) =>
    fake.update('run-1', (view) => ({
      ...view,
      state: {...view.state, tasks: [...view.state.tasks.filter((one) => one.id !== id), taskState(id, status, more)]},
    }));
  const end = (status: 'done' | 'failed' | 'stopped' | 'interrupted', problem?: Problem) =>
    fake.update('run-1', (view) => ({
      ...view,
      summary: {...view.summary, status},
      state: {
        ...view.state,
        ...(status === 'interrupted' ? {} : {status, tookMs: 61_000}),
        ...(problem ? {problem} : {}),
      },
    }));
  return {...fake, engine, task, end};
}

/** Starts a command and waits until its run was asked for. */
async function started(argv: readonly string[], fake: ReturnType<typeof openEngine>, options: CommandOptions = {}) {
  const command = openCommand(argv, {engine: fake.engine, ...options});
  while (!fake.calls.some((call) => call.startsWith('start ')) || fake.openStores() === 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return command;
}

test('--dry-run prints every task with its reasons and effects, and starts nothing', async () => {
  const {engine, calls} = openEngine();
  const {code, stdout} = await runCommand([...build, '--dry-run'], {engine});
  expect(code).toBe(0);
  expect(stdout).toContain('12 tasks, 3 would change something, 1 decided while running, 8 unchanged.');
  expect(stdout).toContain(
    [
      '  change     Build rest-server',
      '               because src/rest-server/src/index.js changed',
      '               docker build rest-server:latest',
    ].join('\n'),
  );
  expect(stdout).toContain('nothing was done');
  const {plan} = JSON.parse((await runCommand([...build, '--dry-run', '--json'], {engine})).stdout);
  for (const {does} of plan.tasks) for (const effect of does) expect(stdout).toContain(effectWords(effect));
  const idle = plan.tasks.find(
    (task: {expected: string; does: []}) => task.expected === 'unchanged' && task.does.length > 0,
  );
  expect(idle).toBeDefined();
  expect(plan).toMatchObject({operation: 'image build', hash: 'c0ffee', nothingToDo: false});
  expect(plan.tasks[0]).toMatchObject({id: 'build/base-image', does: [{kind: 'docker', call: 'build'}]});
  expect(calls.filter((call) => call.startsWith('start'))).toEqual([]);
});

test('what was asked for reaches the engine', async () => {
  const asked: unknown[] = [];
  const {engine} = openEngine();
  const watching: Engine = {
    ...engine,
    async propose(request) {
      asked.push(request);
      return engine.propose(request);
    },
  };
  const flags = '--force --no-cache --parallel 3 --fail-fast --timeout 1h30m -c cfg --readonly'.split(' ');
  await runCommand([...build, 'webportal', ...flags, '--builder', 'buildkit', '--dry-run'], {
    engine: watching,
    cwd: '/home/ops',
  });
  await runCommand(['image', 'push', '-s', '/srv/pai', 'webportal', '--dry-run'], {engine: watching});
  expect(asked).toEqual([
    {
      operation: 'image build',
      source: '/srv/pai',
      config: '/home/ops/cfg',
      names: ['webportal'],
      force: true,
      noCache: true,
      builder: 'buildkit',
      parallel: 3,
      failFast: true,
      timeoutMs: 5_400_000,
      readOnly: true,
    },
    {operation: 'image push', source: '/srv/pai', names: ['webportal']},
  ]);
});

test.each([
  ['--timeout', 'soon', '"soon" is no duration.'],
  ['--timeout', '0', '"0" is no duration.'],
  ['--timeout', '30d', '"30d" is no duration.'],
  ['--parallel', '0', '--parallel needs a whole number from 1 on, not "0".'],
  ['--parallel', '1.5', '--parallel needs a whole number from 1 on, not "1.5".'],
])('%s %s is wrong use', async (flag, value, message) => {
  const {engine} = openEngine();
  const {code, stderr} = await runCommand([...build, flag, value, '--dry-run'], {engine});
  expect({code, message: stderr.split('\n')[0]}).toEqual({code: 2, message: `usage: ${message}`});
});

test('what is wrong in the tree is told whole, and decides, where there is not even an engine', async () => {
  const first = {
    code: 'dependency-cycle',
    message: 'a needs itself.',
    hint: 'Mend it.',
    file: '/t/a',
    line: 2,
  } as const;
  const second = {code: 'dockerfile-invalid', message: 'b is empty.', file: '/t/b'} as const;
  const warning = {code: 'tree-invalid', severity: 'warning', message: 'c is ignored.'} as const;
  const {engine} = createFakeEngine({
    catalog: sampleCatalog([first, second, warning]),
    propose: {code: 'engine-unreachable', message: 'No Docker engine answers.'},
  });
  const {code, stdout, stderr} = await runCommand([...build, '--dry-run', '--json'], {engine});
  expect(code).toBe(3);
  expect(JSON.parse(stdout).problem).toMatchObject({
    code: 'dependency-cycle',
    message: '2 problems are in the way; the first: a needs itself.',
    detail: '/t/a:2: a needs itself.\n/t/b: b is empty.',
  });
  expect(stderr).toMatch(/^engine-unreachable: No Docker engine answers\.\ndependency-cycle: 2 problems/);
  // With names the engine alone knows whether the mistakes stand in their way.
  expect((await runCommand([...build, 'webportal', '--dry-run'], {engine})).code).toBe(6);
});

test('nothing to do is said, needs no approval, and ends with 0', async () => {
  const status = sampleStatus();
  const {engine, calls} = openEngine({
    status: {...status, images: status.images.map((image) => ({...image, state: 'current', reasons: []}))},
  });
  const {code, stdout} = await runCommand(build, {engine});
  expect({code, stdout}).toEqual({code: 0, stdout: 'Nothing to do: everything is as it should be.\n'});
  expect(calls.some((call) => call.startsWith('start'))).toBe(false);
  const json = JSON.parse((await runCommand([...build, '--json'], {engine})).stdout);
  expect(json.plan.nothingToDo).toBe(true);
});

test('without approval and without a terminal nothing happens: 4, and what to add', async () => {
  const {engine, calls} = openEngine();
  const {code, stderr} = await runCommand(build, {engine});
  expect(code).toBe(4);
  expect(stderr).toMatch(/^approval-missing: .*\nhint: .*--yes/);
  expect(calls.some((call) => call.startsWith('start'))).toBe(false);
  expect((await runCommand([...build, '--yes', '--readonly'], {engine})).stderr).toMatch(/^read-only: /);
});

test('on a terminal the plan is shown and asked about; only yes starts it', async () => {
  for (const [typed, code] of [
    ['\n', 5],
    ['n\n', 5],
    ['yikes\n', 5],
    ['\u0003', 5],
    ['\u0004', 5],
    ['y\n', 0],
    ['Yes\n', 0],
  ] as const) {
    const fake = openEngine();
    const command = openCommand(build, {engine: fake.engine, terminal: true});
    await command.sees('[y/N] ');
    expect(command.stderr()).toContain('docker build rest-server:latest');
    expect(command.stdout()).toBe('');
    command.type(typed);
    if (code === 0) {
      await command.sees('(run run-1)');
      fake.end('done');
    }
    expect([typed, await command.ended]).toEqual([typed, code]);
    expect(fake.calls.includes('start image build')).toBe(code === 0);
  }
});

test('being told to end while the question stands gives the terminal back and starts nothing', async () => {
  const fake = openEngine();
  const command = openCommand(build, {engine: fake.engine, terminal: true});
  await command.sees('[y/N] ');
  command.signals.emit('SIGTERM');
  expect(await command.ended).toBe(5);
  expect(command.stderr()).toContain(': Not approved: nothing was done.');
  expect(command.signals.listenerCount('SIGTERM')).toBe(0);
  expect(fake.calls.some((call) => call.startsWith('start'))).toBe(false);
});

test('a run is told task by task, with the output of those that fail, and ends with 1', async () => {
  const fake = openEngine({}, {'build/b': ['Step 1/2', '\u001b[31mno such file\u001b[0m']});
  const command = await started([...build, '--yes'], fake);
  fake.task('build/a', 'running');
  fake.task('build/a', 'done', {note: '14 MB'});
  fake.task('build/b', 'running');
  fake.task('build/b', 'failed', {
    problem: {code: 'build-failed', message: 'Step 2 ended with 1.', detail: 'no such file', hint: 'Mend it.'},
  });
  fake.task('build/c', 'skipped', {because: 'because Build b failed'});
  fake.end('failed', {code: 'run-failed', message: '1 of 12 tasks failed.'});
  expect(await command.ended).toBe(1);
  const lines = command.stdout().replaceAll(/^(\d\d:\d\d:\d\d| {8}) {2}/gm, '');
  expect(lines).toContain('follow it elsewhere: pai-tui run attach run-1\n');
  expect(lines).toContain('start    Build a\ndone     Build a  9.2s  changed  14 MB\n');
  expect(lines).toContain(
    'failed   Build b\n  | Step 1/2\n  | no such file\nskipped  Build c  because Build b failed\n',
  );
  expect(lines).toMatch(/failed after 1m01s: 1 of \d+ done \(1 changed\), 1 failed, 1 skipped\n$/);
  expect(command.stderr()).toBe(
    'build-failed: Step 2 ended with 1.\nhint: Mend it.\nrun-failed: 1 of 12 tasks failed.\n',
  );
  expect(fake.openStores()).toBe(0);
});

test('-v prints every line of every task with its task', async () => {
  const fake = openEngine({}, {'build/a': ['one', 'two']});
  const command = await started([...build, '--yes', '-v'], fake);
  fake.task('build/a', 'running');
  fake.task('build/a', 'done');
  fake.end('done');
  expect(await command.ended).toBe(0);
  expect(command.stdout()).toMatch(/start {4}Build a\n\[build\/a\] one\n\[build\/a\] two\n {10}done {5}Build a/);
});

test('-v tells a line that the task waits at, and tells it once', async () => {
  const fake = openEngine();
  const lines = createStore(['first', 'Password']);
  const engine: Engine = {
    ...fake.engine,
    runs: {
      ...fake.engine.runs,
      output: () => ({
        get: () => ({
          lineCount: lines.get().length,
          leftOutBytes: 0,
          ended: lines.get().length > 3,
          lines: (from, to) =>
            lines
              .get()
              .slice(from, to)
              .map((text) => ({text})),
          search: () => [],
          files: [],
        }),
        subscribe: lines.subscribe,
        close() {},
      }),
    },
  };
  const command = await started([...build, '--yes', '-v'], {...fake, engine});
  fake.task('build/a', 'running');
  await command.sees('[build/a] Password\n');
  lines.set(['first', 'Password', 'half']);
  await command.sees('[build/a] half\n');
  lines.set(['first', 'Password', 'half a line', 'last']);
  fake.task('build/a', 'done');
  fake.end('done');
  expect(await command.ended).toBe(0);
  const told = command.stdout().match(/^\[build\/a\] .*$/gm);
  expect(told).toEqual(['first', 'Password', 'half', 'half a line', 'last'].map((line) => `[build/a] ${line}`));
});

test('with --json the events of the journal come one a line, run-ended last', async () => {
  const fake = openEngine();
  const journal = join(folder, 'journal.jsonl');
  const event = (type: object) => `${JSON.stringify({at: 1, up: 1, ...type})}\n`;
  writeFileSync(journal, event({type: 'task-started', task: 'build/a', attempt: 1}));
  const command = await started([...build, '--yes', '--json'], fake);
  appendFileSync(journal, event({type: 'task-done', task: 'build/a', changed: true}).slice(0, 20));
  fake.task('build/a', 'running');
  appendFileSync(journal, event({type: 'task-done', task: 'build/a', changed: true}).slice(20));
  appendFileSync(journal, event({type: 'run-ended', outcome: 'done'} satisfies Partial<RunEvent>));
  fake.end('done');
  expect(await command.ended).toBe(0);
  const types = command
    .stdout()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  expect(types).toEqual(['task-started', 'task-done', 'run-ended']);
});

test('Ctrl-C asks the run to stop, again presses it, a third time leaves it alone', async () => {
  const fake = openEngine();
  const command = await started([...build, '--yes'], fake);
  command.signals.emit('SIGINT');
  command.signals.emit('SIGINT');
  await command.sees('Stopping at once');
  expect(fake.calls.filter((call) => call.startsWith('cancel'))).toEqual(['cancel run-1', 'cancel run-1']);
  fake.end('stopped', {code: 'stopped', message: 'Stopped by ops@jump1.'});
  expect(await command.ended).toBe(5);
  expect(command.signals.listenerCount('SIGINT')).toBe(0);

  const other = openEngine();
  const left = await started([...build, '--yes'], other);
  for (const _ of [1, 2, 3]) left.signals.emit('SIGINT');
  expect(await left.ended).toBe(5);
  expect(left.stderr()).toContain(
    'The run goes on without this command. Come back to it with: pai-tui run attach run-1',
  );
});

test('what is critical is named before a second Ctrl-C stops it', async () => {
  const fake = openEngine();
  const command = await started([...build, '--yes'], fake);
  fake.task('etcd/join', 'running', {title: 'Join etcd', critical: true});
  fake.task('build/a', 'running');
  command.signals.emit('SIGINT');
  await command.sees('Ctrl-C again stops that too');
  expect(command.stderr()).toMatch(/^Stopping: .* Critical and not interrupted: Join etcd\./);
  command.signals.emit('SIGINT');
  await command.sees('Stopping at once, also what is critical: Join etcd.');
  fake.end('stopped');
  expect(await command.ended).toBe(5);
});

test.each(['SIGTERM', 'SIGHUP'])(
  '%s ends the following, says where to follow it, and leaves the run going',
  async (signal) => {
    const fake = openEngine();
    const command = await started([...build, '--yes'], fake);
    command.signals.emit(signal);
    expect(await command.ended).toBe(5);
    expect(command.stderr()).toBe(
      'The run goes on without this command. Come back to it with: pai-tui run attach run-1\n',
    );
    expect(fake.calls.filter((call) => call.startsWith('cancel'))).toEqual([]);
    expect(fake.openStores()).toBe(0);
    for (const one of ['SIGINT', 'SIGTERM', 'SIGHUP']) expect(command.signals.listenerCount(one)).toBe(0);
  },
);

test('a terminal has one status line below what was told, and it is gone at the end', async () => {
  const fake = openEngine();
  const command = await started([...build, '--yes'], fake, {terminal: true, environment: {LANG: 'C'}});
  fake.task('build/a', 'running');
  await command.sees('Build a 1');
  fake.task('build/a', 'done');
  fake.end('done');
  expect(await command.ended).toBe(0);
  expect(command.stderr()).toMatch(/\r[-|/\\] \d+\/\d+ {2}.*Build a 1\ds/);
  expect(command.stderr().endsWith('\r\u001b[K')).toBe(true);
});

test.each([
  [['--json'], {terminal: true}],
  [['-v'], {terminal: true}],
  [[], {terminal: true, environment: {TERM: 'dumb'}}],
  [[], {terminal: false}],
] as const)('no status line with %j on %j', async (flags, options) => {
  const fake = openEngine();
  const command = await started([...build, '--yes', ...flags], fake, options);
  fake.task('build/a', 'running');
  fake.end('done');
  expect(await command.ended).toBe(0);
  expect(command.stderr()).not.toContain('\u001b[K');
});

test('Ctrl-C while the runner comes up stops the run as soon as there is one', async () => {
  const fake = openEngine();
  let go: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const engine: Engine = {
    ...fake.engine,
    async start(proposal) {
      await gate;
      return fake.engine.start(proposal);
    },
  };
  const command = openCommand([...build, '--yes'], {engine});
  while (command.signals.listenerCount('SIGINT') === 0 || !fake.calls.some((call) => call.startsWith('propose'))) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise((resolve) => setImmediate(resolve));
  command.signals.emit('SIGINT');
  go();
  await command.sees('Stopping: nothing new starts');
  expect(fake.calls).toContain('cancel run-1');
  fake.end('stopped');
  expect(await command.ended).toBe(5);
});

test('Ctrl-C while facts are read ends before anything is started', async () => {
  const fake = openEngine({propose: 'pending'});
  const command = openCommand([...build, '--yes'], {engine: fake.engine});
  while (!fake.calls.some((call) => call.startsWith('propose'))) await new Promise((resolve) => setTimeout(resolve, 1));
  command.signals.emit('SIGINT');
  expect(await command.ended).toBe(5);
  expect(command.stderr()).toContain('stopped: Stopped before anything was started.');
});

test('looking on a run is ended by Ctrl-C without touching the run', async () => {
  const fake = openEngine({runs: [runOf({id: 'run-1', status: 'running', tasks: [taskState('build/a', 'running')]})]});
  const command = openCommand(['run', 'attach', 'run-1'], {engine: fake.engine});
  await command.sees('start    Build a');
  command.signals.emit('SIGINT');
  expect(await command.ended).toBe(5);
  expect(fake.calls.filter((call) => call.startsWith('cancel'))).toEqual([]);
});

test('a reader that goes away ends the following quietly and leaves the run going', async () => {
  const fake = openEngine();
  const command = await started([...build, '--yes'], fake);
  command.breakStdout();
  expect(await command.ended).toBe(5);
  expect(command.stderr()).toMatch(/^The run goes on without this command/);
  expect(fake.openStores()).toBe(0);
});

test.each([
  ['lock-held', 4],
  ['engine-unreachable', 6],
  ['registry-login', 6],
  ['run-failed', 1],
] as const)('a run that ended with %s before it changed anything ends with %i', async (code, expected) => {
  const fake = openEngine();
  const command = await started([...build, '--yes'], fake);
  fake.end('failed', {code, message: 'It did not work.'});
  expect(await command.ended).toBe(expected);
});

test('once something was changed, a failed run ends with 1 whatever it was', async () => {
  const fake = openEngine();
  const command = await started([...build, '--yes'], fake);
  fake.task('build/a', 'done', {changed: true});
  fake.end('failed', {code: 'engine-unreachable', message: 'The engine is gone.'});
  expect(await command.ended).toBe(1);
});

test.each([
  ['every task failed for what cannot be reached', ['registry-unreachable', 'registry-login', 'skipped'], 6],
  ['one failed for another reason', ['registry-unreachable', 'push-failed', 'skipped'], 1],
  ['one was done already', ['registry-unreachable', 'done', 'skipped'], 1],
] as const)('a run in which %s (%j) ends with %i', async (_what, ends, expected) => {
  const fake = openEngine();
  const command = await started([...build, '--yes'], fake);
  for (const [index, end] of ends.entries()) {
    const task = `build/${['a', 'b', 'c'][index]}`;
    if (end === 'done' || end === 'skipped') fake.task(task, end, {changed: false});
    else fake.task(task, 'failed', {problem: {code: end, message: 'No.'}});
  }
  fake.end('failed', {code: 'run-failed', message: 'Tasks failed.'});
  expect(await command.ended).toBe(expected);
});

test('a task that waits for its next try is told with the reason', async () => {
  const fake = openEngine();
  const command = await started([...build, '--yes'], fake);
  fake.task('build/a', 'running');
  await command.sees('start    Build a');
  fake.task('build/a', 'running', {problem: {code: 'registry-unreachable', message: 'It is down.'}});
  await command.sees('again    Build a  It is down.');
  fake.end('failed', {code: 'run-failed', message: '1 task failed.'});
  await command.ended;
  expect(command.stdout().match(/start {4}Build a\n/g)).toHaveLength(1);
});

test('a runner that dies under the command is told with the way on', async () => {
  const fake = openEngine();
  const command = await started([...build, '--yes'], fake);
  fake.end('interrupted');
  expect(await command.ended).toBe(1);
  expect(command.stderr()).toContain('hint: Go on where it stopped with: pai-tui run resume run-1');
});

test('run resume shows what is left and needs approval; run repeat makes a new plan', async () => {
  const interrupted = runOf({
    id: 'run-1',
    status: 'interrupted',
    tasks: [
      taskState('build/a', 'done'),
      taskState('build/b', 'waiting', {does: [{kind: 'docker', call: 'build', image: 'b'}]}),
    ],
  });
  const fake = openEngine({runs: [interrupted]});
  expect((await runCommand(['run', 'resume', 'run-1'], {engine: fake.engine})).code).toBe(4);
  const command = openCommand(['run', 'resume', 'run-1'], {engine: fake.engine, terminal: true});
  await command.sees('1 of 2 tasks are left:\n  Build b\n      docker build b\n');
  await command.sees('[y/N] ');
  command.type('y\n');
  while (!fake.calls.includes('resume run-1')) await new Promise((resolve) => setTimeout(resolve, 1));
  fake.end('done');
  expect(await command.ended).toBe(0);

  const repeat = await runCommand(['run', 'repeat', 'run-1', '--dry-run'], {engine: fake.engine});
  expect(repeat.code).toBe(0);
  expect(fake.calls).toContain('propose image build');
});

test('--readonly changes nothing about a run', async () => {
  const fake = openEngine({runs: [runOf({id: 'run-1', status: 'running', tasks: []})]});
  for (const verb of ['resume', 'repeat', 'cancel']) {
    const {code, stderr} = await runCommand(
      ['run', verb, 'run-1', '--readonly', ...(verb === 'cancel' ? [] : ['--yes'])],
      {
        engine: fake.engine,
      },
    );
    expect([verb, code]).toEqual([verb, 4]);
    expect(stderr).toMatch(/^read-only: /);
  }
  expect(fake.calls.filter((call) => /^(start|cancel|resume)/.test(call))).toEqual([]);
});

test('run cancel asks once, and says what a second time does', async () => {
  const fake = openEngine({runs: [runOf({id: 'run-1', status: 'running', tasks: []})]});
  expect((await runCommand(['run', 'cancel', 'run-1'], {engine: fake.engine})).stdout).toContain('nothing new starts');
  expect((await runCommand(['run', 'cancel', 'run-1', '--json'], {engine: fake.engine})).stdout).toBe(
    '{"run":"run-1","cancel":2}\n',
  );
});

test('run cancel of a run that has ended has nothing to do', async () => {
  const fake = openEngine({runs: [runOf({id: 'run-1', status: 'failed', tasks: []})]});
  const {code, stdout} = await runCommand(['run', 'cancel', 'run-1'], {engine: fake.engine});
  expect({code, stdout}).toEqual({code: 0, stdout: 'Nothing to do: run-1 has ended (failed).\n'});
  const {stdout: json} = await runCommand(['run', 'cancel', 'run-1', '--json'], {engine: fake.engine});
  expect(JSON.parse(json)).toEqual({run: 'run-1', status: 'failed'});
  expect(fake.calls).toEqual([]);
});

test('run export never writes over a file', async () => {
  const fake = openEngine({runs: [runOf({id: 'run-1', status: 'done', tasks: []})]});
  writeFileSync(join(folder, 'there.tar.gz'), '');
  const taken = await runCommand(['run', 'export', 'run-1', '-o', 'there.tar.gz'], {engine: fake.engine, cwd: folder});
  expect(taken.code).toBe(2);
  await runCommand(['run', 'export', 'run-1'], {engine: fake.engine, cwd: folder});
  expect(fake.calls.filter((call) => call.startsWith('export'))).toEqual([
    `export run-1 ${join(folder, 'run-1.tar.gz')}`,
  ]);
});

test('an old spelling is carried out and says what it is called today', async () => {
  const fake = openEngine();
  const {stderr} = await runCommand(['build', '-c', '/cfg', '-s', 'WebPortal', '--source', '/srv/pai', '--dry-run'], {
    engine: fake.engine,
  });
  expect(stderr).toBe(
    'note: "build -c /cfg -s WebPortal --source /srv/pai --dry-run" is an old spelling; today it is: pai-tui image build --config /cfg --source /srv/pai --dry-run webportal\n',
  );
  expect(fake.calls).toContain('propose image build webportal');
});

test('an old spelling in a script is told to approve the plan', async () => {
  const fake = openEngine();
  const {code, stderr} = await runCommand(['build', '-c', '/cfg', '--source', '/srv/pai'], {engine: fake.engine});
  expect(code).toBe(4);
  expect(stderr).toMatch(
    /^note: .* \(without a terminal add --yes: the plan is approved first now\)\napproval-missing: /,
  );
});

test('docker_build.py builds and then pushes; a failed build pushes nothing', async () => {
  const argv = ['docker_build.py', '-p', '/cfg', '--source', '/srv/pai', '--yes'];
  const fake = openEngine();
  const command = await started(argv, fake);
  fake.end('done');
  await command.sees('(run run-2)');
  fake.update('run-2', (view) => ({...view, state: {...view.state, status: 'done'}}));
  expect(await command.ended).toBe(0);
  expect(fake.calls.filter((call) => call.startsWith('start'))).toEqual(['start image build', 'start image push']);

  const failing = openEngine();
  const other = await started(argv, failing);
  failing.end('failed');
  expect(await other.ended).toBe(1);
  expect(failing.calls.filter((call) => call.startsWith('start'))).toEqual(['start image build']);
});
