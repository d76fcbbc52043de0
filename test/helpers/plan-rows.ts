/** What tests see of a plan, or of why there is none. */
import type {Plan, Task} from '../../src/engine/plan/types.ts';
import {type Problem, ProblemError} from '../../src/engine/problem.ts';

/** A task in a line: what it stands on, what it comes after, and whether it changes anything. */
export function rowOf({id, needs, after = [], critical, expected}: Task): string {
  return [
    id,
    ...(needs.length > 0 ? [`needs ${needs.join(', ')}`] : []),
    ...(after.length > 0 ? [`after ${after.join(', ')}`] : []),
    ...(critical ? ['critical'] : []),
    expected,
  ].join(' | ');
}

export function rowsOf({tasks}: Plan): readonly string[] {
  return tasks.map(rowOf);
}

/** Why that cannot be done. Throws where it can. */
export function refusal(make: () => unknown): Problem {
  try {
    make();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('not refused');
}
