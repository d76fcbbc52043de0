export type * from './api.ts';
export type * from './catalog/types.ts';
export {createEngine, type EngineOptions} from './engine.ts';
export {closure, orderGroups} from './graph.ts';
export {displayText, nearestNames} from './names.ts';
export {outlineOf} from './plan/outline.ts';
export type {Effect, Expected, Plan, RunRequest, Task} from './plan/types.ts';
export type {ExitCode, Problem, ProblemCode} from './problem.ts';
export {exitCodeOf, ProblemError, problemOf} from './problem.ts';
export type {RunEvent, RunState, RunStatus, TaskState, TaskStatus} from './run/events.ts';
export {readJournal} from './run/journal.ts';
export type {LiveStore, Store} from './store.ts';
export {createStore} from './store.ts';

/** See runner-main.ts, which is loaded only in a runner. */
export async function serveRunner(folder: string, options: import('./runner-main.ts').RunnerOptions): Promise<number> {
  const runner = await import('./runner-main.ts');
  return runner.serveRunner(folder, options);
}
