import {describe, expect, test} from 'vitest';
import type {Plan, Task, TaskContext, TaskEnd} from '../../src/engine/plan/types.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import type {RunEvent, RunState} from '../../src/engine/run/events.ts';
import type {Cancel, Execution, Happening} from '../../src/engine/run/execution.ts';
import {emptyRun, fold} from '../../src/engine/run/fold.ts';
import {executePlan} from '../../src/engine/run/scheduler.ts';
import {Secret} from '../../src/engine/secret.ts';
import {createStore} from '../../src/engine/store.ts';
import {createFakeClock, settled} from './fake-clock.ts';
import {plainTools} from './six-tasks.ts';

type Body = (context: TaskContext) => Promise<Partial<TaskEnd<unknown>> | undefined>;

/** A plan in one line a task, carried out with a clock that stands still. */
function scene(tasks: Readonly<Record<string, Partial<Task> & {body?: Body}>>, more: Partial<Execution> = {}) {
  const clock = createFakeClock();
  const cancel = createStore<Cancel | undefined>(undefined);
  const events: Happening[] = [];
  const gates = new Map<string, (error?: unknown) => void>();
  const outputs: string[] = [];
  const plan: Plan = {
    operation: 'test',
    title: 'Test',
    notices: [],
    tasks: Object.entries(tasks).map(([id, {body, ...task}]) => ({
      id,
      title: `Do ${id}`,
      needs: [],
      touches: 'this computer',
      does: [{kind: 'file', path: `/${id}`}],
      expected: 'change',
      why: [],
      async run(context) {
        const end = body ? await body(context) : await held(id, context.signal);
        return {changed: true, result: `result of ${id}`, ...end};
      },
      ...task,
    })),
  };
  /** A task without a body runs until `end` lets it, or it is aborted. */
  function held(id: string, signal: AbortSignal): Promise<undefined> {
    return new Promise((resolve, reject) => {
      gates.set(id, (error) => (error === undefined ? resolve(undefined) : reject(error)));
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }
  const execution: Execution = {
    plan,
    before: emptyRun,
    runFolder: '/run',
    stateFolder: '/state',
    clock,
    secrets: new Map([['key', new Secret('s3cret')]]),
    cancel,
    parallel: 10,
    resourceLimit: () => 10,
    pace: () => undefined,
    random: () => 1,
    emit: (event) => void events.push(event),
    toolsFor: () => plainTools(clock),
    outputFor: () => ({write: (bytes) => void outputs.push(String(bytes)), close: () => {}}),
    ...more,
  };
  const ended = executePlan(execution);
  return {
    clock,
    cancel,
    events,
    outputs,
    ended,
    async end(id: string, error?: unknown) {
      await settled();
      gates.get(id)?.(error);
      gates.delete(id);
      await settled();
    },
    /** The events so far, one short line each; then forgotten. */
    async said() {
      await settled();
      return events.splice(0).map(words);
    },
  };
}

function words(event: Happening): string {
  const {type, ...rest} = event;
  const task = 'task' in rest ? rest.task : '';
  switch (event.type) {
    case 'task-started':
      return event.attempt === 1 ? `${task} started` : `${task} started again (${event.attempt})`;
    case 'task-done':
      return `${task} done ${event.changed ? 'changed' : 'unchanged'}`;
    case 'task-failed':
      return `${task} failed: ${event.problem.message}`;
    case 'task-skipped':
      return `${task} skipped: ${event.because}`;
    case 'task-retried':
      return `${task} waits ${event.waitMs}`;
    case 'task-stopped':
      return `${task} stopped${event.halfDone ? `: ${event.halfDone}` : ''}`;
    case 'task-reopened':
      return `${task} reopened: ${event.because}`;
    case 'task-progress':
      return `${task} ${event.done}/${event.total}`;
    case 'cancel-requested':
      return `cancel ${event.stage} by ${event.by}`;
    default:
      return type;
  }
}

/** A journal that has these tasks as done, with their results; or as running when the runner died. */
function before(tasks: Readonly<Record<string, 'done' | 'running' | 'stopped'>>): RunState {
  return {
    ...emptyRun,
    status: 'running',
    tasks: Object.entries(tasks).map(([id, status]) => ({
      id,
      title: id,
      needs: [],
      touches: 'nothing',
      does: [],
      expected: 'change' as const,
      why: [],
      status,
      attempt: 1,
      ...(status === 'done' ? {changed: true, result: `old result of ${id}`} : {}),
    })),
  };
}

const problem = (code: 'build-failed' | 'registry-unreachable', message: string = code) =>
  new ProblemError({code, message});

describe('order and slots', () => {
  test('a task starts as soon as its own needs are done, whatever else still runs', async () => {
    const run = scene({a: {}, slow: {}, b: {needs: ['a']}, c: {needs: ['b', 'slow']}});
    expect(await run.said()).toEqual(['a started', 'slow started']);
    await run.end('a');
    expect(await run.said()).toEqual(['a done changed', 'b started']);
    await run.end('b');
    await run.end('slow');
    expect(await run.said()).toEqual(['b done changed', 'slow done changed', 'c started']);
    await run.end('c');
    expect(await run.ended).toEqual({outcome: 'done'});
  });

  test('no more tasks run at a time than there are slots', async () => {
    const run = scene({a: {}, b: {}, c: {}}, {parallel: 2});
    expect(await run.said()).toEqual(['a started', 'b started']);
    await run.end('b');
    expect(await run.said()).toEqual(['b done changed', 'c started']);
    await run.end('a');
    await run.end('c');
    await run.ended;
  });

  test('where slots are few, what the longest chain waits for starts first', async () => {
    const run = scene(
      {a: {}, b: {}, base: {}, middle: {needs: ['base']}, top: {needs: ['middle', 'b']}},
      {parallel: 1},
    );
    for (const task of ['base', 'b', 'middle', 'a', 'top']) {
      expect(await run.said()).toContain(`${task} started`);
      await run.end(task);
    }
    await run.ended;
  });

  test('a kind of resource has its own limit and does not hold up others', async () => {
    const upload = {resource: 'upload'};
    const run = scene(
      {a: upload, b: upload, c: {resource: 'build'}},
      {resourceLimit: (kind) => (kind === 'upload' ? 1 : 9)},
    );
    expect(await run.said()).toEqual(['a started', 'c started']);
    await run.end('a');
    expect(await run.said()).toEqual(['a done changed', 'b started']);
    await run.end('b');
    await run.end('c');
    await run.ended;
  });

  test('only so many dear tasks start at a time, those that most wait for first; others are not held up', async () => {
    const build = {resource: 'build'};
    const run = scene(
      {
        a: build,
        b: build,
        c: build,
        current: {...build, expected: 'unchanged'},
        base: build,
        copy: {},
        top: {...build, needs: ['base']},
      },
      {pace: (kind) => (kind === 'build' ? {starts: 2, withinMs: 500} : undefined)},
    );
    expect(await run.said()).toEqual(['base started', 'a started', 'current started', 'copy started']);
    await run.clock.pass(499);
    expect(await run.said()).toEqual([]);
    await run.clock.pass(1);
    expect(await run.said()).toEqual(['b started', 'c started']);
    await run.end('base');
    expect(await run.said()).toEqual(['base done changed']);
    await run.clock.pass(500);
    expect(await run.said()).toEqual(['top started']);
    for (const task of ['a', 'b', 'c', 'current', 'copy', 'top']) await run.end(task);
    await run.ended;
    expect(run.clock.sleepers).toBe(0);
  });

  test('a dear task does not wait for the time of another when nothing runs', async () => {
    const build = {resource: 'build'};
    const run = scene({base: build, top: {...build, needs: ['base']}}, {pace: () => ({starts: 1, withinMs: 500})});
    await run.end('base');
    expect(await run.said()).toEqual(['base started', 'base done changed', 'top started']);
    await run.end('top');
    await run.ended;
  });

  test('tasks that wait for each other are a bug that is told, not a run that never ends', async () => {
    const run = scene({a: {needs: ['b']}, b: {needs: ['a']}});
    await expect(run.ended).rejects.toThrow('tasks wait for each other: a, b');
  });

  test('a need that is no task is a bug that is told', async () => {
    await expect(scene({a: {needs: ['x']}}).ended).rejects.toThrow('a waits for x, which is no task');
    await expect(scene({a: {after: ['x']}}).ended).rejects.toThrow('a waits for x, which is no task');
  });

  test('what comes after tasks starts when all of them have ended, however they ended', async () => {
    const run = scene({
      good: {},
      bad: {},
      left: {needs: ['bad']},
      tidy: {needs: ['good'], after: ['bad', 'left']},
    });
    await run.end('good');
    expect(await run.said()).toEqual(['bad started', 'good started', 'good done changed']);
    await run.end('bad', problem('build-failed'));
    expect(await run.said()).toEqual(['bad failed: build-failed', 'left skipped: bad failed', 'tidy started']);
    await run.end('tidy');
    expect((await run.ended).outcome).toBe('failed');
  });

  test('what comes after a task does not start when the run was stopped', async () => {
    const run = scene({a: {}, tidy: {after: ['a']}});
    await run.said();
    run.cancel.set({stage: 1, by: 'somebody'});
    await run.ended;
    expect((await run.said()).some((line) => line.startsWith('tidy started'))).toBe(false);
  });
});

describe('results', () => {
  test('a task gets results of what it needs, directly or not, and of nothing else', async () => {
    const seen: unknown[] = [];
    const run = scene({
      a: {body: async () => ({result: {date: new Date(0)}})},
      other: {body: async () => undefined},
      b: {needs: ['a'], body: async () => undefined},
      c: {
        needs: ['b'],
        async body({resultOf}) {
          seen.push(resultOf('a'), resultOf('b'));
          resultOf('other');
          return undefined;
        },
      },
    });
    expect((await run.ended).outcome).toBe('failed');
    // Plain JSON, as it would come from the journal.
    expect(seen).toEqual([{date: '1970-01-01T00:00:00.000Z'}, 'result of b']);
    expect((await run.said()).at(-1)).toContain('c asks for the result of other, which it does not need');
  });

  test('a task that finds its work already done ends unchanged and does not run', async () => {
    const run = scene({a: {satisfied: async () => 'there', body: () => Promise.reject(new Error('ran'))}});
    await run.ended;
    expect(run.events.at(-1)).toEqual({
      type: 'task-done',
      task: 'a',
      changed: false,
      result: 'there',
      note: 'already so',
    });
  });

  test('a task reads the secrets of the run by name', async () => {
    const values: unknown[] = [];
    const run = scene({
      a: {
        body: async ({secret}) => {
          values.push(secret('key')?.reveal(), secret('none'));
          return undefined;
        },
      },
    });
    await run.ended;
    expect(values).toEqual(['s3cret', undefined]);
  });
});

describe('failures', () => {
  test('what stands on a failed task is skipped, naming the first cause; everything else goes on', async () => {
    const run = scene({a: {}, b: {needs: ['a']}, c: {needs: ['b']}, other: {}, after: {needs: ['other']}});
    await run.end('a', problem('build-failed'));
    expect(await run.said()).toEqual([
      'a started',
      'other started',
      'a failed: build-failed',
      'b skipped: a failed',
      'c skipped: a failed',
    ]);
    await run.end('other');
    await run.end('after');
    expect(await run.ended).toMatchObject({
      outcome: 'failed',
      problem: {code: 'run-failed', message: '1 task of 5 failed: a.'},
    });
  });

  test('with fail-fast nothing new starts after a failure; what runs may end', async () => {
    const run = scene({a: {}, other: {}, after: {needs: ['other']}}, {failFast: true});
    await run.end('a', problem('build-failed'));
    await run.end('other');
    expect((await run.ended).outcome).toBe('failed');
    expect(await run.said()).toEqual([
      'other started',
      'a started',
      'a failed: build-failed',
      'other done changed',
      'after skipped: a failed, and the run stops at the first failure',
    ]);
  });

  test('an error that is no problem is a bug with its stack', async () => {
    const run = scene({a: {body: () => Promise.reject(new TypeError('x is undefined'))}});
    await run.ended;
    expect(run.events.at(-1)).toMatchObject({problem: {code: 'bug', detail: expect.stringContaining('TypeError')}});
  });
});

describe('another try', () => {
  const retry = {attempts: 4, on: ['registry-unreachable' as const], waitMs: 100, maxWaitMs: 300};

  test('waits twice as long each time, at most the bound, and each attempt is an event', async () => {
    let attempts = 0;
    const run = scene({
      a: {
        retry,
        body: () => (++attempts < 4 ? Promise.reject(problem('registry-unreachable')) : Promise.resolve(undefined)),
      },
    });
    await run.clock.pass(1000);
    expect(await run.ended).toEqual({outcome: 'done'});
    expect(await run.said()).toEqual([
      'a started',
      'a waits 100',
      'a started again (2)',
      'a waits 200',
      'a started again (3)',
      'a waits 300',
      'a started again (4)',
      'a done changed',
    ]);
    expect(run.outputs.join('')).toContain('registry-unreachable\r\nTrying again in 100 ms.\r\n');
  });

  test('jitter takes away up to half of the wait', async () => {
    const run = scene({a: {retry, body: () => Promise.reject(problem('registry-unreachable'))}}, {random: () => 0});
    await run.clock.pass(1000);
    await run.ended;
    expect((await run.said()).filter((line) => line.includes('waits'))).toEqual([
      'a waits 50',
      'a waits 100',
      'a waits 150',
    ]);
  });

  test('is not made for other problems', async () => {
    const run = scene({a: {retry, body: () => Promise.reject(problem('build-failed'))}});
    expect((await run.ended).outcome).toBe('failed');
    expect(await run.said()).toEqual(['a started', 'a failed: build-failed']);
  });

  test('is given up when the run is stopped while it waits', async () => {
    const run = scene({a: {retry, body: () => Promise.reject(problem('registry-unreachable'))}});
    await settled();
    run.cancel.set({stage: 1, by: 'ann'});
    expect(await run.ended).toEqual({outcome: 'stopped'});
    expect((await run.said()).at(-1)).toBe('a stopped');
    expect(run.clock.sleepers).toBe(0);
  });
});

describe('the deadline of a task', () => {
  test('aborts it when it has passed, over all attempts, and it fails with what stands on it skipped', async () => {
    const retry = {attempts: 9, on: ['registry-unreachable' as const], waitMs: 300, maxWaitMs: 300};
    const run = scene({
      a: {retry, deadlineMs: 1000, body: () => Promise.reject(problem('registry-unreachable'))},
      slow: {deadlineMs: 1000},
      after: {needs: ['slow']},
    });
    await run.clock.pass(999);
    expect((await run.said()).filter((line) => line.includes('failed'))).toEqual([]);
    await run.clock.pass(1);
    expect((await run.ended).outcome).toBe('failed');
    expect(await run.said()).toEqual([
      'slow failed: Do slow took longer than its deadline of 1 s and was stopped.',
      'after skipped: slow failed',
      'a failed: Do a took longer than its deadline of 1 s and was stopped.',
    ]);
    expect(run.clock.sleepers).toBe(0);
  });

  test('holds for a critical task after the first request to stop, and says what may be half-done', async () => {
    const run = scene({critical: {critical: true, deadlineMs: 60_000}});
    await run.clock.pass(1000);
    run.cancel.set({stage: 1, by: 'ann'});
    await run.clock.pass(58_999);
    expect(await run.said()).toEqual(['critical started', 'cancel 1 by ann']);
    await run.clock.pass(1);
    await run.ended;
    expect(run.events).toMatchObject([
      {
        type: 'task-failed',
        problem: {code: 'deadline-passed', detail: 'Perhaps only partly done: write /critical.'},
      },
    ]);
  });

  test('does not hear of a task that ended, nor turn a stopped one into a failed one', async () => {
    const run = scene({a: {deadlineMs: 1000}, b: {deadlineMs: 1000}}, {graceMs: 5000});
    await run.end('a');
    run.cancel.set({stage: 1, by: 'ann'});
    await run.clock.pass(2000);
    expect(await run.ended).toEqual({outcome: 'stopped'});
    expect((await run.said()).filter((line) => !line.includes('started'))).toEqual([
      'a done changed',
      'cancel 1 by ann',
      'b stopped',
    ]);
    expect(run.clock.sleepers).toBe(0);
  });

  test('leaves behind a task that does not hear it, after the grace', async () => {
    const run = scene({deaf: {deadlineMs: 1000, body: () => new Promise(() => {})}}, {graceMs: 500});
    await run.clock.pass(1500);
    await run.ended;
    expect(run.events.at(-1)).toMatchObject({
      problem: {code: 'deadline-passed', detail: 'It did not stop within 500 ms and may still be at work.'},
    });
  });

  test('lets a resumed run go on when asking whether a task is still done takes too long', async () => {
    const run = scene(
      {
        a: {
          deadlineMs: 1000,
          satisfied: ({signal}) =>
            new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => reject(signal.reason));
            }),
        },
      },
      {before: before({a: 'done'})},
    );
    await run.clock.pass(1000);
    expect((await run.said())[0]).toContain(
      'a reopened: whether it is still so could not be found out: Do a took longer',
    );
    run.cancel.set({stage: 1, by: 'ann'});
    await run.ended;
  });
});

