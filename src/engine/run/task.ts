import {effectWords} from '../plan/effect-words.ts';
import type {Retry, Task, TaskContext, TaskEnd} from '../plan/types.ts';
import {type Problem, ProblemError, problemOf} from '../problem.ts';
import type {Execution, Happening} from './execution.ts';
import type {TaskOutput} from './output.ts';
import {createProgress} from './progress.ts';
import {contextOf} from './task-context.ts';
import {shortDuration} from './words.ts';

/** One task in the hands of the scheduler. */
export interface TaskWork {
  readonly execution: Execution;
  readonly task: Task;
  /** Tells it to stop. */
  readonly signal: AbortSignal;
  say(event: Happening): void;
  /** Something could not be written down. */
  broken(problem: unknown): void;
  /** Results of done tasks by id; this task's own is put here. */
  readonly results: Map<string, unknown>;
  /** Whether any task of the run may have changed something by now. */
  mayHaveChanged(): boolean;
  /** An earlier runner died or broke off while it ran: what it finds done may be that runner's doing. */
  readonly begunBefore: boolean;
}

export interface Outcome {
  /** waiting: what was done is no longer so. */
  readonly phase: 'done' | 'failed' | 'stopped' | 'waiting';
  readonly changed?: boolean;
}

const defaultGraceMs = 30_000;

/** Runs a task with its attempts, within its deadline, and says how it ended. Never rejects. */
export function runTask(work: TaskWork): Promise<Outcome> {
  return withDeadline(work, runAttempts);
}

async function withDeadline(
  work: TaskWork,
  carryOut: (work: TaskWork, limit?: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const {task, signal, execution} = work;
  const {deadlineMs} = task;
  if (deadlineMs === undefined) return carryOut(work);
  const limit = new AbortController();
  const ended = new AbortController();
  void execution.clock.sleep(deadlineMs, ended.signal).then(
    () => limit.abort(deadlineError(task, deadlineMs)),
    () => {},
  );
  try {
    return await carryOut({...work, signal: AbortSignal.any([signal, limit.signal])}, limit.signal);
  } finally {
    ended.abort();
  }
}

async function runAttempts(work: TaskWork, limit?: AbortSignal): Promise<Outcome> {
  const {execution, task, signal, say} = work;
  // Told to stop and too late: what came first counts.
  const ended = (thrown: unknown) =>
    limit?.aborted && signal.reason === limit.reason ? late(work, thrown, limit.reason) : stopped(work, thrown);
  let output: TaskOutput;
  try {
    output = execution.outputFor(task, work.broken);
  } catch (error) {
    work.broken(error);
    return {phase: 'stopped'};
  }
  const progress = createProgress(execution.clock, (done, total) =>
    say({type: 'task-progress', task: task.id, done, ...(total === undefined ? {} : {total})}),
  );
  const context = contextOf(work, output, (done, total) => progress.report(done, total));
  try {
    for (let attempt = 1; ; attempt++) {
      say({type: 'task-started', task: task.id, attempt});
      if (attempt > 1) output.write(`\r\n-- attempt ${attempt} --\r\n`);
      try {
        const end = await withGrace(work, attemptOf(work, context, attempt));
        return done(work, end);
      } catch (thrown) {
        const problem = problemOf(thrown);
        if (signal.aborted) return ended(thrown);
        if (!worthAnotherTry(task.retry, attempt, problem)) return failed(work, problem);
        const waitMs = waitBefore(task.retry, attempt, execution.random());
        say({type: 'task-retried', task: task.id, attempt, problem, waitMs});
        output.write(`\r\n${problem.message}\r\nTrying again in ${shortDuration(waitMs)}.\r\n`);
        try {
          await execution.clock.sleep(waitMs, signal);
        } catch (aborted) {
          return ended(aborted);
        }
      }
    }
  } finally {
    progress.close();
    output.close();
  }
}

/**
 * Asks a task that an earlier runner ended whether it is still done. Without a way to ask, it is, unless something
 * it needs was done anew.
 */
export function askAgain(work: TaskWork, changedNeeds: readonly string[]): Promise<Outcome> {
  return withDeadline(work, (limited) => ask(limited, work.signal, changedNeeds));
}

async function ask(work: TaskWork, stop: AbortSignal, changedNeeds: readonly string[]): Promise<Outcome> {
  const {task, say} = work;
  const reopen = (because: string): Outcome => {
    work.results.delete(task.id);
    say({type: 'task-reopened', task: task.id, because});
    return {phase: 'waiting'};
  };
  if (!task.satisfied) {
    const [need] = changedNeeds;
    return need === undefined ? {phase: 'done'} : reopen(`${need} was done anew`);
  }
  const silent: TaskOutput = {write: () => {}, close: () => {}};
  try {
    const result: unknown = await withGrace(work, task.satisfied(contextOf(work, silent, () => {})));
    return result === undefined ? reopen('it is no longer so') : {phase: 'done'};
  } catch (thrown) {
    if (stop.aborted) return {phase: 'done'};
    return reopen(`whether it is still so could not be found out: ${problemOf(thrown).message}`);
  }
}

async function attemptOf(
  {task, begunBefore}: TaskWork,
  context: TaskContext,
  attempt: number,
): Promise<TaskEnd<unknown>> {
  if (task.satisfied && attempt === 1) {
    const result: unknown = await task.satisfied(context);
    if (result !== undefined) return {changed: begunBefore, result, note: 'already so'};
  }
  const end = await task.run(context);
  return attempt > 1 || begunBefore ? withEarlier(end, task) : end;
}

/** Whoever lost a machine heard no more of what was changed there, and then finds it done. */
function withEarlier(end: TaskEnd<unknown>, {touches}: Task): TaskEnd<unknown> {
  if (end.changed || (touches !== 'a machine' && touches !== 'data')) return end;
  return {...end, changed: true, note: 'found done, perhaps by an earlier attempt'};
}

/** A task that was told to stop and does not is left behind after a while, so that the run ends. */
async function withGrace<T>({execution, signal}: TaskWork, work: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const leftBehind = new Promise<never>((_resolve, reject) => {
    const graceMs = execution.graceMs ?? defaultGraceMs;
    const wait = () =>
      void execution.clock.sleep(graceMs, settled.signal).then(
        () => reject(new LeftBehind(graceMs)),
        () => {},
      );
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, {once: true, signal: settled.signal});
  });
  try {
    return await Promise.race([work, leftBehind]);
  } finally {
    settled.abort();
  }
}

