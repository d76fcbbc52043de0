import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {planHash} from '../../src/engine/plan/hash.ts';
import {outlineOf} from '../../src/engine/plan/outline.ts';
import type {Operation, RunRequest, Task} from '../../src/engine/plan/types.ts';
import {carryOut} from '../../src/engine/run/carry-out.ts';
import {endedHere} from '../../src/engine/run/ended-here.ts';
import type {Cancel} from '../../src/engine/run/execution.ts';
import {type RunFolder, type RunnerRecord, runFolder, writeJson, writeRunner} from '../../src/engine/run/folder.ts';
import {packSecrets} from '../../src/engine/run/handover.ts';
import {takeLock} from '../../src/engine/run/lock.ts';
import {thisProcess, whoami} from '../../src/engine/run/process.ts';
import {readPlan, readRequest} from '../../src/engine/run/read-record.ts';
import {openRun} from '../../src/engine/run/run-reader.ts';
import {runRunner} from '../../src/engine/run/runner.ts';
import type {RunnerWorld} from '../../src/engine/run/runner-world.ts';
import {createStore} from '../../src/engine/store.ts';
import {eventsOf, stateOf} from './a-run.ts';
import {createFakeClock, type FakeClock} from './fake-clock.ts';
import {createFakeMasters, type FakeMasters} from './fake-masters.ts';
import {plainTools} from './six-tasks.ts';

const three = ['m1', 'm2', 'm3'];
let home: string;
let clock: FakeClock;
let masters: FakeMasters;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pai-run-lock-'));
  clock = createFakeClock();
  masters = createFakeMasters([...three, 'm4'], clock);
});
afterEach(() => rmSync(home, {recursive: true}));

interface Facts {
  readonly masters: readonly string[];
}

/** An operation of two tasks on a cluster, as a test watches and steers it. */
class Scene {
  /** What the runner finds out; the plan was made of three masters. */
  facts: Facts = {masters: three};
  readonly did: string[] = [];
  readonly cancel = createStore<Cancel | undefined>(undefined);
  readonly run: RunFolder;
  /** What the first task waits for. */
  goOn = () => {};
  closeTools: () => Promise<void> = async () => {};
  /** Called as the facts are read. */
  whileReading: (signal: AbortSignal) => Promise<void> = async () => {};

  constructor(request: Partial<RunRequest> = {}, id = '20261128-080000-change-cluster') {
    this.run = runFolder(join(home, 'cluster', 'runs', id));
    mkdirSync(this.run.folder, {recursive: true});
    const whole: RunRequest = {operation: 'change cluster', ...request};
    const plan = this.operation.plan(whole, {masters: three});
    const {operation, title, notices} = plan;
    writeJson(this.run.facts, {masters: three});
    writeJson(this.run.plan, {operation, title, notices, tasks: plan.tasks.map(outlineOf)});
    const asked = {run: id, request: whole, planHash: planHash(plan), who: whoami(), programVersion: '1', at: 0};
    writeJson(this.run.request, {...asked, token: `token-of-${id}`});
  }

  readonly operation: Operation<RunRequest, Facts> = {
    name: 'change cluster',
    locks: () => [{scope: 'machines', of: 'test'}],
    clusterLock: (_request, facts) => ({masters: facts.masters}),
    readFacts: async (_request, _world, signal) => {
      this.did.push(`facts, held by ${masters.holders.length}`);
      await this.whileReading(signal);
      return this.facts;
    },
    plan: () => ({
      operation: 'change cluster',
      title: 'Change the cluster',
      notices: [],
      tasks: [this.task('first', [], {critical: true}), this.task('second', ['first'])],
    }),
  };

  private task(id: string, needs: readonly string[], more: Partial<Task> = {}): Task {
    return {
      id,
      title: `Do ${id}`,
      needs,
      touches: 'the cluster',
      does: [],
      expected: 'change',
      why: [],
      run: async ({signal}) => {
        this.did.push(`${id}, held by ${masters.holders.length}`);
        if (id === 'first')
          await new Promise<void>((resolve, reject) => {
            this.goOn = resolve;
            signal.addEventListener('abort', () => reject(signal.reason as Error));
          });
        return {changed: true, result: id};
      },
      ...more,
    };
  }

  private world(): RunnerWorld {
    return {
      operation: async () => this.operation as Operation,
      tools: () => ({...plainTools(clock), machines: masters}),
      closeTools: () => this.closeTools(),
      clock,
      programVersion: '1',
      stdin: Readable.from([packSecrets(new Map())]),
    };
  }

