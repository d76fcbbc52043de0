import type {Task} from '../plan/types.ts';
import {type Problem, ProblemError, problemOf} from '../problem.ts';
import type {Cancel, Execution, ExecutionEnd, Happening} from './execution.ts';
import {checkNeeds, longestChainFirst} from './order.ts';
import {createPace} from './pace.ts';
import {diskFull} from './room.ts';
import {askAgain, type Outcome, runTask, type TaskWork} from './task.ts';
import {shortDuration, taskWords} from './words.ts';

/** Where a task stands. asked: done by an earlier runner, to be asked whether it is still so. */
type Phase = 'asked' | 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'stopped' | 'kept';

interface Entry {
  readonly task: Task;
  phase: Phase;
  /** Something of it ran in this runner and changed something: dependents that are done are no longer surely so. */
  changedNow: boolean;
  /** Whose failure it was skipped for. */
  cause?: string;
}

/** Nothing new starts any more, and the word for why. */
interface Halt {
  readonly why: string;
  readonly kind: 'cancel' | 'fail-fast' | 'deadline' | 'disk' | 'lost';
  readonly problem?: Problem;
}

/**
 * Carries a plan out by its edges, within its slots, and says through `emit` what happens. Resolves when nothing
 * runs any more; never rejects because of a task. The run-ended event is left to the caller.
 */
