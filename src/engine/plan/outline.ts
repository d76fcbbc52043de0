import type {Task} from './types.ts';

/** A task without its functions: what is shown, approved, hashed and written down. */
type Outline = Omit<Task, 'run' | 'satisfied' | 'retry'>;

/** What a task (or the state of one) would do, as plain JSON; keys that have no value are left out. */
export function outlineOf(task: Outline): Outline {
  return {
    id: task.id,
    title: task.title,
    ...(task.on === undefined ? {} : {on: task.on}),
    needs: task.needs,
    ...(task.after === undefined ? {} : {after: task.after}),
    touches: task.touches,
    does: task.does,
    expected: task.expected,
    why: task.why,
    ...(task.critical ? {critical: true} : {}),
    ...(task.deadlineMs === undefined ? {} : {deadlineMs: task.deadlineMs}),
    ...(task.resource === undefined ? {} : {resource: task.resource}),
    ...(task.undo === undefined ? {} : {undo: task.undo}),
  };
}
