import {execFileSync} from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {ImageRequest} from '../../src/engine/api.ts';
import {createEngine} from '../../src/engine/engine.ts';
import {planHash} from '../../src/engine/plan/hash.ts';
import {outlineOf} from '../../src/engine/plan/outline.ts';
import type {RunEvent} from '../../src/engine/run/events.ts';
import {emptyRun, fold} from '../../src/engine/run/fold.ts';
import {leaveRunner, type RunFolder, runFolder, writeJson, writeRunner} from '../../src/engine/run/folder.ts';
import {openJournal, readJournal} from '../../src/engine/run/journal.ts';
import {leftOutBytes, openOutput} from '../../src/engine/run/output.ts';
import {thisProcess} from '../../src/engine/run/process.ts';
import {pruneRuns} from '../../src/engine/run/prune.ts';
import {readRequest, readRunner} from '../../src/engine/run/read-record.ts';
import {createRedactor} from '../../src/engine/run/redact.ts';
import {reportOf} from '../../src/engine/run/report.ts';
import type {Store} from '../../src/engine/store.ts';
import {clock, makePlace, type Place, runnerGone, runsOf, sixPlan, start, until} from './a-run.ts';

const day = 24 * 60 * 60 * 1000;
let place: Place;
beforeEach(() => {
  place = makePlace();
});
afterEach(async () => {
  for (const {folder, status} of await runsOf(place).list()) {
    const record = readRunner(runFolder(folder));
    if (record && status === 'running' && record.pid !== process.pid) process.kill(record.pid, 'SIGKILL');
  }
  place.remove();
});

const deadProcess = {...thisProcess(), pid: 2 ** 22 + 1};

/** A run's folder as a runner leaves it, written by hand: done, running (by this process) or of a killed runner. */
function leaveRun(
  id: string,
  how: 'done' | 'failed' | 'running' | 'killed',
  {cluster = 'cluster', at = 0, took = 100} = {},
): RunFolder {
  const run = runFolder(join(place.home, cluster, 'runs', id));
  mkdirSync(run.folder, {recursive: true});
  const {request, plan} = sixPlan(place);
  const tasks = plan.tasks.map(outlineOf);
  writeJson(run.request, {
    run: id,
    request,
    planHash: planHash(plan),
    who: 'ann@box',
    from: '10.0.0.9',
    programVersion: '1',
    at,
  });
  writeJson(run.plan, {operation: plan.operation, title: plan.title, tasks, notices: []});
  writeJson(run.facts, 'facts 1');
  const process = how === 'running' ? thisProcess() : deadProcess;
  writeRunner(run, {...process, programVersion: '1', ready: true});
  append(run, {
    at,
    up: 0,
    type: 'run-started',
    run: id,
    operation: plan.operation,
    title: plan.title,
    planHash: planHash(plan),
    runner: 1,
    bootId: process.bootId,
    tasks,
  });
  append(run, {at, up: 1, type: 'task-started', task: 'write/a', attempt: 1});
  append(run, {at, up: 2, type: 'task-done', task: 'write/a', changed: true, result: 'a()'});
  if (how === 'done' || how === 'failed') append(run, {at: at + took, up: took, type: 'run-ended', outcome: how});
  return run;
}

function append(run: RunFolder, event: RunEvent): void {
  const journal = openJournal(run.journal);
  journal.append(event);
  journal.close();
}

function say(run: RunFolder, task: string, text: string): void {
  const output = openOutput({runFolder: run.folder, task, redactor: createRedactor([]), clock, onFull: () => {}});
  output.write(text);
  output.close();
}

/** Resolves once a store's value is as wanted, hearing of it by its own word alone. */
function becomes<T>(store: Store<T>, wanted: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const look = () => {
      if (!wanted(store.get())) return;
      unsubscribe();
      resolve(store.get());
    };
    const unsubscribe = store.subscribe(look);
    look();
  });
}

