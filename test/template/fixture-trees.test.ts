import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {readTemplate, templatesInside} from '../../src/engine/package/read-template.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {TemplateMissing} from '../../src/engine/template/placed-fault.ts';
import {createTemplates} from '../../src/engine/template/templates.ts';
import {Fault} from '../../src/engine/values/fault.ts';
import {eras, type FixtureTemplate, fixtureTemplates} from './fixture-templates.ts';

interface Outcome {
  readonly raises?: {readonly kind: string; readonly line: number | undefined};
  readonly undefined?: readonly {readonly line: number | undefined; readonly name: string | undefined}[];
}

/** What golden/make.ts wrote down: what Jinja2 3.1.6 renders, raises and finds undefined. */
function goldenOf(era: string): {readonly texts: Record<string, string>; readonly outcomes: Record<string, Outcome>} {
  const folder = fileURLToPath(new URL(`../golden/${era}`, import.meta.url));
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((path) => path !== 'outcomes.json' && statSync(join(folder, path)).isFile())
    .sort();
  return {
    texts: Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')])),
    outcomes: JSON.parse(readFileSync(join(folder, 'outcomes.json'), 'utf8')),
  };
}

function render({file, root, context}: FixtureTemplate): {readonly text?: string; readonly outcome: Outcome} {
  try {
    const template = createTemplates(templatesInside(root)).compile(file, readTemplate(file));
    const {text, warnings} = template.render(context);
    const names = warnings.map(({line, message}) => ({line, name: undefinedName.exec(message)?.[1]}));
    return {text, outcome: names.length > 0 ? {undefined: names} : {}};
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return {outcome: {raises: {kind: kindOf(error), line: error.problem.line}}};
  }
}

/** `'x' is undefined` and `x has no 'y'`, as our warnings say it. */
const undefinedName = /'([^']*)'(?: is undefined)?; it is rendered/;

/** As Python names what it raises. */
function kindOf(error: ProblemError): string {
  if (error.problem.code === 'template-invalid') return 'TemplateSyntaxError';
  if (error.cause instanceof TemplateMissing) return 'TemplateNotFound';
  return error.cause instanceof Fault ? error.cause.kind : error.problem.code;
}

describe.each(eras)('the templates of tree-%s', (era) => {
  test('render byte for byte as Jinja2 renders them, raise where it raises, and warn of what is undefined', async () => {
    const {texts, outcomes} = goldenOf(era);
    const rendered: Record<string, string> = {};
    const found: Record<string, Outcome> = {};
    for (const template of await fixtureTemplates(era)) {
      const {text, outcome} = render(template);
      if (text !== undefined) rendered[template.name] = text;
      if (Object.keys(outcome).length > 0) found[template.name] = outcome;
    }
    expect(rendered).toEqual(texts);
    expect(found).toEqual(outcomes);
  });
});
