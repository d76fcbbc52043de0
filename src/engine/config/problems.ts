import {isError, type Problem} from '../problem.ts';

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(isError);
}

/** By file and line, as somebody mends them. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const files = new Map([...new Set(problems.map(({file = ''}) => file))].sort().map((file, index) => [file, index]));
  const rank = ({file = ''}: Problem) => files.get(file) ?? 0;
  return [...problems].sort((a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0));
}
