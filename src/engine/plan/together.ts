import {displayText} from '../names.ts';
import type {Problem} from '../problem.ts';

/** Several problems as one: the first decides the code, the detail has them all. */
export function together(problems: readonly Problem[]): Problem | undefined {
  const [first, ...more] = problems;
  if (!first || more.length === 0) return first;
  return {
    code: first.code,
    message: `${problems.length} problems are in the way; the first: ${first.message}`,
    hint: first.hint ?? 'Mend all of them; the detail lists each with its file.',
    detail: problems
      .map(({file, line, message}) => `${file ? `${displayText(file)}${line ? `:${line}` : ''}: ` : ''}${message}`)
      .join('\n'),
    ...(first.file ? {file: first.file} : {}),
    ...(first.line ? {line: first.line} : {}),
  };
}