class LeftBehind extends ProblemError {
  constructor(graceMs: number) {
    super({code: 'stopped', message: `It did not stop within ${shortDuration(graceMs)} and may still be at work.`});
  }
}

function done({task, results, say}: TaskWork, end: TaskEnd<unknown>): Outcome {
  // What later tasks get is what a resumed run would give them: plain JSON.
  const result: unknown = end.result === undefined ? undefined : JSON.parse(JSON.stringify(end.result));
  results.set(task.id, result);
  say({
    type: 'task-done',
    task: task.id,
    changed: end.changed,
    ...(end.note === undefined ? {} : {note: end.note}),
    ...(result === undefined ? {} : {result}),
  });
  return {phase: 'done', changed: end.changed};
}

function failed({task, say}: TaskWork, problem: Problem): Outcome {
  say({type: 'task-failed', task: task.id, problem});
  return {phase: 'failed'};
}

/** What may be half-done of a task that was aborted; empty when nothing is. */
function halfDoneWords(task: Task, thrown: unknown): string {
  const leftBehind = thrown instanceof LeftBehind ? thrown.message : '';
  const half = task.critical ? `Perhaps only partly done: ${task.does.map(effectWords).join('; ')}.` : '';
  return [leftBehind, half].filter((words) => words !== '').join(' ');
}

function deadlineError({title}: Task, deadlineMs: number): ProblemError {
  return new ProblemError({
    code: 'deadline-passed',
    message: `${title} took longer than its deadline of ${shortDuration(deadlineMs)} and was stopped.`,
    hint: 'Its output says how far it came.',
  });
}

function late(work: TaskWork, thrown: unknown, reason: unknown): Outcome {
  const problem = problemOf(reason);
  const halfDone = halfDoneWords(work.task, thrown);
  return failed(work, halfDone === '' ? problem : {...problem, detail: halfDone});
}

function stopped({task, say}: TaskWork, thrown: unknown): Outcome {
  const halfDone = halfDoneWords(task, thrown);
  say({type: 'task-stopped', task: task.id, ...(halfDone === '' ? {} : {halfDone})});
  return {phase: 'stopped'};
}

function worthAnotherTry(retry: Retry | undefined, attempt: number, problem: Problem): retry is Retry {
  return retry !== undefined && attempt < retry.attempts && retry.on.includes(problem.code);
}

/** Doubled each time up to the bound, then between half and all of it, so that many do not come back at once. */
function waitBefore(retry: Retry | undefined, attempt: number, random: number): number {
  if (!retry) return 0;
  const full = Math.min(retry.maxWaitMs, retry.waitMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
