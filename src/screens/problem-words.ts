import type {Problem} from '../engine/index.ts';
import {plain} from '../ui/widgets/cells.ts';

/** A problem in one line: where, what, and what to do next. */
export function problemWords(problem: Problem): string {
  const place =
    problem.file === undefined || problem.message.includes(problem.file)
      ? ''
      : `${problem.file}${problem.line === undefined ? '' : `:${problem.line}`}: `;
  return plain(`${place}${problem.message}${problem.hint === undefined ? '' : ` ${problem.hint}`}`);
}