describe('stopping', () => {
  test('the first request aborts what runs, except critical tasks, which finish; nothing new starts', async () => {
    const run = scene({a: {}, critical: {critical: true}, after: {needs: ['critical']}});
    await run.said();
    run.cancel.set({stage: 1, by: 'ann'});
    expect(await run.said()).toEqual(['cancel 1 by ann', 'a stopped']);
    await run.end('critical');
    expect(await run.ended).toEqual({outcome: 'stopped'});
    expect(await run.said()).toEqual(['critical done changed', 'after skipped: the run was stopped']);
  });

  test('the second request aborts critical tasks too and says what may be half-done', async () => {
    const run = scene({critical: {critical: true}});
    await run.said();
    run.cancel.set({stage: 1, by: 'ann'});
    await settled();
    run.cancel.set({stage: 2, by: 'ann'});
    expect(await run.ended).toEqual({outcome: 'stopped'});
    expect(await run.said()).toEqual([
      'cancel 1 by ann',
      'cancel 2 by ann',
      'critical stopped: Perhaps only partly done: write /critical.',
    ]);
  });

  test('a critical task goes on trying again after the first request', async () => {
    let attempts = 0;
    const run = scene({
      a: {
        critical: true,
        retry: {attempts: 2, on: ['registry-unreachable'], waitMs: 100, maxWaitMs: 100},
        body: () => (++attempts < 2 ? Promise.reject(problem('registry-unreachable')) : Promise.resolve(undefined)),
      },
    });
    await settled();
    run.cancel.set({stage: 1, by: 'ann'});
    await run.clock.pass(100);
    // Everything there was to do is done, so the request came too late to stop anything.
    expect(await run.ended).toEqual({outcome: 'done'});
  });

  test('a task that does not stop when told to is left behind after a while', async () => {
    const run = scene({stubborn: {body: () => new Promise(() => {})}}, {graceMs: 5000});
    await run.said();
    run.cancel.set({stage: 1, by: 'ann'});
    await run.clock.pass(4999);
    expect(await run.said()).toEqual(['cancel 1 by ann']);
    await run.clock.pass(1);
    expect(await run.ended).toEqual({outcome: 'stopped'});
    expect(await run.said()).toEqual(['stubborn stopped: It did not stop within 5 s and may still be at work.']);
  });

  test('a request from before the start lets nothing start', async () => {
    const run = scene({a: {}}, {cancel: createStore<Cancel | undefined>({stage: 1, by: 'ann'})});
    expect(await run.ended).toEqual({outcome: 'stopped'});
    expect(await run.said()).toEqual(['cancel 1 by ann', 'a skipped: the run was stopped']);
  });

  test('the time limit of the run stops it like a first request and fails it', async () => {
    const run = scene({a: {}, b: {needs: ['a']}}, {timeoutMs: 60_000});
    await run.clock.pass(60_000);
    expect(await run.ended).toMatchObject({outcome: 'failed', problem: {code: 'deadline-passed'}});
    expect(await run.said()).toEqual([
      'a started',
      'cancel 1 by the time limit of 1 min',
      'a stopped',
      'b skipped: a was stopped',
    ]);
  });

  test('no timer is left behind by a run that ended in time', async () => {
    const run = scene({a: {}}, {timeoutMs: 60_000});
    await run.end('a');
    await run.ended;
    await settled();
    expect(run.clock.sleepers).toBe(0);
  });
});

