/** The text of a template to JavaScript that renders it. */

import {compileFunction} from 'node:vm';
import nunjucks from 'nunjucks';
import {displayText} from '../names.ts';
import {ProblemError} from '../problem.ts';
import type {CompiledTemplate, RenderPart} from './compiled.ts';
import {filters} from './filters/all.ts';
import {hintFor, limitWords} from './own-limits.ts';
import {StatementCompiler} from './statement-compiler.ts';
import {parseTemplate} from './statement-parser.ts';
import {tests} from './tests.ts';

/** Throws a Problem `template-invalid` with line and column for what Jinja2 refuses before it renders, or own-limits.ts. */
export function compileText(name: string, text: string): CompiledTemplate {
  const code = problemsOf(name, () => {
    const compiler = new StatementCompiler(name, {
      filter: (filter) => filters.has(filter),
      test: (test) => tests.has(test),
    });
    compiler.compile(parseTemplate(text), undefined);
    return compiler.getCode();
  });
  // The code is made of the compiler's own words: whatever the template says stands in it as a text in quotes.
  const parts = problemsOf(name, () => compileFunction(code, [], {filename: name})()) as Omit<CompiledTemplate, 'name'>;
  return {name, root: parts.root as RenderPart, blocks: parts.blocks};
}

function problemsOf<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof nunjucks.lib.TemplateError) {
      throw invalid(name, error.message, {
        ...(error.lineno === undefined ? {} : {line: error.lineno}),
        ...(error.colno === undefined ? {} : {column: error.colno}),
      });
    }
    if (error instanceof RangeError) throw invalid(name, limitWords.depth, {line: 1});
    throw error;
  }
}

function invalid(
  name: string,
  message: string,
  place: {readonly line?: number; readonly column?: number},
): ProblemError {
  return new ProblemError({
    code: 'template-invalid',
    message: `The template cannot be read: ${displayText(message)}`,
    hint: hintFor(message),
    file: name,
    ...place,
  });
}