describe('the list of runs', () => {
  test('is newest first over all clusters, with outcome, who and counts', async () => {
    leaveRun('20260101-000000-six-tasks', 'done', {at: 1000});
    leaveRun('20260103-000000-six-tasks', 'failed', {cluster: 'prod'});
    leaveRun('20260102-000000-six-tasks', 'running');
    leaveRun('20260104-000000-six-tasks', 'killed', {cluster: 'prod'});
    const list = await runsOf(place).list();
    expect(list.map(({id, status}) => [id.slice(6, 8), status])).toEqual([
      ['04', 'interrupted'],
      ['03', 'failed'],
      ['02', 'running'],
      ['01', 'done'],
    ]);
    expect(list.at(-1)).toMatchObject({
      operation: 'six tasks',
      title: 'Write six files',
      who: 'ann@box from 10.0.0.9',
      startedAt: 1000,
      endedAt: 1100,
      tasks: {total: 6, done: 1, failed: 0, changed: 1},
      folder: join(place.home, 'cluster', 'runs', '20260101-000000-six-tasks'),
    });
  });

  test('is empty without a state folder, and passes over what is no run', async () => {
    expect(await runsOf({...place, home: join(place.home, 'nowhere')}).list()).toEqual([]);
    mkdirSync(join(place.home, 'cluster', 'runs', 'rubbish'), {recursive: true});
    writeFileSync(join(place.home, 'file'), '');
    expect(await runsOf(place).list()).toEqual([]);
  });

  test('kept up to date hears of new runs, of their end, and of clusters that were not there', async () => {
    const store = runsOf(place).watchList();
    expect(store.get()).toEqual([]);
    const run = leaveRun('20260101-000000-six-tasks', 'running');
    await becomes(store, ([first]) => first?.status === 'running');
    append(run, {at: 1, up: 1, type: 'run-ended', outcome: 'stopped'});
    await becomes(store, ([first]) => first?.status === 'stopped');
    leaveRun('20260102-000000-six-tasks', 'done', {cluster: 'another'});
    await becomes(store, (list) => list.length === 2);
    store.close();
  });
});

describe('the id of a run', () => {
  beforeEach(() => {
    leaveRun('20260101-000000-six-tasks', 'done');
    leaveRun('20260102-000000-six-tasks', 'done');
    leaveRun('20260102-000000-six-tasks-2', 'done');
  });
  const idOf = async (id: string) => (await runsOf(place).show(id)).summary.id;

  test('is found by itself, by a unique beginning, and as the last one', async () => {
    expect(await idOf('20260102-000000-six-tasks')).toBe('20260102-000000-six-tasks');
    expect(await idOf('20260101')).toBe('20260101-000000-six-tasks');
    expect(await idOf('last')).toBe('20260102-000000-six-tasks-2');
  });

  test('that fits several or none is refused with those that come near', async () => {
    await expect(idOf('20260102')).rejects.toMatchObject({
      problem: {code: 'unknown-run', message: '20260102 is the beginning of 2 runs.'},
    });
    await expect(idOf('20260101-000000-six-taks')).rejects.toMatchObject({
      problem: {code: 'unknown-run', hint: expect.stringContaining('20260101-000000-six-tasks')},
    });
    await expect(idOf('')).rejects.toMatchObject({problem: {code: 'unknown-run', message: 'No run was named.'}});
    await expect(idOf('../../etc')).rejects.toMatchObject({problem: {code: 'unknown-run'}});
  });
});

