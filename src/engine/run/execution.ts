import type {Plan, Task} from '../plan/types.ts';
import type {Problem} from '../problem.ts';
import type {Secret} from '../secret.ts';
import type {Store} from '../store.ts';
import type {Clock, Tools} from '../tools.ts';
import type {RunEvent, RunState} from './events.ts';
import type {TaskOutput} from './output.ts';

/** Everything that carrying out a plan needs. */
export interface Execution {
  readonly plan: Plan;
  /** What earlier runners left: tasks that are done there are asked whether it is still so. */
  readonly before: RunState;
  readonly runFolder: string;
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly cancel: Store<Cancel | undefined>;
  /** Aborted when others may change what this run changes: all its tasks are, critical ones too, and it breaks off. */
  readonly lost?: AbortSignal | undefined;
  /** Tasks at a time, all together. */
  readonly parallel: number;
  /** Start nothing new once a task failed; what runs may end. */
  readonly failFast?: boolean;
  /** Milliseconds for all of it. */
  readonly timeoutMs?: number;
  /** How long a task that was told to stop may take before it is left behind; 30 s. */
  readonly graceMs?: number;
  /** Tasks at a time that take a slot of this kind. */
  resourceLimit(resource: string): number;
  /** How many tasks that take such a slot may start within how long; undefined: any number. */
  pace(resource: string): Pace | undefined;
  /** Between 0 and 1, for the jitter of back-off. */
  random(): number;
  /** Writes an event down. What it throws (a full disk) ends the run without run-ended, so that it can be resumed. */
  emit(event: Happening): void;
  /** Tools limited to what the task declared. */
  toolsFor(task: Task): Tools;
  /** Opens the task's output; `onFull` ends the run like an event that cannot be written. */
  outputFor(task: Task, onFull: (problem: unknown) => void): TaskOutput;
}

export interface Pace {
  readonly starts: number;
  readonly withinMs: number;
}

/** Someone asked for the run to end early. */
export interface Cancel {
  readonly stage: 1 | 2;
  readonly by: string;
}

/** An event before it has its time. */
export type Happening = RunEvent extends infer Each ? (Each extends RunEvent ? Omit<Each, 'at' | 'up'> : never) : never;

/** How carrying out a plan ended. Broken off: nothing more could be written down, or `lost`; the run can be resumed. */
export interface ExecutionEnd {
  readonly outcome: 'done' | 'failed' | 'stopped' | 'broken off';
  readonly problem?: Problem;
}