describe('when others may change the same', () => {
  const loss = new ProblemError({code: 'lock-held', message: 'The lock was lost.', hint: 'Look at it.'});

  test('all that runs is aborted, critical tasks too, nothing new starts, and the run has no end', async () => {
    const lost = new AbortController();
    const run = scene({a: {}, critical: {critical: true}, after: {needs: ['critical']}}, {lost: lost.signal});
    await run.said();
    lost.abort(loss);
    expect(await run.ended).toEqual({outcome: 'broken off', problem: loss.problem});
    expect(await run.said()).toEqual([
      'run-noticed',
      'a stopped',
      'critical stopped: Perhaps only partly done: write /critical.',
    ]);
  });

  test('from before the start, nothing starts', async () => {
    const run = scene({a: {}}, {lost: AbortSignal.abort(loss)});
    expect(await run.ended).toEqual({outcome: 'broken off', problem: loss.problem});
    expect(await run.said()).toEqual(['run-noticed']);
  });

  test('a failure that stops the run before does not end it', async () => {
    const lost = new AbortController();
    const run = scene({a: {}, b: {critical: true}}, {lost: lost.signal, failFast: true});
    await run.end('a', problem('build-failed'));
    lost.abort(loss);
    expect(await run.ended).toMatchObject({outcome: 'broken off'});
  });

  test('who asked for it to stop before has stopped it, and is told what may be half-done', async () => {
    const lost = new AbortController();
    const run = scene({critical: {critical: true}, after: {needs: ['critical']}}, {lost: lost.signal});
    await settled();
    run.cancel.set({stage: 1, by: 'ann'});
    await run.said();
    lost.abort(loss);
    expect(await run.ended).toEqual({outcome: 'stopped'});
    expect(await run.said()).toEqual([
      'run-noticed',
      'critical stopped: Perhaps only partly done: write /critical.',
      'after skipped: the run was stopped',
    ]);
  });

  test('what was all done by then is done', async () => {
    const lost = new AbortController();
    const run = scene({a: {critical: true, body: async () => undefined}}, {lost: lost.signal});
    lost.abort(loss);
    expect(await run.ended).toEqual({outcome: 'done'});
  });
});