describe('a run that is looked at', () => {
  test('tells how long its like took before: the median of those that were done', async () => {
    for (const [index, took] of [900, 100, 300].entries())
      leaveRun(`2026010${index + 1}-000000-six-tasks`, 'done', {took});
    leaveRun('20260104-000000-six-tasks', 'failed', {took: 5});
    leaveRun('20260105-000000-six-tasks', 'running');
    expect((await runsOf(place).show('last')).usualMs).toBe(300);
    expect(await runsOf(place).show('20260101')).not.toHaveProperty('usualMs');
  });

  test('that was interrupted says why and what resume would do', async () => {
    const run = leaveRun('20260101-000000-six-tasks', 'killed');
    append(run, {at: 1, up: 1, type: 'task-started', task: 'write/b', attempt: 1});
    const words = async () => (await runsOf(place).show('last')).explanation;
    const would = 'Resume would run 5 tasks, write/b from the beginning. 1 task stays done if a check finds it so.';
    expect(await words()).toBe(`The runner (process ${deadProcess.pid}) was killed. ${would}`);
    writeRunner(run, {...deadProcess, bootId: 'before', programVersion: '1', ready: true});
    expect(await words()).toBe(`The machine was rebooted while the runner was at work. ${would}`);
  });

  describe('after it was interrupted says of each way a runner can go why, and what resume would do', () => {
    const record = {...deadProcess, programVersion: '1', ready: true};
    const would = 'Resume would run 5 tasks. 1 task stays done if a check finds it so.';
    const words = async () => (await runsOf(place).show('last')).explanation;
    let run: RunFolder;
    beforeEach(() => {
      run = leaveRun('20260101-000000-six-tasks', 'killed');
    });

    test('a crash, with its error', async () => {
      writeFileSync(
        run.runnerLog,
        'node:internal\n\nRangeError: Out of \u001b[31mmemory\n    at x (y.ts:1:1)\n\nNode.js v24\n',
      );
      expect(await words()).toBe(
        `The runner (process ${deadProcess.pid}) crashed; runner.log ends with: RangeError: Out of memory. ${would}`,
      );
    });

    test('a kill, although an earlier runner crashed', async () => {
      writeFileSync(run.runnerLog, 'RangeError: of an earlier runner\n');
      utimesSync(run.runnerLog, 1, 1);
      expect(await words()).toBe(`The runner (process ${deadProcess.pid}) was killed. ${would}`);
    });

    test('a full disk it could still tell of', async () => {
      leaveRunner(run, record, {code: 'disk-full', message: 'The disk is full.', hint: 'Make room.'});
      expect(await words()).toBe(`The disk is full. Make room. ${would}`);
    });

    test('tasks that were at work, that had failed, and that were never begun', async () => {
      append(run, {at: 1, up: 1, type: 'task-started', task: 'write/b', attempt: 1});
      append(run, {at: 1, up: 1, type: 'task-started', task: 'write/c', attempt: 1});
      append(run, {at: 1, up: 1, type: 'task-failed', task: 'write/c', problem: {code: 'bug', message: 'No.'}});
      expect(await words()).toContain(
        'Resume would run 5 tasks, write/b from the beginning, write/c again after failing. 1 task stays done',
      );
    });

    test('nothing left but the end', async () => {
      for (const task of ['b', 'c', 'd', 'e', 'f'])
        append(run, {at: 1, up: 1, type: 'task-done', task: `write/${task}`, changed: true});
      expect(await words()).toContain(
        'was killed. Every task is done; resume would check that they still are, and end the run.',
      );
    });
  });

  test('follows its journal, and notices when the runner is gone', async () => {
    const run = leaveRun('20260101-000000-six-tasks', 'running');
    const store = runsOf(place).follow('last');
    expect(store.get().state.tasks[0]?.status).toBe('done');
    append(run, {at: 1, up: 1, type: 'task-started', task: 'write/b', attempt: 1});
    await becomes(store, ({state}) => state.tasks[1]?.status === 'running');
    writeRunner(run, {...deadProcess, programVersion: '1', ready: true});
    const view = await becomes(store, ({summary}) => summary.status === 'interrupted');
    expect(view.explanation).toContain('was killed');
    store.close();
  });

  test('that is removed while it is followed ends as interrupted, without a word of trouble', async () => {
    const run = leaveRun('20260101-000000-six-tasks', 'running');
    const runs = runsOf(place);
    const [store, output] = [runs.follow('last'), runs.output('last', 'write/a')];
    rmSync(run.folder, {recursive: true});
    await becomes(store, ({summary}) => summary.status === 'interrupted');
    await becomes(output, ({ended}) => ended);
    store.close();
    output.close();
  });

  test('is the same object until something happens', async () => {
    leaveRun('20260101-000000-six-tasks', 'running');
    const store = runsOf(place).follow('last');
    const first = store.get();
    await clock.sleep(20);
    expect(store.get()).toBe(first);
    store.close();
  });

  test('that nobody has a runner for yet waits, with its plan; after a minute it is interrupted', async () => {
    const run = leaveRun('20260101-000000-six-tasks', 'running', {at: clock.now()});
    execFileSync('rm', [run.journal, run.runner]);
    expect(await runsOf(place).show('last')).toMatchObject({summary: {status: 'waiting', tasks: {total: 6}}});
    leaveRun('20260102-000000-six-tasks', 'running', {at: clock.now() - 61_000});
    const late = runFolder(join(place.home, 'cluster', 'runs', '20260102-000000-six-tasks'));
    execFileSync('rm', [late.journal, late.runner]);
    expect((await runsOf(place).show('last')).explanation).toContain('The runner never came up.');
  });

  test('waits for its runner although the clock was set back, but not for ever', async () => {
    const run = leaveRun('20260101-000000-six-tasks', 'running', {at: clock.now() + 5_000});
    execFileSync('rm', [run.journal, run.runner]);
    expect((await runsOf(place).show('last')).summary.status).toBe('waiting');
    const far = leaveRun('20260102-000000-six-tasks', 'running', {at: clock.now() + 3_600_000});
    execFileSync('rm', [far.journal, far.runner]);
    expect((await runsOf(place).show('last')).summary.status).toBe('interrupted');
  });

  test('is never the last one as long as its request is not written down', async () => {
    const run = leaveRun('20260101-000000-six-tasks', 'done');
    mkdirSync(join(place.home, 'cluster', 'runs', '20260102-000000-six-tasks'));
    expect((await runsOf(place).show('last')).summary.id).toBe(run.run);
  });

  test('says which secrets its operator gave, and holds none of them', async () => {
    const run = await start(place);
    await runnerGone(run);
    expect((await runsOf(place).show(run.run)).given).toEqual(['password']);
    expect(readFileSync(run.request, 'utf8')).not.toContain('pa55');
  });

  test('gives back what was asked for', async () => {
    leaveRun('20260101-000000-six-tasks', 'done');
    expect(await runsOf(place).requestOf('last')).toEqual(sixPlan(place).request);
  });
});

