import {describe, expect, test} from 'vitest';
import {createTemplates} from '../../src/engine/template/templates.ts';
import {problemOf, render} from './render.ts';

const place = (template: string) => {
  const {code, line, column, message} = problemOf(() => render(template));
  return `${code} ${line}:${column} ${message}`;
};

describe('a template that cannot be rendered says where and why', () => {
  test.each([
    ['a\n{% if %}', 'template-invalid 2:7 The template cannot be read: Expected an expression, but there is %}.'],
    ['{{ a b }}', 'template-invalid 1:6 The template cannot be read: Expected }}, but there is "b".'],
    ['{% fro x %}', 'template-invalid 1:4 The template cannot be read: There is no tag "fro" here.'],
    [
      '\n{% for x in l %}\n{% endif %}',
      'template-invalid 3:4 The template cannot be read: There is no tag "endif" here. Expected endfor or else. The tag for is still open.',
    ],
    [
      '{% if a %}\nx',
      'template-invalid 2:2 The template cannot be read: The template ends where elif or else or endif is expected. The tag if is still open.',
    ],
    [
      'x {# y\n z',
      'template-invalid 1:5 The template cannot be read: A comment {# is not closed; write #} where it ends.',
    ],
    ['{{ 1|nofilter }}', 'template-invalid 1:6 The template cannot be read: There is no filter named nofilter.'],
    ['{{ 1 is notest }}', 'template-invalid 1:6 The template cannot be read: There is no test named notest.'],
    ['{{ $x }}', 'template-invalid 1:4 The template cannot be read: The character "$" does not belong into a tag.'],
    ['{{ (1] }}', 'template-invalid 1:6 The template cannot be read: A ) is expected here, not ].'],
    ['{% set true = 1 %}', 'template-invalid 1:8 The template cannot be read: Nothing can be assigned to this.'],
    [
      '{% block a %}{% endblock %}{% block a %}{% endblock %}',
      'template-invalid 1:31 The template cannot be read: The block a is there twice.',
    ],
    ['{{ gone.x }}', "template-failed 1:8 The template failed: 'gone' is undefined."],
    ["a\n  {{ 'x' + 1 }}", 'template-failed 2:10 The template failed: can only concatenate str (not "int") to str.'],
    ['{{ 1 / 0 }}', 'template-failed 1:6 The template failed: division by zero.'],
    ['{% for a, b in [1] %}{% endfor %}', "template-failed 1:8 The template failed: 'int' object is not iterable."],
    [
      '{% macro f() %}\n{{ 1 + [] }}{% endmacro %}\n{{ f() }}',
      "template-failed 2:6 The template failed: unsupported operand type(s) for +: 'int' and 'list'.",
    ],
    [
      "{{ [1]|map('upper')|map('nofilter')|list }}",
      "template-failed 1:37 The template failed: No filter named 'nofilter'.",
    ],
    [
      '{{ [1]|select }}',
      'template-failed 1:8 The template failed: Printing a generator gives an address in memory, another one each time; add |list or () to it.',
    ],
  ])('%j', (template, expected) => {
    expect(place(template)).toBe(expected);
  });

  test('the file is that of the template in which it happened', () => {
    const load = (name: string) => (name === 'inner' ? {name: '/tree/inner', text: '\n{{ 1 / 0 }}'} : undefined);
    expect(problemOf(() => render("{% include 'inner' %}", {}, load))).toMatchObject({file: '/tree/inner', line: 2});
    const broken = (name: string) => (name === 'inner' ? {name: '/tree/inner', text: '{% if %}'} : undefined);
    expect(problemOf(() => render("{% include 'inner' %}", {}, broken))).toMatchObject({
      code: 'template-invalid',
      file: '/tree/inner',
    });
    expect(problemOf(() => render("\n{% include 'none' %}", {}, load))).toMatchObject({file: 't.template', line: 2});
  });

  test('a template is compiled once as long as its text is the same', () => {
    let loaded = 0;
    const templates = createTemplates(() => {
      loaded++;
      return {name: '/tree/inner', text: 'x'};
    });
    const outer = templates.compile('outer', "{% include 'inner' %}");
    expect(outer.render(new Map()).text + outer.render(new Map()).text).toBe('xx');
    expect(loaded).toBe(2);
    expect(templates.compile('outer', 'other').render(new Map()).text).toBe('other');
  });
});
