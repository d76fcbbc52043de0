import {outlineOf} from '../plan/outline.ts';
import type {RunEvent, RunState, StartedScript, TaskOutline, TaskState} from './events.ts';

/** The state of a run of which nothing is known yet. */
export const emptyRun: RunState = {
  run: '',
  operation: '',
  title: '',
  planHash: '',
  status: 'waiting',
  runner: 0,
  tasks: [],
};

/**
 * The state of a run after one more event. Pure, and the only way from a journal to a state. An event of a type it
 * does not know, or about a task it does not know, changes nothing.
 */
export function fold(state: RunState, event: RunEvent): RunState {
  const next = after(state, event);
  return next === state ? state : {...next, lastUp: event.up};
}

function after(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'run-started':
      return started(state, event);
    case 'task-started':
      return withTask(state, event.task, (task) => ({
        ...outlineOf(task),
        status: 'running',
        attempt: event.attempt,
        startedAt: event.attempt > 1 && task.startedAt !== undefined ? task.startedAt : event.at,
        startedUp: event.attempt > 1 && task.startedUp !== undefined ? task.startedUp : event.up,
        // Of a script whose machine was lost in the attempt before, nobody knows yet whether it ended.
        ...(task.scripts ? {scripts: task.scripts} : {}),
      }));
    case 'task-progress':
      return withTask(state, event.task, (task) => ({
        ...task,
        progress: {done: event.done, ...(event.total === undefined ? {} : {total: event.total})},
      }));
    case 'task-done':
      return withTask(state, event.task, (task) => ({
        ...ended(task, event),
        status: 'done',
        changed: event.changed,
        ...(event.note === undefined ? {} : {note: event.note}),
        ...(event.result === undefined ? {} : {result: event.result}),
      }));
    case 'task-failed':
      return withTask(state, event.task, (task) => ({
        ...ended(task, event),
        status: 'failed',
        problem: event.problem,
      }));
    case 'task-skipped':
      return withTask(state, event.task, (task) => ({...task, status: 'skipped', because: event.because}));
    case 'task-retried':
      return withTask(state, event.task, (task) => ({...task, problem: event.problem}));
    case 'task-stopped':
      return withTask(state, event.task, (task) => ({
        ...ended(task, event),
        status: 'stopped',
        ...(event.halfDone === undefined ? {} : {halfDone: event.halfDone}),
      }));
    case 'command-started':
      return withTask(state, event.task, (task) => ({...task, commands: [...(task.commands ?? []), event.command]}));
    case 'command-ended':
      return withTask(state, event.task, (task) => withoutCommand(task, event.session));
    case 'script-started':
      return withTask(state, event.task, (task) => ({...task, scripts: [...(task.scripts ?? []), event.script]}));
    case 'script-ended':
      return withTask(state, event.task, (task) => withoutScript(task, event.script));
    case 'task-reopened':
      return withTask(state, event.task, (task) => ({
        ...outlineOf(task),
        status: 'waiting',
        attempt: 0,
        because: event.because,
      }));
    case 'cancel-requested':
      return {...state, cancel: {stage: event.stage, by: event.by}};
    case 'run-noticed':
      return {...state, notices: [...(state.notices ?? []), event.problem]};
    case 'run-ended':
      return {
        ...state,
        status: event.outcome,
        endedAt: event.at,
        ...(state.startedUp === undefined
          ? {}
          : {tookMs: (state.workedMs ?? 0) + Math.max(0, event.up - state.startedUp)}),
        ...(event.problem ? {problem: event.problem} : {}),
      };
    default:
      return state;
  }
}

/** The state of a run that was only approved so far. */
export function waitingRun(
  run: Omit<RunState, 'status' | 'runner' | 'tasks'>,
  tasks: readonly TaskOutline[],
): RunState {
  return {...run, status: 'waiting', runner: 0, tasks: tasks.map((task) => ({...task, status: 'waiting', attempt: 0}))};
}

/** A later runner keeps what is done; whatever else had begun, failed or was skipped waits again. */
function started(state: RunState, event: Extract<RunEvent, {type: 'run-started'}>): RunState {
  const before = new Map(state.tasks.map((task) => [task.id, task]));
  return {
    run: event.run,
    operation: event.operation,
    title: event.title,
    planHash: event.planHash,
    status: 'running',
    runner: event.runner,
    tasks: event.tasks.map((outline) => {
      const known = before.get(outline.id);
      return known?.status === 'done' ? {...known, ...outline} : {...outline, status: 'waiting', attempt: 0};
    }),
    startedAt: state.startedAt ?? event.at,
    startedUp: event.up,
    ...(state.startedUp === undefined ? {} : {workedMs: workedMs(state)}),
  };
}

/** A runner that was killed was at work at least until its last event. */
function workedMs({startedUp, lastUp, workedMs: before = 0}: RunState): number {
  return before + Math.max(0, (lastUp ?? 0) - (startedUp ?? 0));
}

function withTask(state: RunState, id: string, change: (task: TaskState) => TaskState): RunState {
  if (!state.tasks.some((task) => task.id === id)) return state;
  return {...state, tasks: state.tasks.map((task) => (task.id === id ? change(task) : task))};
}

function withoutCommand({commands = [], ...task}: TaskState, session: number): TaskState {
  const left = commands.filter(({pid}) => pid !== session);
  return left.length > 0 ? {...task, commands: left} : task;
}

function withoutScript({scripts = [], ...task}: TaskState, {machine, processGroup}: StartedScript): TaskState {
  const left = scripts.filter((script) => script.machine !== machine || script.processGroup !== processGroup);
  return left.length > 0 ? {...task, scripts: left} : task;
}

function ended(task: TaskState, event: {readonly at: number; readonly up: number}): TaskState {
  const {progress: _progress, problem: _problem, ...rest} = task;
  return {
    ...rest,
    endedAt: event.at,
    ...(task.startedUp === undefined ? {} : {tookMs: Math.max(0, event.up - task.startedUp)}),
  };
}
