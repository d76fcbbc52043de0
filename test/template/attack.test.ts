import {describe, expect, test} from 'vitest';
import {createTemplates} from '../../src/engine/template/templates.ts';
import {problemOf, render} from './render.ts';

/** The limits that hold, with a clock that stands still: what is found here does not hang on the machine's speed. */
function rendered(template: string): string {
  return createTemplates()
    .compile('t', template)
    .render(new Map(), {now: () => 0}).text;
}

describe('memory is bounded by what is made, not by time', () => {
  test.each([
    "{% set s = 'x' * 3000000 %}{% set l = [] %}{% for i in range(1000) %}{% set _ = l.append(s.upper()) %}{% endfor %}",
    "{% set s = 'x' * 3000000 %}{% set l = [] %}{% for i in range(1000) %}{% set _ = l.append(s ~ i) %}{% endfor %}",
    "{% set s = 'x' * 3000000 %}{% set l = [] %}{% for i in range(1000) %}{% set _ = l.append(s + s[1:9]) %}{% endfor %}",
    "{{ ['x' * 3000000] * 1000 }}{{ (['x' * 3000000] * 1000)|map('upper')|list|length }}",
    "{{ range(1000000)|map('string')|map('center', 16000)|list|length }}",
    '{% set l = [] %}{% for i in range(1000000) %}{% set _ = l.append([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) %}{% endfor %}',
    '{% set l = [] %}{% for i in range(1000000) %}{% set _ = l.append({1: 1, 2: 2, 3: 3}) %}{% endfor %}',
    '{% set l = [] %}{% for i in range(1000000) %}{% set _ = l.append((1, 2, 3, 4, 5, 6, 7, 8)) %}{% endfor %}',
    '{% set l = [] %}{% for i in range(1000) %}{% set _ = l.append(range(100000)|list) %}{% endfor %}',
    '{% set n = 2 ** 200000 %}{% set l = [] %}{% for i in range(1000000) %}{% set _ = l.append(n + i) %}{% endfor %}',
    '{{ lipsum(1000, false, 10000, 10001)|length }}',
    '{{ ([1] * 1000001)|length }}',
    '{{ ((1,) * 1000001)|length }}',
    "{{ ('x' * 4000001)|length }}",
    "{{ ('x' * 3000000)|list|length }}",
    "{{ ('x,' * 1500000).split(',')|length }}",
    "{{ ('\\n' * 1000000)|indent(1000000, blank=true)|length }}",
    "{{ range(1000000)|groupby('x')|length }}",
    '{{ range(1000000)|groupby(0)|length }}',
    "{{ range(1000000)|map(attribute='x')|list|length }}",
    "{{ range(1000000)|sort(attribute='x,y')|length }}",
    "{{ range(1000000)|map('string')|map('batch', 1)|map('list')|list|length }}",
    '{% set l = [] %}{% for i in range(1000000) %}{% set _ = l.append([]|batch(2)) %}{% endfor %}',
  ])('%s', (template) => {
    expect(problemOf(() => rendered(template)).code).toBe('template-limit');
  });

  test('a thousand machines are far below all limits', () => {
    const pairs =
      '{% for a in range(1000) %}{% for b in range(200) %}{{ "x" if a.__class__ is defined }}{% endfor %}{% endfor %}';
    expect(rendered(pairs)).toBe('');
    const lines = `{% set ns = namespace(s='') %}{% for i in range(1000) %}{% set ns.s = ns.s ~ 'a line of thirty characters or so' %}{% endfor %}{{ ns.s|length }}`;
    expect(rendered(lines)).toBe('33000');
  });
});

const ownLimit = {code: 'template-invalid', hint: expect.stringContaining('Jinja2 may render it')};

test('a template with more tags than could be compiled in seconds is refused', () => {
  const ifs = Array.from({length: 3000}, (_, index) => `{% if a %}{% set v${index} = 1 %}{% endif %}`).join('');
  expect(problemOf(() => render(ifs))).toMatchObject(ownLimit);
});

test('a template that hands many variables on to many others is refused', () => {
  const sets = Array.from({length: 1000}, (_, index) => `{% set v${index} = 1 %}`).join('');
  const template = sets + "{% include 'x' %}".repeat(1000);
  expect(problemOf(() => render(template, {}, () => ({name: 'x', text: ''})))).toMatchObject(ownLimit);
});