describe('progress', () => {
  test('is passed on at most four times a second, the newest last', async () => {
    const run = scene({
      a: {
        async body({progress, tools, signal}) {
          for (let done = 1; done <= 100; done++) {
            progress(done, 100);
            await tools.clock.sleep(10, signal);
          }
          await tools.clock.sleep(1000, signal);
          return undefined;
        },
      },
    });
    await run.clock.pass(5000);
    await run.ended;
    expect(await run.said()).toEqual([
      'a started',
      'a 1/100',
      'a 25/100',
      'a 50/100',
      'a 75/100',
      'a 100/100',
      'a done changed',
    ]);
  });
});

describe('going on with a run', () => {
  test('a done task that is still so stays done without running, and later tasks get its old result', async () => {
    let got: unknown;
    const run = scene(
      {
        a: {satisfied: async () => 'still', body: () => Promise.reject(new Error('ran'))},
        b: {
          needs: ['a'],
          async body({resultOf}) {
            got = resultOf('a');
            return undefined;
          },
        },
      },
      {before: before({a: 'done'})},
    );
    expect(await run.ended).toEqual({outcome: 'done'});
    expect(await run.said()).toEqual(['b started', 'b done changed']);
    expect(got).toBe('old result of a');
  });

  test('a done task that is no longer so runs again, and so does what is done on top of it', async () => {
    const run = scene(
      {a: {satisfied: async () => undefined}, b: {needs: ['a']}, c: {needs: ['b'], satisfied: async () => 'so'}},
      {before: before({a: 'done', b: 'done', c: 'done'})},
    );
    expect(await run.said()).toEqual(['a reopened: it is no longer so', 'a started']);
    await run.end('a');
    expect(await run.said()).toEqual(['a done changed', 'b reopened: a was done anew', 'b started']);
    await run.end('b');
    expect(await run.ended).toEqual({outcome: 'done'});
    expect(await run.said()).toEqual(['b done changed']);
  });

  test('a done task that cannot be asked runs again, saying why', async () => {
    const run = scene(
      {a: {satisfied: () => Promise.reject(problem('registry-unreachable', 'Nobody answers.'))}},
      {
        before: before({a: 'done'}),
      },
    );
    expect((await run.ended).outcome).toBe('failed');
    expect(await run.said()).toEqual([
      'a reopened: whether it is still so could not be found out: Nobody answers.',
      'a started',
      'a failed: Nobody answers.',
    ]);
  });

  test('what a task finds done that was stopped when the runner broke off counts as changed by this run', async () => {
    const run = scene({a: {satisfied: async () => 'so'}}, {before: before({a: 'stopped'})});
    await run.ended;
    expect(await run.said()).toEqual(['a started', 'a done changed']);
  });

  test('what a task finds done that was running when the runner died counts as changed by this run', async () => {
    const run = scene({a: {satisfied: async () => 'so'}}, {before: before({a: 'running'})});
    await run.ended;
    expect(await run.said()).toEqual(['a started', 'a done changed']);
  });
});