test('the last words of a runner need no room on the disk', () => {
  const run = leaveRun('20260101-000000-six-tasks', 'killed');
  const {size} = statSync(run.runner);
  const record = {...deadProcess, programVersion: '1', ready: true};
  leaveRunner(run, record, {code: 'bug', message: 'No.', detail: 'a stack '.repeat(20)});
  expect(statSync(run.runner).size).toBe(size);
  expect(readRunner(run)?.left?.detail).toContain('a stack');
  leaveRunner(run, record, {code: 'bug', message: 'No.', detail: 'a stack '.repeat(20_000)});
  expect(statSync(run.runner).size).toBe(size);
  expect(readRunner(run)?.left).toEqual({code: 'bug', message: 'No.'});
});

describe('a run that takes data away and was interrupted', () => {
  const touching = (run: RunFolder, touches: string) => {
    const {plan} = sixPlan(place);
    const tasks = plan.tasks.map((task) => ({...outlineOf(task), touches}));
    writeJson(run.plan, {operation: plan.operation, title: plan.title, tasks, notices: []});
  };

  test('is not resumed after another run was at the same machines', async () => {
    touching(leaveRun('20260101-000000-six-tasks', 'killed', {at: 1000}), 'data');
    touching(leaveRun('20260102-000000-six-tasks', 'done', {at: 2000}), 'a machine');
    await expect(runsOf(place).resume('20260101')).rejects.toMatchObject({
      problem: {
        code: 'plan-changed',
        message:
          'Run 20260101-000000-six-tasks takes data away, and run 20260102-000000-six-tasks has been at the same machines since it was approved.',
      },
    });
  });

  test('goes on where all others were before it, or at other machines', async () => {
    touching(leaveRun('20260101-000000-six-tasks', 'done', {at: 1000}), 'a machine');
    touching(leaveRun('20260102-000000-six-tasks', 'killed', {at: 2000}), 'data');
    touching(leaveRun('20260103-000000-six-tasks', 'done', {at: 3000, cluster: 'prod'}), 'a machine');
    touching(leaveRun('20260104-000000-six-tasks', 'done', {at: 4000}), 'this computer');
    await runsOf(place).resume('20260102');
    await until(() =>
      readJournal(runFolder(join(place.stateFolder, 'runs/20260102-000000-six-tasks')).journal).events.some(
        ({type}) => type === 'run-ended',
      ),
    );
  });
});