  /** Without the process around it: resolves with the exit code. */
  carryOut(): Promise<number> {
    return carryOut(this.run, this.world(), new Map(), this.cancel, (text) => text);
  }

  /** As the whole of a runner process. */
  runner(): Promise<number> {
    return runRunner(this.run.folder, this.world());
  }

  /** Lets the first task end, once it runs. */
  async letGo(): Promise<void> {
    await expect.poll(() => this.did.at(-1)).toContain('first');
    this.goOn();
  }
}

describe('a run of an operation that wishes the lock on the cluster', () => {
  test('has it from before the facts are read again until just before its end', async () => {
    const scene = new Scene();
    const typesAtRelease: (string | undefined)[] = [];
    masters.onRelease(() => void typesAtRelease.push(eventsOf(scene.run).at(-1)?.type));
    const ended = scene.carryOut();
    await scene.letGo();
    expect(await ended).toBe(0);
    expect(scene.did).toEqual(['facts, held by 3', 'first, held by 3', 'second, held by 3']);
    expect(typesAtRelease).toEqual(['task-done', 'task-done', 'task-done']);
    expect(masters.holders).toEqual([]);
    expect(clock.sleepers).toBe(0);
  });

  test('says who it is on the masters, and renews it for as long as it is at work', async () => {
    const scene = new Scene();
    const ended = scene.carryOut();
    await expect.poll(() => scene.did.at(-1)).toContain('first');
    expect(masters.holders[0]).toMatch(/^m1: run 20261128-080000-change-cluster of \S+ on \S+ \(process \d+\)$/);
    for (let minute = 0; minute < 10; minute++) await clock.pass(60_000);
    scene.goOn();
    expect(await ended).toBe(0);
  });

  test('is refused while another one holds it, having read and changed nothing', async () => {
    masters.hold(three, 'run 7 of bob', 40);
    const scene = new Scene();
    expect(await scene.carryOut()).toBe(4);
    expect(scene.did).toEqual([]);
    expect(stateOf(scene.run)).toMatchObject({
      status: 'failed',
      problem: {code: 'lock-held', message: 'The cluster is locked by run 7 of bob, for at least 40 s more.'},
    });
    expect(masters.holders).toEqual(three.map((name) => `${name}: run 7 of bob`));
  });

  test('is refused where a holder is gone, with the way to take the lock over', async () => {
    masters.hold(three, 'run 7 of bob', -90);
    const scene = new Scene();
    expect(await scene.carryOut()).toBe(4);
    expect(stateOf(scene.run).problem).toMatchObject({
      code: 'lock-held',
      message: 'The cluster was locked by run 7 of bob, which has not been heard of for 90 s more than its time.',
      hint: expect.stringContaining('`pai-tui run repeat 20261128-080000-change-cluster --take-over-lock`'),
    });
    expect(scene.did).toEqual([]);
  });

  test('takes it over from all who are gone where that was agreed to, and tells so', async () => {
    masters.hold(['m1'], 'run 7 of bob', -90);
    masters.hold(['m2'], 'run 8 of eve', -90);
    masters.cut.add('m3');
    const scene = new Scene({takeOverLock: true});
    const ended = scene.carryOut();
    await scene.letGo();
    expect(await ended).toBe(0);
    const told = (stateOf(scene.run).notices ?? []).map(({message}) => message);
    expect(told).toEqual([
      'The lock of the cluster was left by run 7 of bob, whose time was over; it was taken over, as was agreed.',
      'The lock of the cluster was left by run 8 of eve, whose time was over; it was taken over, as was agreed.',
    ]);
  });

  test('never takes it over from one who lives', async () => {
    masters.hold(three, 'run 7 of bob', 40);
    const scene = new Scene({takeOverLock: true});
    expect(await scene.carryOut()).toBe(4);
    expect(masters.holders).toEqual(three.map((name) => `${name}: run 7 of bob`));
  });

  test('ends with what cannot be reached where no majority of the masters answers', async () => {
    for (const name of ['m1', 'm2']) masters.cut.add(name);
    const scene = new Scene();
    expect(await scene.carryOut()).toBe(6);
    expect(stateOf(scene.run).problem?.message).toBe(
      'The lock of the cluster needs 2 of 3 masters, and 1 can be asked.',
    );
    expect(masters.holders).toEqual([]);
  });

  test('can be stopped while masters hang', async () => {
    for (const name of three) masters.slow.set(name, 3_600_000);
    const scene = new Scene();
    const ended = scene.carryOut();
    await expect.poll(() => masters.asked.size).toBe(3);
    scene.cancel.set({stage: 1, by: 'ann'});
    await clock.pass(10_000);
    expect(await ended).toBe(5);
    expect(stateOf(scene.run)).toMatchObject({status: 'stopped', cancel: {stage: 1, by: 'ann'}});
    expect(scene.did).toEqual([]);
  });

  test('does not try for ever where others have parts of it', async () => {
    const four = [...three, 'm4'];
    masters.hold(['m1', 'm2'], 'run 7 of bob', 600);
    for (const name of four) masters.slow.set(name, 8_000);
    const scene = new Scene();
    scene.operation.clusterLock = () => ({masters: four});
    const ended = scene.carryOut();
    await clock.pass(60_000);
    expect(await ended).toBe(1);
    expect(stateOf(scene.run).problem).toMatchObject({
      code: 'deadline-passed',
      message: 'The lock of the cluster could not be taken within 45 s.',
    });
    expect(masters.holders).toEqual(['m1: run 7 of bob', 'm2: run 7 of bob']);
  });

  test('ends, and lets it go, where the facts name other masters than those it holds', async () => {
    const scene = new Scene();
    scene.facts = {masters: ['m1', 'm2', 'm4']};
    expect(await scene.carryOut()).toBe(4);
    expect(stateOf(scene.run).problem).toMatchObject({
      code: 'plan-changed',
      message: expect.stringContaining('are no longer those whose lock'),
    });
    expect(masters.holders).toEqual([]);
  });

  test('ends though its connections do not', async () => {
    masters.hold(three, 'run 7 of bob', 40);
    const scene = new Scene();
    scene.closeTools = () => new Promise(() => {});
    const ended = scene.carryOut();
    await expect.poll(() => stateOf(scene.run).endedAt).toBeDefined();
    await clock.pass(15_000);
    expect(await ended).toBe(4);
  });

  test('takes none where nothing may be changed', async () => {
    const scene = new Scene({readOnly: true});
    const ended = scene.carryOut();
    await scene.letGo();
    expect(await ended).toBe(0);
    expect(scene.did).toEqual(['facts, held by 0', 'first, held by 0', 'second, held by 0']);
  });
});

