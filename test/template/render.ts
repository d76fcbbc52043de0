import type {Problem} from '../../src/engine/problem.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {createTemplates, type LoadTemplate} from '../../src/engine/template/templates.ts';
import type {Value} from '../../src/engine/values/types.ts';

type Context = Readonly<Record<string, Value>>;

export function render(template: string, context: Context = {}, load?: LoadTemplate): string {
  return createTemplates(load)
    .compile('t.template', template)
    .render(new Map(Object.entries(context))).text;
}

/** The problem that rendering ends with. */
export function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('It did not fail.');
}