describe('when nothing can be written down any more', () => {
  test('no new task starts, critical ones finish, and the run has no end', async () => {
    const kept: Happening[] = [];
    let full = false;
    const run = scene(
      {a: {}, critical: {critical: true}, other: {}, after: {needs: ['a']}},
      {
        emit(event) {
          if (full) throw new ProblemError({code: 'disk-full', message: 'The disk is full.'});
          kept.push(event);
        },
      },
    );
    await settled();
    full = true;
    await run.end('a');
    let over = false;
    void run.ended.then(() => {
      over = true;
    });
    await settled();
    expect(over).toBe(false);
    full = false;
    await run.end('critical');
    expect(await run.ended).toMatchObject({outcome: 'broken off', problem: {code: 'disk-full'}});
    expect(kept.map(words)).toEqual(['a started', 'critical started', 'other started', 'critical done changed']);
  });
});

test('the events of an execution fold to the state that was reached', async () => {
  const run = scene({a: {}, b: {needs: ['a']}});
  await run.end('a', problem('build-failed'));
  await run.ended;
  const started: RunEvent = {
    at: 0,
    up: 0,
    type: 'run-started',
    run: 'r',
    operation: 'test',
    title: 'Test',
    planHash: 'h',
    runner: 1,
    bootId: 'x',
    tasks: before({a: 'running', b: 'running'}).tasks,
  };
  const state = run.events.map((event) => ({at: 5, up: 5, ...event}) as RunEvent).reduce(fold, fold(emptyRun, started));
  expect(state.tasks.map(({status}) => status)).toEqual(['failed', 'skipped']);
});