describe('a lock that a run of this computer left', () => {
  const other = '20261128-070000-change-cluster';
  const words = `run ${other} of ann on here (process 7)`;
  const nobody = 2 ** 22 + 1;
  /** As a runner leaves it that was killed while a script of its first task was at work on m2. */
  const left = (runner: Partial<RunnerRecord> = {}) => {
    const scene = new Scene({}, other);
    const {operation, title, tasks} = readPlan(scene.run);
    const started = {run: other, operation, title, planHash: 'x', runner: 1, bootId: 'x', tasks};
    const script = {task: 'first', script: {machine: 'm2', processGroup: 4711}};
    const events = [
      {type: 'run-started', ...started},
      {type: 'task-started', task: 'first', attempt: 1},
      {type: 'script-started', ...script},
    ];
    writeFileSync(scene.run.journal, events.map((event) => `${JSON.stringify({at: 0, up: 0, ...event})}\n`).join(''));
    writeRunner(scene.run, {...thisProcess(), pid: nobody, programVersion: '1', ready: true, ...runner});
    masters.hold(three, words, 40, `token-of-${other}`);
    masters.atWork.add(4711);
    return scene;
  };

  test('whose process is gone is taken at once, when what it left at work has ended', async () => {
    left();
    const scene = new Scene();
    const ended = scene.carryOut();
    await expect.poll(() => clock.sleepers).toBeGreaterThan(0);
    expect(scene.did).toEqual([]);
    masters.atWork.clear();
    await clock.pass(5000);
    await scene.letGo();
    expect(await ended).toBe(0);
    expect(stateOf(scene.run).notices?.map(({message}) => message)).toEqual([
      `The lock of the cluster was left by ${words}, a process of this computer that is gone; it was taken over, and what it had left at work was ended, or waited for.`,
    ]);
  });

  test('is taken also where a machine that it was at work on is gone as well, which is told', async () => {
    left();
    masters.cut.add('m2');
    const scene = new Scene();
    const ended = scene.carryOut();
    await scene.letGo();
    expect(await ended).toBe(0);
    expect(stateOf(scene.run).notices?.at(-1)?.message).toBe(
      'Whether it left something at work on m2 could not be found out.',
    );
  });

  test.each<readonly [string, Partial<RunnerRecord>]>([
    ['at work', {pid: process.pid}],
    ['of before a reboot, or of a computer of the same name', {bootId: 'another boot'}],
    ['of another computer', {host: 'elsewhere'}],
  ])('is left to one that is %s', async (_, runner) => {
    left(runner);
    const scene = new Scene();
    expect(await scene.carryOut()).toBe(4);
    expect(masters.holders).toEqual(three.map((name) => `${name}: ${words}`));
  });

  test('is left to one that somebody goes on with, and nobody can while it is taken', () => {
    const {run} = left();
    const ofRunner = () => takeLock(run.folder, 'runner', run.run, 0);
    const here = runFolder(join(home, 'cluster', 'runs', 'another'));
    const ended = endedHere(`token-of-${other}`, here, 0);
    expect(ended?.run.run).toBe(other);
    expect(ofRunner).toThrow('is locked by');
    ended?.release();
    const goesOn = ofRunner();
    expect(endedHere(`token-of-${other}`, here, 0)).toBeUndefined();
    goesOn.release();
    expect(endedHere('token of nobody', here, 0)).toBeUndefined();
  });
});