describe('the output of a task', () => {
  test('is followed while it grows, and ends with its task', async () => {
    const run = leaveRun('20260101-000000-six-tasks', 'running');
    append(run, {at: 1, up: 1, type: 'task-started', task: 'write/b', attempt: 1});
    const store = runsOf(place).output('last', 'write/b');
    expect(store.get()).toMatchObject({lineCount: 0, ended: false});
    say(run, 'write/b', 'one\n');
    await becomes(store, ({lineCount}) => lineCount === 1);
    say(run, 'write/b', 'two\n');
    const two = await becomes(store, ({lineCount}) => lineCount === 2);
    expect(two.lines(0, 2).map(({text}) => text)).toEqual(['one', 'two']);
    append(run, {at: 2, up: 2, type: 'task-done', task: 'write/b', changed: true});
    await becomes(store, ({ended}) => ended);
    store.close();
  });

  test('of a task that the run does not have is refused with those it has', () => {
    leaveRun('20260101-000000-six-tasks', 'done');
    expect(() => runsOf(place).output('last', 'write/x')).toThrow('has no task write/x');
    expect(() => runsOf(place).output('last', '../../request.json')).toThrow('has no task');
  });

  test('is saved without colours to a new file, and never over one that is there', async () => {
    const run = leaveRun('20260101-000000-six-tasks', 'done');
    say(run, 'write/a', '\u001b[31mred\u001b[0m\n10%\r20%\nend');
    const file = join(place.home, 'saved.txt');
    expect(await runsOf(place).saveOutput('last', 'write/a', file)).toBe(file);
    expect(readFileSync(file, 'utf8')).toBe('red\n20%\nend\n');
    await expect(runsOf(place).saveOutput('last', 'write/a', file)).rejects.toMatchObject({
      problem: {code: 'file-unwritable', message: expect.stringContaining('something of that name already')},
    });
    await expect(runsOf(place).saveOutput('last', 'write/a', join(place.home, 'no', 'x'))).rejects.toThrow(
      'folder is not there',
    );
  });
});

