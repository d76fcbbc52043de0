import {describe, expect, test} from 'vitest';
import type {RunEvent, TaskOutline} from '../../src/engine/run/events.ts';
import {emptyRun, fold} from '../../src/engine/run/fold.ts';

const outline = (id: string, needs: readonly string[] = []): TaskOutline => ({
  id,
  title: `Do ${id}`,
  needs,
  touches: 'this computer',
  does: [],
  expected: 'change',
  why: [],
});
const started = (runner: number, up: number): RunEvent => ({
  at: 1000 + up,
  up,
  type: 'run-started',
  run: 'r',
  operation: 'image build',
  title: 'Build',
  planHash: 'sha256:1',
  runner,
  bootId: 'boot',
  tasks: [outline('a'), outline('b', ['a'])],
});
const at = (up: number) => ({at: 1000 + up, up});
const stateOf = (...events: readonly RunEvent[]) => events.reduce(fold, emptyRun);
const taskOf = (id: string, ...events: readonly RunEvent[]) => stateOf(...events).tasks.find((task) => task.id === id);

describe('fold', () => {
  test('a started run has its tasks waiting', () => {
    const state = stateOf(started(1, 10));
    expect(state).toMatchObject({run: 'r', status: 'running', runner: 1, startedAt: 1010, startedUp: 10});
    expect(state.tasks.map(({status, attempt}) => [status, attempt])).toEqual([
      ['waiting', 0],
      ['waiting', 0],
    ]);
  });

  test('durations come from the monotonic clock, even when the clock on the wall was set back', () => {
    const task = taskOf(
      'a',
      started(1, 10),
      {at: 5000, up: 20, type: 'task-started', task: 'a', attempt: 1},
      {at: 1, up: 50, type: 'task-done', task: 'a', changed: true, note: '3 MB', result: {id: 1}},
    );
    expect(task).toMatchObject({
      status: 'done',
      tookMs: 30,
      startedAt: 5000,
      endedAt: 1,
      changed: true,
      note: '3 MB',
      result: {id: 1},
    });
  });

  test('another attempt keeps the first start, counts up, and shows the last problem until it ends', () => {
    const problem = {code: 'push-failed', message: 'No.'} as const;
    const events: RunEvent[] = [
      started(1, 0),
      {...at(10), type: 'task-started', task: 'a', attempt: 1},
      {...at(20), type: 'task-retried', task: 'a', attempt: 1, problem, waitMs: 5},
    ];
    expect(taskOf('a', ...events)).toMatchObject({status: 'running', problem});
    events.push(
      {...at(25), type: 'task-started', task: 'a', attempt: 2},
      {...at(30), type: 'task-done', task: 'a', changed: false},
    );
    const task = taskOf('a', ...events);
    expect(task).toMatchObject({attempt: 2, tookMs: 20, status: 'done'});
    expect(task).not.toHaveProperty('problem');
  });

  test('a script that nobody knows the end of is kept over attempts, until it is told', () => {
    const script = {machine: 'node-1', processGroup: 7};
    const events: RunEvent[] = [
      started(1, 0),
      {...at(1), type: 'task-started', task: 'a', attempt: 1},
      {...at(2), type: 'script-started', task: 'a', script},
      {...at(3), type: 'task-started', task: 'a', attempt: 2},
    ];
    expect(taskOf('a', ...events)?.scripts).toEqual([script]);
    expect(taskOf('a', ...events, {...at(4), type: 'script-ended', task: 'a', script})).not.toHaveProperty('scripts');
  });

  test('progress belongs to a running task and goes with its end', () => {
    const events: RunEvent[] = [
      started(1, 0),
      {...at(1), type: 'task-started', task: 'a', attempt: 1},
      {...at(2), type: 'task-progress', task: 'a', done: 3, total: 12},
    ];
    expect(taskOf('a', ...events)?.progress).toEqual({done: 3, total: 12});
    expect(taskOf('a', ...events, {...at(3), type: 'task-stopped', task: 'a', halfDone: 'x'})).not.toHaveProperty(
      'progress',
    );
  });

  test('a later runner keeps what is done; what ran, failed or was skipped waits again', () => {
    const state = stateOf(
      started(1, 0),
      {...at(1), type: 'task-started', task: 'a', attempt: 1},
      {...at(2), type: 'task-done', task: 'a', changed: true, result: 7},
      {...at(3), type: 'task-started', task: 'b', attempt: 1},
      {...at(4), type: 'task-progress', task: 'b', done: 1},
      {...at(5), type: 'cancel-requested', stage: 1, by: 'ann'},
      started(2, 100),
    );
    expect(state.runner).toBe(2);
    expect(state.startedAt).toBe(1000);
    expect(state).not.toHaveProperty('cancel');
    expect(state.tasks[0]).toMatchObject({status: 'done', changed: true, result: 7});
    expect(state.tasks[1]).toEqual({...outline('b', ['a']), status: 'waiting', attempt: 0});
  });

  test('a reopened task waits, forgets its result and says why', () => {
    const task = taskOf(
      'a',
      started(1, 0),
      {...at(2), type: 'task-done', task: 'a', changed: true, result: 7},
      {...at(3), type: 'task-reopened', task: 'a', because: 'it is gone'},
    );
    expect(task).toEqual({...outline('a'), status: 'waiting', attempt: 0, because: 'it is gone'});
  });

  test('the end of the run has its outcome, problem and duration', () => {
    const state = stateOf(started(1, 10), {
      ...at(60),
      type: 'run-ended',
      outcome: 'failed',
      problem: {code: 'run-failed', message: 'No.'},
    });
    expect(state).toMatchObject({status: 'failed', tookMs: 50, endedAt: 1060, problem: {code: 'run-failed'}});
  });

  test('the duration of a resumed run is what its runners were at work, without the time between them', () => {
    const state = stateOf(started(1, 10), {...at(40), type: 'task-started', task: 'a', attempt: 1}, started(2, 9000), {
      ...at(9005),
      type: 'run-ended',
      outcome: 'done',
    });
    expect(state.tookMs).toBe(35);
    const rebooted = stateOf(started(1, 5000), started(2, 10), {...at(30), type: 'run-ended', outcome: 'done'});
    expect(rebooted.tookMs).toBe(20);
  });

  test('an event of an unknown type, or about an unknown task, changes nothing', () => {
    const state = stateOf(started(1, 0));
    expect(fold(state, {...at(1), type: 'task-danced', task: 'a'} as unknown as RunEvent)).toBe(state);
    expect(fold(state, {...at(1), type: 'task-started', task: 'x', attempt: 1})).toBe(state);
  });

  test('does not touch the state it is given', () => {
    const state = stateOf(started(1, 0));
    const copy = structuredClone(state);
    fold(state, {...at(1), type: 'task-started', task: 'a', attempt: 1});
    expect(state).toEqual(copy);
  });
});