describe('a task that finds done what an attempt before may have done', () => {
  const retry = {attempts: 2, on: ['registry-unreachable' as const], waitMs: 100, maxWaitMs: 100};
  const onMachine = {on: 'gpu-01', touches: 'a machine'} as const;
  const unchanged: Body = async () => ({changed: false, note: 'nothing changed'});
  const secondTime = (): Body => {
    let attempts = 0;
    return async (context) => {
      if (++attempts === 1) throw problem('registry-unreachable');
      return unchanged(context);
    };
  };
  const changed = {changed: true, note: 'found done, perhaps by an earlier attempt'};
  const no = {changed: false, note: 'nothing changed'};

  test.each<[string, Partial<Task>, object]>([
    ['on a machine', onMachine, changed],
    ['on the data of a machine', {on: 'gpu-01', touches: 'data'}, changed],
    ['on this computer, where nothing is lost', {touches: 'this computer'}, no],
    ['by asking a machine', {on: 'gpu-01', touches: 'nothing'}, no],
  ])('may have changed something %s', async (_where, where, expected) => {
    const run = scene({a: {...where, retry, body: secondTime()}});
    await settled();
    await run.clock.pass(100);
    await run.ended;
    expect(run.events.at(-1)).toMatchObject({type: 'task-done', ...expected});
  });

  test('counts the attempt of a runner that died, and no attempt that never was', async () => {
    for (const [earlier, expected] of [
      [{}, no],
      [{a: 'running'}, changed],
    ] as const) {
      const run = scene({a: {...onMachine, body: unchanged}}, {before: before(earlier)});
      await run.ended;
      expect(run.events.at(-1)).toMatchObject({type: 'task-done', ...expected});
    }
  });
});

describe('whether a run may have changed something', () => {
  const asks = (needs: Partial<Task>) => {
    const heard: boolean[] = [];
    const body: Body = async ({mayHaveChanged}) => {
      heard.push(mayHaveChanged());
      return {changed: false};
    };
    return {heard, task: {...needs, body}};
  };
  const fails: Body = async () => {
    throw new ProblemError({code: 'task-failed', message: 'It failed.'});
  };

  test.each<[string, Partial<Task> & {body: Body}, boolean]>([
    ['a task that changed something', {body: async () => ({changed: true})}, true],
    ['one that did not', {body: async () => ({changed: false})}, false],
    ['one that failed', {body: fails}, true],
    ['one that failed at looking', {body: fails, touches: 'nothing'}, false],
  ])('is told to whoever comes after %s', async (_what, first, expected) => {
    const {heard, task} = asks({after: ['first']});
    await scene({first, last: task}).ended;
    expect(heard).toEqual([expected]);
  });

  test('holds what was changed before the run was resumed', async () => {
    const {heard, task} = asks({needs: ['first']});
    await scene({first: {}, last: task}, {before: before({first: 'done'})}).ended;
    expect(heard).toEqual([true]);
  });
});
