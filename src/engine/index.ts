export type * from './api.ts';
export type * from './catalog/types.ts';
export type {Effect, Expected, Plan, RunRequest, Task} from './plan/types.ts';
export type {Problem, ProblemCode} from './problem.ts';
export {ProblemError, problemOf} from './problem.ts';
export type {RunState, RunStatus, TaskState, TaskStatus} from './run/events.ts';
export type {LiveStore, Store} from './store.ts';
export {createStore} from './store.ts';
