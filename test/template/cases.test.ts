import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {createTemplates} from '../../src/engine/template/templates.ts';
import {contextOf} from './case-context.ts';

interface Case {
  readonly name: string;
  readonly template: string;
  readonly context: unknown;
  readonly float_paths?: readonly string[];
  readonly expected?: string;
  readonly error?: true;
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8'));

describe('a template renders as Jinja2 renders it', () => {
  test.each(cases)('$name', ({template, context, float_paths, expected, error}) => {
    const render = () => createTemplates().compile('case', template).render(contextOf(context, float_paths)).text;
    if (error) expect(render).toThrow(expect.objectContaining({name: 'ProblemError'}));
    else expect(render()).toBe(expected);
  });
});