describe('the archive of a run', () => {
  test('holds what support needs, nothing of the tree, and no secret', async () => {
    const run = await start(place);
    await until(() => existsSync(run.report) && readFileSync(run.journal, 'utf8').includes('run-ended'));
    mkdirSync(run.tree, {recursive: true});
    writeFileSync(join(run.tree, 'secret.yaml'), 'pa55 word', {mode: 0o600});
    writeFileSync(join(run.folder, 'rendered.yaml'), 'pa55 word', {mode: 0o600});
    const file = join(place.home, 'support.tar.gz');
    await runsOf(place).export('last', file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const unpacked = join(place.home, '.unpacked');
    mkdirSync(unpacked);
    execFileSync('tar', ['-xzf', file, '-C', unpacked]);
    const names = readdirSync(join(unpacked, run.run)).sort();
    expect(names).toEqual([
      'facts.json',
      'journal.jsonl',
      'output',
      'plan.json',
      'report.md',
      'request.json',
      'runner.json',
      'runner.log',
    ]);
    expect(readdirSync(join(unpacked, run.run, 'output'))).toContain('write~f.log');
    expect(readFileSync(join(unpacked, run.run, 'journal.jsonl'))).toEqual(readFileSync(run.journal));
    expect(() => execFileSync('grep', ['-r', 'pa55', unpacked])).toThrow();
  });

  test('is never written over something, nor into a folder that is not there', async () => {
    leaveRun('20260101-000000-six-tasks', 'done');
    const taken = join(place.home, 'taken');
    writeFileSync(taken, 'mine');
    await expect(runsOf(place).export('last', taken)).rejects.toMatchObject({
      problem: {code: 'file-unwritable', hint: 'Name another file; nothing is written over.'},
    });
    expect(readFileSync(taken, 'utf8')).toBe('mine');
    await expect(runsOf(place).export('last', join(place.home, 'no', 'x'))).rejects.toMatchObject({
      problem: {code: 'file-unwritable', hint: 'Make the folder first, or name another file.'},
    });
    expect(existsSync(join(place.home, 'no'))).toBe(false);
  });

  test('that cannot be made to its end leaves nothing', async () => {
    const run = leaveRun('20260101-000000-six-tasks', 'done');
    mkdirSync(join(run.output, 'write~a.log'), {recursive: true});
    const file = join(place.home, 'support.tar.gz');
    await expect(runsOf(place).export('last', file)).rejects.toMatchObject({problem: {code: 'file-unwritable'}});
    expect(existsSync(file)).toBe(false);
  });

  test('leaves out what is gone by the time it is packed', async () => {
    const run = leaveRun('20260101-000000-six-tasks', 'done');
    mkdirSync(run.config, {recursive: true});
    symlinkSync('/nowhere', join(run.config, 'gone.json'));
    const file = join(place.home, 'support.tar.gz');
    await runsOf(place).export('last', file);
    expect(execFileSync('tar', ['-tzf', file], {encoding: 'utf8'})).not.toContain('gone.json');
  });

  test('has each output in one file, which says how much of it was left out', async () => {
    const run = leaveRun('20260101-000000-six-tasks', 'done');
    const lines = Array.from({length: 2000}, (_each, number) => `line ${String(number).padStart(6, '0')}\n`);
    const output = openOutput({
      runFolder: run.folder,
      task: 'write/a',
      redactor: createRedactor([]),
      clock,
      bound: 4000,
      onFull: () => {},
    });
    for (const line of lines) output.write(line);
    output.close();
    const missing = leftOutBytes(run.folder, 'write/a');
    const file = join(place.home, 'support.tar.gz');
    await runsOf(place).export('last', file);
    const text = execFileSync('tar', ['-xzOf', file, `${run.run}/output/write~a.log`], {encoding: 'utf8'});
    const [head = '', tail = ''] = text.split(/\n\[[\d ]+ bytes left out here\]\n/);
    expect(lines.join('').startsWith(head)).toBe(true);
    expect(lines.join('').endsWith(tail)).toBe(true);
    expect(head.length + missing + tail.length).toBe(lines.join('').length);
    expect(text.replaceAll(' ', '')).toContain(`[${missing}bytesleftouthere]`);
    expect(execFileSync('tar', ['-tzf', file], {encoding: 'utf8'}).match(/write~a\.log/g)).toHaveLength(1);
    const report = reportOf((await runsOf(place).show('last')).state, readRequest(run), (task) =>
      leftOutBytes(run.folder, task),
    );
    expect(report).toContain(`${missing} bytes between them were not`);
    expect(report.match(/between them/g)).toHaveLength(1);
  });
});

test('a report holds nothing that a terminal would obey', () => {
  const run = leaveRun('20260101-000000-six-tasks', 'done');
  const {events} = readJournal(run.journal);
  const problem = {
    code: 'hook-failed',
    message: 'It \u001b[31mfailed.',
    detail: 'one\u0007\ntwo\u001b]0;x\u0007',
  } as const;
  const failed = {at: 2, up: 2, type: 'task-failed', task: 'write/b', problem} as const;
  const report = reportOf([...events, failed].reduce(fold, emptyRun), readRequest(run));
  expect(report).toContain('**hook-failed**: It failed.\n\n    one\n    two');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
});

describe('pruning', () => {
  const ids = () =>
    runsOf(place)
      .list()
      .then((list) => list.map(({id}) => id.slice(0, 8)));
  const prune = (more: {keepBytes?: number} = {}) => pruneRuns({stateHome: place.home, clock, ...more});

  test('removes what is older than 90 days, but nothing that still runs', async () => {
    const now = clock.now();
    leaveRun('20260101-000000-x', 'done', {at: now - 91 * day});
    leaveRun('20260102-000000-x', 'killed', {at: now - 91 * day});
    leaveRun('20260103-000000-x', 'running', {at: now - 91 * day});
    leaveRun('20260104-000000-x', 'killed', {at: now - 89 * day});
    leaveRun('20260105-000000-x', 'done', {at: now - 89 * day});
    expect(
      prune()
        .map((id) => id.slice(0, 8))
        .sort(),
    ).toEqual(['20260101', '20260102']);
    expect(await ids()).toEqual(['20260105', '20260104', '20260103']);
  });

  test('removes the oldest of what is too much, but nothing interrupted or running', async () => {
    const at = clock.now();
    for (const number of [1, 2, 3]) {
      const run = leaveRun(`2026010${number}-000000-x`, number === 1 ? 'killed' : 'done', {at});
      writeFileSync(join(run.folder, 'big'), Buffer.alloc(1 << 20, 'x'));
    }
    expect(prune({keepBytes: 1.5 * (1 << 20)})).toEqual(['20260102-000000-x']);
    expect(await ids()).toEqual(['20260103', '20260101']);
  });

  test('is done whenever a run is started', async () => {
    leaveRun('20260101-000000-x', 'done', {at: clock.now() - 91 * day});
    leaveRun('20260102-000000-x', 'done', {at: clock.now() - 89 * day});
    const engine = createEngine({
      environment: {HOME: place.home},
      stateHome: place.home,
      runnerCommand: ['/bin/false'],
      programVersion: '1',
      assets: '/nowhere',
    });
    const {request, plan} = sixPlan(place);
    const image: ImageRequest = {operation: 'image push', source: place.home, names: []};
    const proposal = {request: {...request, ...image}, facts: null, plan, planHash: 'x', nothingToDo: false};
    await expect(engine.start(proposal)).rejects.toThrow();
    expect((await ids()).filter((id) => id.startsWith('202601'))).toEqual(['20260102']);
  });

  test('removes what was never asked for to the end, after a day', () => {
    const half = runFolder(join(place.home, 'cluster', 'runs', '20260101-000000-x'));
    mkdirSync(half.folder, {recursive: true});
    writeFileSync(half.facts, '{}');
    writeFileSync(`${half.request}.123.new`, '{');
    prune();
    expect(existsSync(half.folder)).toBe(true);
    utimesSync(half.folder, 0, 0);
    prune();
    expect(existsSync(half.folder)).toBe(false);
    mkdirSync(join(half.folder, 'of-somebody'), {recursive: true});
    utimesSync(half.folder, 0, 0);
    prune();
    expect(existsSync(half.folder)).toBe(true);
  });

  test('removes nothing that may not be removed or read, and goes on with the rest', () => {
    mkdirSync(join(place.home, 'cluster', 'runs', '20260101-000000-rubbish'), {recursive: true});
    const torn = leaveRun('20260102-000000-x', 'done', {at: 0});
    writeFileSync(torn.plan, '{');
    leaveRun('20260103-000000-x', 'done', {at: 0});
    expect(prune()).toEqual(['20260103-000000-x']);
    expect(existsSync(torn.folder)).toBe(true);
  });

  test.skipIf(process.getuid?.() !== 0)('leaves runs of another account to it', () => {
    const run = leaveRun('20260101-000000-x', 'done', {at: 0});
    chownSync(run.folder, 65534, 65534);
    expect(prune()).toEqual([]);
    expect(prune({keepBytes: 0})).toEqual([]);
  });

  test('takes a tree with folders nobody may write to with it', () => {
    const run = leaveRun('20260101-000000-x', 'killed', {at: 0});
    mkdirSync(join(run.tree, 'locked'), {recursive: true});
    writeFileSync(join(run.tree, 'locked', 'file'), '');
    chmodSync(join(run.tree, 'locked'), 0o500);
    utimesSync(run.folder, 0, 0);
    expect(prune()).toHaveLength(1);
    expect(existsSync(run.folder)).toBe(false);
  });
});
