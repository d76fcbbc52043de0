import {describe, expect, test} from 'vitest';
import {createTemplates} from '../../src/engine/template/templates.ts';
import type {Value} from '../../src/engine/values/types.ts';

const context = new Map<string, Value>([
  ['m', new Map<Value, Value>([['a', 1n]])],
  ['l', [1n]],
  ['none', null],
]);

function warnings(template: string): string[] {
  const {warnings: found} = createTemplates().compile('dir/t.template', template).render(context);
  return found.map(({code, severity, file, line, column, message}) => {
    expect({code, severity, file}).toEqual({code: 'template-undefined', severity: 'warning', file: 'dir/t.template'});
    return `${line}:${column} ${message.replace('; it is rendered as nothing.', '')}`;
  });
}

describe('what is not there is told with its line', () => {
  test.each([
    ['a name that is printed', 'a\n{{ nope }}', ["2:4 'nope' is undefined"]],
    ['a name that is looped over', '{% for x in nope %}{% endfor %}', ["1:13 'nope' is undefined"]],
    ['a name in a condition', '{% if nope %}{% endif %}', ["1:7 'nope' is undefined"]],
    ['a name that is compared', '{{ nope == 1 }}', ["1:4 'nope' is undefined"]],
    ['a name that is joined', "{{ 'a' ~ nope }}", ["1:10 'nope' is undefined"]],
    ['a name in which something is looked for', "{{ 'a' in nope }}", ["1:11 'nope' is undefined"]],
    ['a name that a filter makes a text of', '{{ nope|upper }}{{ [nope]|join }}', ["1:4 'nope' is undefined"]],
    ['a key that is printed', '{{ m.gone }}', ["1:5 m has no 'gone'"]],
    ['a key in brackets', "{{ m['gone'] }}\n{{ l[7] }}", ["1:5 m has no 'gone'", '2:5 l has no 7']],
    ['a key that is looped over', '{% for x in m.gone %}{% endfor %}', ["1:14 m has no 'gone'"]],
    ['a long way to a key', "{{ {'x': m}['x'].a.b }}", ["1:19 (…)['x'].a has no 'b'"]],
    ['a variable before it is set', '{{ v }}{% set v = 1 %}', ["1:4 'v' is undefined"]],
    [
      'a parameter that was not given',
      '{% macro f(p) %}{{ p }}{% endmacro %}{{ f() }}',
      ["1:12 parameter 'p' was not provided"],
    ],
  ])('%s', (_, template, expected) => {
    expect(warnings(template)).toEqual(expected);
  });

  test.each([
    ['a key in a condition', '{% if m.gone %}{% endif %}{{ m.gone or 1 }}{{ 2 if m.gone }}'],
    ['what has a default', "{{ nope|default('x') }}{{ m.gone|d(1) }}{{ nope|default(none, true) }}"],
    ['what is asked for by is defined', '{{ nope is defined }}{{ m.gone is undefined }}'],
    ['the items beside the first and the last', '{% for x in l %}{{ loop.previtem }}{{ loop.nextitem }}{% endfor %}'],
    ['an if without else', "{{ 'x' if false }}"],
  ])('not %s', (_, template) => {
    expect(warnings(template)).toEqual([]);
  });

  test('once for each line, however often it is rendered', () => {
    expect(warnings('{% for i in range(9) %}{{ nope }}{{ nope }}\n{{ nope }}{% endfor %}')).toEqual([
      "1:27 'nope' is undefined",
      "2:4 'nope' is undefined",
    ]);
  });
});
