/** What a run says while it happens: one JSON object per line of journal.jsonl. */

import type {Effect, Expected, Task} from '../plan/types.ts';
import type {Problem} from '../problem.ts';
import type {ProcessIdentity} from './process.ts';

export type RunEvent = {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds of the monotonic clock: durations are differences of these. */
  readonly up: number;
} & (
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly operation: string;
      readonly title: string;
      readonly planHash: string;
      /** 1 for the first runner, 2 after the first resume, … */
      readonly runner: number;
      readonly bootId: string;
      readonly tasks: readonly TaskOutline[];
    }
  | {readonly type: 'task-started'; readonly task: string; readonly attempt: number}
  | {readonly type: 'task-progress'; readonly task: string; readonly done: number; readonly total?: number}
  | {
      readonly type: 'task-done';
      readonly task: string;
      readonly changed: boolean;
      readonly note?: string;
      readonly result?: unknown;
    }
  | {readonly type: 'task-failed'; readonly task: string; readonly problem: Problem}
  | {readonly type: 'task-skipped'; readonly task: string; readonly because: string}
  | {
      readonly type: 'task-retried';
      readonly task: string;
      readonly attempt: number;
      readonly problem: Problem;
      readonly waitMs: number;
    }
  | {readonly type: 'task-stopped'; readonly task: string; readonly halfDone?: string}
  /** A command of this computer is at work for a task; on the disk before the command does anything. */
  | {readonly type: 'command-started'; readonly task: string; readonly command: StartedCommand}
  | {readonly type: 'command-ended'; readonly task: string; readonly session: number}
  /** The same for a script on a machine, which is in a process group there. */
  | {readonly type: 'script-started'; readonly task: string; readonly script: StartedScript}
  | {readonly type: 'script-ended'; readonly task: string; readonly script: StartedScript}
  /** On resume: a task the journal had as done is no longer so and runs again. */
  | {readonly type: 'task-reopened'; readonly task: string; readonly because: string}
  | {readonly type: 'cancel-requested'; readonly stage: 1 | 2; readonly by: string}
  /** Something worth knowing that stops nothing: a lock taken over from a runner that is gone. */
  | {readonly type: 'run-noticed'; readonly problem: Problem}
  | {readonly type: 'run-ended'; readonly outcome: 'done' | 'failed' | 'stopped'; readonly problem?: Problem}
);

/** The leader of the process session that a command and all it starts are in. */
export interface StartedCommand extends ProcessIdentity {
  /** Among which processes its number counts, where a computer has several such spaces. */
  readonly numbers?: string;
}

/** Where a script of a task is at work. */
export interface StartedScript {
  readonly machine: string;
  readonly processGroup: number;
}

/** A task as the journal and the screens know it: everything but its functions. */
export interface TaskOutline {
  readonly id: string;
  readonly title: string;
  readonly on?: string;
  readonly needs: readonly string[];
  readonly after?: readonly string[];
  readonly touches: Task['touches'];
  readonly does: readonly Effect[];
  readonly expected: Expected;
  readonly why: readonly string[];
  readonly critical?: true;
  /** Milliseconds it may take, all attempts together. */
  readonly deadlineMs?: number;
  readonly resource?: string;
  readonly undo?: string;
}

export type TaskStatus = 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'stopped';

export interface TaskState extends TaskOutline {
  readonly status: TaskStatus;
  readonly attempt: number;
  readonly changed?: boolean;
  readonly note?: string;
  readonly result?: unknown;
  readonly problem?: Problem;
  readonly because?: string;
  readonly halfDone?: string;
  /** At work for it, by the journal. */
  readonly commands?: readonly StartedCommand[];
  readonly scripts?: readonly StartedScript[];
  readonly progress?: {readonly done: number; readonly total?: number};
  /** Epoch milliseconds, for showing. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Milliseconds by the monotonic clock; absent while it has not ended. */
  readonly tookMs?: number;
  /** Monotonic start, for a running task's time on screen. */
  readonly startedUp?: number;
}

export type RunStatus = 'waiting' | 'running' | 'interrupted' | 'done' | 'failed' | 'stopped';

/** Always `events.reduce(fold, empty)`: the screen, `run show`, resume and the tests read the same truth. */
export interface RunState {
  readonly run: string;
  readonly operation: string;
  readonly title: string;
  readonly planHash: string;
  /** From the journal alone: 'running' until run-ended. Whether the runner lives is asked beside it. */
  readonly status: Exclude<RunStatus, 'interrupted'>;
  readonly runner: number;
  readonly tasks: readonly TaskState[];
  readonly cancel?: {readonly stage: 1 | 2; readonly by: string};
  readonly problem?: Problem;
  readonly notices?: readonly Problem[];
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Monotonic start of the last runner. */
  readonly startedUp?: number;
  /** Monotonic time of the last event. */
  readonly lastUp?: number;
  /** Milliseconds earlier runners were at work, as far as they could tell. */
  readonly workedMs?: number;
  /** Milliseconds all runners were at work; absent while it has not ended. */
  readonly tookMs?: number;
}