describe('a run that loses the lock on the cluster', () => {
  const lose = async () => {
    for (const name of ['m1', 'm2']) masters.cut.add(name);
    await clock.pass(60_000);
  };

  test('while it reads facts ends as refused', async () => {
    const scene = new Scene();
    scene.whileReading = lose;
    expect(await scene.carryOut()).toBe(4);
    expect(stateOf(scene.run).problem).toMatchObject({
      code: 'lock-held',
      message: 'The lock of the cluster could not be renewed on a majority of the masters in time.',
    });
    expect(scene.did).toHaveLength(1);
  });

  test('in the middle of a critical task aborts it, begins nothing more, and can go on with a lock of its own', async () => {
    const scene = new Scene();
    const first = scene.runner();
    await expect.poll(() => scene.did.at(-1)).toContain('first');
    await lose();
    expect(await first).toBe(4);
    const {status, state, explanation} = openRun(scene.run, clock);
    expect(status).toBe('interrupted');
    expect(state.tasks.map((task) => task.status)).toEqual(['stopped', 'waiting']);
    expect(state.endedAt).toBeUndefined();
    expect(state.notices).toMatchObject([{code: 'lock-held', severity: 'warning'}]);
    expect(explanation()).toBe(
      'The lock of the cluster could not be renewed on a majority of the masters in time. Somebody else may take it from now on, so nothing more is begun. Go on when the masters can be reached. Resume would run 2 tasks, first from the beginning.',
    );
    masters.cut.clear();
    const second = scene.runner();
    await expect.poll(() => scene.did.length).toBe(3);
    scene.goOn();
    expect(await second).toBe(0);
    expect(stateOf(scene.run)).toMatchObject({status: 'done', runner: 2});
    expect(masters.holders).toEqual([]);
  });
});

describe('a run that goes on', () => {
  /** As a runner leaves it that was killed before its first task had ended. */
  function interrupted(request: Partial<RunRequest> = {}): Scene {
    const scene = new Scene(request);
    const {operation, title, tasks} = readPlan(scene.run);
    const {run, planHash: hash} = readRequest(scene.run);
    const started = {type: 'run-started', run, operation, title, planHash: hash, runner: 1, bootId: 'x', tasks};
    writeFileSync(scene.run.journal, `${JSON.stringify({at: 0, up: 0, ...started})}\n`);
    masters.hold(three, 'its first runner', -3600, `token-of-${run}`);
    return scene;
  }
  const isInterrupted = ({run}: Scene) => openRun(run, clock).status === 'interrupted';

  test('has its own lock again at once, without anybody’s leave, however long its time was over', async () => {
    const scene = interrupted();
    const ended = scene.carryOut();
    await scene.letGo();
    expect(await ended).toBe(0);
    expect(scene.did).toEqual(['first, held by 3', 'second, held by 3']);
    expect(stateOf(scene.run).notices).toBeUndefined();
  });

  test('is refused where another one took it meanwhile, and can go on when that has ended', async () => {
    const scene = interrupted();
    masters.hold(three, 'run 7 of bob', 40);
    expect(await scene.runner()).toBe(4);
    expect(isInterrupted(scene)).toBe(true);
    expect(openRun(scene.run, clock).explanation()).toContain('The cluster is locked by run 7 of bob');
    masters.free(three);
    const ended = scene.runner();
    await scene.letGo();
    expect(await ended).toBe(0);
  });

  test('does not take it over from whoever took it meanwhile and is gone: that was not agreed to', async () => {
    const scene = interrupted({takeOverLock: true});
    masters.hold(three, 'run 7 of bob', -90);
    expect(await scene.runner()).toBe(4);
    expect(isInterrupted(scene)).toBe(true);
    expect(masters.holders).toEqual(three.map((name) => `${name}: run 7 of bob`));
  });
});
