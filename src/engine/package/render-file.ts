/** One template with a context from a file. */

import {dirname, join} from 'node:path';
import {detectWhole} from '../catalog/detect.ts';
import type {Era} from '../catalog/types.ts';
import {readSourceFile} from '../config/source-file.ts';
import {displayText} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import {createTemplates} from '../template/templates.ts';
import type {Value} from '../values/types.ts';
import {readTemplate, templatesInside} from './read-template.ts';

export interface RenderRequest {
  /** The template, absolute. */
  readonly file: string;
  /** A YAML file whose top keys are the names that the template sees, absolute; absent: it sees none. */
  readonly context?: string;
}

export interface RenderedFile {
  readonly text: string;
  /** Warnings: what was undefined, and doubtful YAML. */
  readonly problems: readonly Problem[];
}

/**
 * Renders a file as Jinja2 does. Other templates are found in the tree that it belongs to, or else beside it. Throws
 * the first Problem of the template or of its context.
 */
export async function renderFile({file, context}: RenderRequest): Promise<RenderedFile> {
  const problems: Problem[] = [];
  const names = context === undefined ? new Map<string, Value>() : await readContext(context, problems);
  const templates = createTemplates(templatesInside(await rootOf(file)));
  const {text, warnings} = templates.compile(file, readTemplate(file)).render(names);
  return {text, problems: [...problems, ...warnings]};
}

async function readContext(file: string, problems: Problem[]): Promise<ReadonlyMap<string, Value>> {
  const source = await readSourceFile(file, problems);
  const mistake = problems.find(({severity = 'error'}) => severity === 'error');
  if (mistake) throw new ProblemError(mistake);
  const value = source?.yaml.value ?? new Map();
  const names = new Map<string, Value>();
  if (!(value instanceof Map)) throw notNames(file, 'It must be a map of names and values', 1);
  for (const [name, item] of value) {
    if (typeof name !== 'string') {
      throw notNames(file, `${displayText(String(name))} is no name: it is read as another kind of value`, 1);
    }
    names.set(name, item);
  }
  return names;
}

function notNames(file: string, because: string, line: number): ProblemError {
  return new ProblemError({
    code: 'config-invalid',
    message: `${because}.`,
    hint: 'Write name: value, for each name that the template uses.',
    file,
    line,
  });
}

/** The tool root that the template lies in, else its own folder. */
async function rootOf(file: string): Promise<string> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const tree = await detectWhole(folder);
    const root = tree && toolRootsOf(tree).find((path) => dirname(file) === path || file.startsWith(`${path}/`));
    if (root !== undefined) return root;
    if (dirname(folder) === folder) return dirname(file);
  }
}

/** Up to v0.4.0 Kubernetes has tools of its own, beside those of services. */
function toolRootsOf({toolRoot, era}: {readonly toolRoot: string; readonly era: Era}): readonly string[] {
  return era < 'C' ? [toolRoot, join(dirname(toolRoot), 'kubernetes-deployment')] : [toolRoot];
}