test('brackets deeper than the stack allows are refused, and what Jinja2 refuses too says so', () => {
  expect(problemOf(() => render(`{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`))).toMatchObject(ownLimit);
  expect(problemOf(() => render('{% if %}')).hint).toContain('Jinja2 refuses it too');
});

test('a test of a long text is many steps', () => {
  const template = "{% set s = 'a' * 3000000 %}{% for i in range(9) %}{{ s is lower }}{% endfor %}";
  let seconds = 0;
  const hasty = () =>
    createTemplates()
      .compile('t', template)
      .render(new Map(), {time: 5000, now: () => seconds++ * 1000});
  expect(problemOf(hasty).code).toBe('template-limit');
});

describe('what is long is handled in one go', () => {
  test('zeros that are grouped fill any width', () => {
    expect(rendered("{{ '{:03900001,d}'.format(5)|length }}")).toBe('3900001');
    expect(render("{{ '{:04,d} {:05,d} {:08_x} {:010,}'.format(1, 1, 255, -1234.5) }}")).toBe(
      '0,001 0,001 000_00ff -001,234.5',
    );
  });

  test('a list of the context that is longer than a call takes arguments is changed, sorted and given back', () => {
    const list = Array.from({length: 200_000}, (_, index) => BigInt(200_000 - index));
    expect(render('{{ l.append(0) }}{{ l.sort() }}{{ l[0] }} {{ l[-1] }}', {l: list})).toBe('NoneNone0 200000');
    expect(list.length).toBe(200_000);
    expect(list[0]).toBe(200_000n);
  });
});

describe('names of a template are never names of the code', () => {
  const words = [
    't',
    'o',
    'context',
    'parent',
    'item',
    'source',
    'depth',
    't_1',
    'l0_x',
    'undefined',
    'process',
    'require',
    'globalThis',
    'arguments',
    'eval',
    'Infinity',
    'NaN',
    'this',
    'await',
    'yield',
    'let',
    'then',
    'ª',
    'ℼ',
    '℘',
    'x̱',
  ];

  test.each(words)('%s is free in every role', (word) => {
    expect(render(`{% set ${word} = 1 %}{{ ${word} }}`)).toBe('1');
    expect(render(`[{{ ${word} }}]`)).toBe('[]');
    expect(render(`{% for ${word} in [1, 2] if ${word} > 1 %}{{ ${word} }}{{ loop.index }}{% endfor %}`)).toBe('21');
    expect(
      render(`{% for ${word} in [[1]] recursive %}{{ loop(${word}) if ${word} is sequence else ${word} }}{% endfor %}`),
    ).toBe('1');
    expect(
      render(`{% macro ${word}(${word}=1) %}{{ ${word} }}{{ kwargs }}{% endmacro %}{{ ${word}(**{'k': 2}) }}`),
    ).toBe("1{'k': 2}");
    expect(render(`{% block ${word} %}{% set ${word} = 3 %}{{ ${word} }}{% endblock %}`)).toBe('3');
    expect(render(`{% with ${word} = 4 %}{{ ${word} }}{% endwith %}`)).toBe('4');
    expect(
      render(`{% import 'm' as ${word} %}{{ ${word}.${word} }}`, {}, () => ({
        name: 'm',
        text: `{% set ${word} = 5 %}`,
      })),
    ).toBe('5');
    expect(render(`{{ v.${word} }}{{ v['${word}'] }}`, {v: new Map([[word, 'd']])})).toBe('dd');
  });

  test.each([
    '../x',
    '/etc/passwd',
    'a/../../x',
    '\\x',
    'C:\\x',
    'file:///etc/passwd',
    'http://x/',
    '',
    '.',
    '..',
    'a\0b',
  ])('a template that asks for %j gets what its loader gives, and no file', (name) => {
    const asked: string[] = [];
    const load = (wanted: string) => {
      asked.push(wanted);
      return undefined;
    };
    expect(problemOf(() => render('{% include n %}', {n: name}, load)).code).toBe('template-failed');
    expect(asked).toEqual([name]);
  });
});
