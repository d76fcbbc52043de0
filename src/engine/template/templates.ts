/** Templates as Jinja2 renders them, byte for byte. */

import {displayText} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import type {Value} from '../values/types.ts';
import {compileText} from './compile.ts';
import type {CompiledTemplate} from './compiled.ts';
import {type RenderLimits, usualLimits} from './limits.ts';
import {PlacedFault} from './placed-fault.ts';
import {Rendering, type UndefinedNote} from './rendering.ts';
import {Runtime} from './runtime.ts';

/** Reads a template that another one names; undefined when there is none. The name is as the template wrote it. */
export type LoadTemplate = (name: string) => {readonly name: string; readonly text: string} | undefined;

interface Rendered {
  readonly text: string;
  /** Code `template-undefined`: what was not there and was rendered as nothing. */
  readonly warnings: readonly Problem[];
}

interface Template {
  readonly name: string;
  /**
   * Throws a Problem: `template-failed` where Jinja2 raises, `template-limit` beyond the limits. The context is not
   * changed, whatever the template does to it.
   */
  render(context: ReadonlyMap<string, Value>, limits?: Partial<RenderLimits>): Rendered;
}

export interface Templates {
  /** Compiled once for as long as the text is the same. Throws a Problem `template-invalid`. `name`: for messages. */
  compile(name: string, text: string): Template;
}

/** `load`: where `include`, `import` and `extends` find others; without it they find nothing. */
export function createTemplates(load: LoadTemplate = () => undefined): Templates {
  const compiled = new Map<string, {readonly text: string; readonly template: CompiledTemplate}>();
  const compile = (name: string, text: string): CompiledTemplate => {
    const known = compiled.get(name);
    if (known?.text === text) return known.template;
    const template = compileText(name, text);
    compiled.set(name, {text, template});
    return template;
  };
  const find = (name: string) => {
    const source = load(name);
    return source && compile(source.name, source.text);
  };
  return {
    compile(name, text) {
      const template = compile(name, text);
      return {
        name,
        render: (context, limits) => render(template, context, new Rendering(find, {...usualLimits, ...limits})),
      };
    },
  };
}

function render(template: CompiledTemplate, context: ReadonlyMap<string, Value>, rendering: Rendering): Rendered {
  try {
    const {text} = new Runtime(rendering, template).render([context, rendering.globals]);
    return {text, warnings: rendering.notes.map(warning)};
  } catch (error) {
    throw error instanceof PlacedFault ? failed(error) : error;
  } finally {
    rendering.restore();
  }
}

function warning({template, line, column, message}: UndefinedNote): Problem {
  return {
    code: 'template-undefined',
    severity: 'warning',
    message: `${displayText(message)}; it is rendered as nothing.`,
    hint: 'Check the spelling, or say what stands for it with |default(…).',
    file: template,
    line,
    column,
  };
}

function failed({fault, template, line, column}: PlacedFault): ProblemError {
  const isLimit = fault.kind === 'Limit';
  const what = displayText(fault.message).slice(0, 500).replace(/\.$/, '');
  return new ProblemError(
    {
      code: isLimit ? 'template-limit' : 'template-failed',
      message: isLimit ? `The template was stopped: ${what}.` : `The template failed: ${what}.`,
      hint: isLimit
        ? 'Real templates stay far below this; look for a loop that grows.'
        : 'Mend the template here, or the configuration it looks at.',
      file: template,
      line,
      column,
    },
    {cause: fault},
  );
}