export async function executePlan(execution: Execution): Promise<ExecutionEnd> {
  const {plan, before, clock, cancel, lost} = execution;
  const known = new Map(before.tasks.map((state) => [state.id, state]));
  const entries = new Map<string, Entry>(
    longestChainFirst(plan.tasks).map((task) => [
      task.id,
      {task, phase: known.get(task.id)?.status === 'done' ? 'asked' : 'waiting', changedNow: false},
    ]),
  );
  const results = new Map<string, unknown>();
  for (const state of before.tasks) if (state.status === 'done') results.set(state.id, state.result);
  checkNeeds(plan.tasks);

  const running = new Map<string, {readonly work: AbortController; readonly entry: Entry}>();
  const whole = new AbortController();
  let halt: Halt | undefined;
  let wake = () => {};
  const pace = createPace(execution, whole.signal, () => wake());

  const stopFor = (next: Halt) => {
    // A full disk outweighs every other reason: without a journal the run can only be resumed.
    if (!halt || next.kind === 'disk' || halt.kind === 'fail-fast') halt = next;
    if (next.kind !== 'fail-fast') abortRunning(false);
    wake();
  };
  const abortRunning = (critical: boolean) => {
    for (const {work, entry} of running.values())
      if (critical || !entry.task.critical) work.abort(stoppedError(halt?.why ?? 'the run was stopped'));
  };
  const broken = (thrown: unknown) => {
    const problem = problemOf(diskFull(thrown, execution.runFolder) ?? thrown);
    stopFor({kind: 'disk', why: 'nothing can be written down any more', problem});
  };
  const say = (event: Happening) => {
    try {
      execution.emit(event);
    } catch (error) {
      broken(error);
    }
  };

  let heard: Cancel['stage'] | 0 = 0;
  const hearCancel = () => {
    const asked = cancel.get();
    if (!asked || asked.stage <= heard) return;
    heard = asked.stage;
    say({type: 'cancel-requested', stage: asked.stage, by: asked.by});
    stopFor({kind: 'cancel', why: 'the run was stopped'});
    if (asked.stage === 2) abortRunning(true);
  };
  const unsubscribe = cancel.subscribe(hearCancel);
  const hearLost = () => {
    const problem = problemOf(lost?.reason);
    say({type: 'run-noticed', problem: {...problem, severity: 'warning'}});
    stopFor({kind: 'lost', why: 'the lock of the cluster was lost', problem});
    abortRunning(true);
  };
  lost?.addEventListener('abort', hearLost, {once: true});

  const start = (entry: Entry) => {
    const {task} = entry;
    const asked = entry.phase === 'asked';
    const work = new AbortController();
    entry.phase = 'running';
    running.set(task.id, {work, entry});
    pace.started(task);
    const job: TaskWork = {
      execution,
      task,
      signal: work.signal,
      say,
      broken,
      results,
      mayHaveChanged: () => before.tasks.some(({changed}) => changed) || [...entries.values()].some(mayHaveChanged),
      begunBefore: ['running', 'stopped'].includes(known.get(task.id)?.status ?? ''),
    };
    const ended = asked ? askAgain(job, needsThatChanged(task, entries)) : runTask(job);
    void ended.then((outcome) => {
      running.delete(task.id);
      settle(entry, outcome);
      wake();
    });
  };
  const settle = (entry: Entry, outcome: Outcome) => {
    entry.phase = outcome.phase;
    entry.changedNow ||= outcome.changed === true;
    if (outcome.phase === 'failed' && execution.failFast)
      stopFor({kind: 'fail-fast', why: `${entry.task.id} failed, and the run stops at the first failure`});
  };

  const deadline = execution.timeoutMs;
  if (deadline !== undefined)
    void clock.sleep(deadline, whole.signal).then(
      () => {
        const limit = shortDuration(deadline);
        say({type: 'cancel-requested', stage: 1, by: `the time limit of ${limit}`});
        stopFor({kind: 'deadline', why: `the time limit of ${limit} had passed`, problem: deadlineProblem(limit)});
      },
      () => {},
    );

  try {
    hearCancel();
    if (lost?.aborted) hearLost();
    for (;;) {
      // After a lost lock the next runner goes on with what waits.
      if (!lost?.aborted) skipWhatCannot(entries, say);
      if (!halt)
        for (const entry of startable(entries, running, execution))
          if (entry.phase === 'asked' || running.size === 0 || pace.allows(entry.task)) start(entry);
      if (running.size === 0) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    unsubscribe();
    lost?.removeEventListener('abort', hearLost);
    whole.abort();
  }
  // A function call, because the compiler does not see that the callbacks above set it.
  return endOf([...entries.values()], ((): Halt | undefined => halt)(), say);
}

function* startable(
  entries: ReadonlyMap<string, Entry>,
  running: ReadonlyMap<string, {readonly entry: Entry}>,
  execution: Execution,
): Generator<Entry> {
  const inUse = (resource: string) =>
    [...running.values()].filter(({entry}) => entry.task.resource === resource).length;
  for (const entry of entries.values()) {
    if (running.size >= Math.max(1, execution.parallel)) return;
    if (entry.phase !== 'waiting' && entry.phase !== 'asked') continue;
    const {needs, after = [], resource} = entry.task;
    if (!needs.every((id) => isDone(entries.get(id)))) continue;
    if (!after.every((id) => hasEnded(entries.get(id)))) continue;
    if (resource !== undefined && inUse(resource) >= Math.max(1, execution.resourceLimit(resource))) continue;
    yield entry;
  }
}

/** Skips dependents of what failed, naming the first cause; what an earlier runner had done stays done. */
function skipWhatCannot(entries: ReadonlyMap<string, Entry>, say: (event: Happening) => void): void {
  for (let again = true; again; ) {
    again = false;
    for (const entry of entries.values()) {
      if (entry.phase !== 'waiting' && entry.phase !== 'asked') continue;
      const lost = entry.task.needs.map((id) => entries.get(id)).find((need) => need && isLost(need));
      if (!lost) continue;
      again = true;
      if (entry.phase === 'asked') {
        entry.phase = 'kept';
        continue;
      }
      entry.phase = 'skipped';
      entry.cause = lost.cause ?? lost.task.id;
      const word = entries.get(entry.cause)?.phase === 'stopped' ? 'was stopped' : 'failed';
      say({type: 'task-skipped', task: entry.task.id, because: `${entry.cause} ${word}`});
    }
  }
}

function endOf(entries: readonly Entry[], halt: Halt | undefined, say: (event: Happening) => void): ExecutionEnd {
  const isOver = entries.every((entry) => isDone(entry));
  if (halt?.kind === 'disk' || (halt?.kind === 'lost' && !isOver))
    return {outcome: 'broken off', ...(halt.problem ? {problem: halt.problem} : {})};
  const waiting = entries.filter(({phase}) => phase === 'waiting');
  if (waiting.length > 0 && !halt) throw new Error(`tasks wait for each other: ${idsOf(waiting)}`);
  for (const entry of waiting) {
    entry.phase = 'skipped';
    say({type: 'task-skipped', task: entry.task.id, because: halt?.why ?? 'the run ended'});
  }
  const failed = entries.filter(({phase}) => phase === 'failed');
  const unfinished = entries.filter(({phase}) => phase === 'skipped' || phase === 'stopped');
  if (failed.length === 0 && unfinished.length === 0) return {outcome: 'done'};
  if (halt?.kind === 'deadline' && halt.problem) return {outcome: 'failed', problem: halt.problem};
  if (halt?.kind === 'cancel') return {outcome: 'stopped'};
  return {
    outcome: 'failed',
    problem: {
      code: 'run-failed',
      message: `${taskWords(failed.length)} of ${entries.length} failed: ${idsOf(failed)}.`,
      hint: 'Each failed task says why. Mend that and repeat the run; what is done is not done again.',
    },
  };
}

function needsThatChanged(task: Task, entries: ReadonlyMap<string, Entry>): readonly string[] {
  return task.needs.filter((id) => entries.get(id)?.changedNow);
}

function isDone(entry: Entry | undefined): boolean {
  return entry?.phase === 'done' || entry?.phase === 'kept';
}

function hasEnded(entry: Entry | undefined): boolean {
  return isDone(entry) || (entry !== undefined && isLost(entry));
}

function isLost({phase}: Entry): boolean {
  return phase === 'failed' || phase === 'skipped' || phase === 'stopped';
}

function mayHaveChanged({task, phase, changedNow}: Entry): boolean {
  return changedNow || ((phase === 'failed' || phase === 'stopped') && task.touches !== 'nothing');
}

function idsOf(entries: readonly Entry[]): string {
  return entries.map(({task}) => task.id).join(', ');
}

function stoppedError(why: string): ProblemError {
  return new ProblemError({code: 'stopped', message: `Stopped: ${why}.`});
}

function deadlineProblem(limit: string): Problem {
  return {
    code: 'deadline-passed',
    message: `The run took longer than its time limit of ${limit}.`,
    hint: 'Repeat it with a longer --timeout; what is done is not done again.',
  };
}
