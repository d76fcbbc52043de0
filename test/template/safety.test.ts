import {describe, expect, test} from 'vitest';
import {createTemplates} from '../../src/engine/template/templates.ts';
import {Markup} from '../../src/engine/values/markup.ts';
import {Range} from '../../src/engine/values/range.ts';
import {Tuple} from '../../src/engine/values/tuple.ts';
import {problemOf, render} from './render.ts';

const names = [
  'constructor',
  '__proto__',
  'prototype',
  '__defineGetter__',
  '__lookupGetter__',
  'hasOwnProperty',
  'isPrototypeOf',
  'toString',
  'valueOf',
  'toLocaleString',
  'apply',
  'bind',
  'caller',
  'callee',
  'size',
  'set',
  'has',
  'forEach',
  'entries',
  'slice',
  'map',
  'at',
  'charAt',
  'codePointAt',
  'repeat',
  'matchAll',
  'text',
  'markedText',
  'isTrue',
  'iterate',
  'typeName',
  '__class__',
  '__mro__',
  '__subclasses__',
  '__globals__',
  '__init__',
  'mro',
];

const holders = [
  's',
  'n',
  'f',
  'b',
  'none',
  'l',
  'm',
  't',
  'r',
  'mark',
  '{}',
  '[]',
  "''",
  'm.items()',
  'range',
  'dict',
];

const context = {
  s: 'text',
  n: 1n,
  f: 1.5,
  b: true,
  l: [1n],
  m: new Map([['k', 'v']]),
  t: new Tuple([1n]),
  r: new Range(0n, 3n, 1n),
  mark: new Markup('x'),
};

describe('a template reaches only values', () => {
  test.each(holders)('no member of JavaScript is found on %s, by dot, by brackets or by attr', (holder) => {
    for (const name of names) {
      expect(render(`[{{ ${holder}.${name} }}]`, context)).toBe('[]');
      expect(render(`[{{ ${holder}['${name}'] }}]`, context)).toBe('[]');
      expect(render(`[{{ ${holder}|attr('${name}') }}]`, context)).toBe('[]');
      expect(render(`[{{ [${holder}]|map(attribute='${name}')|join }}]`, context)).toBe('[]');
      expect(render(`[{{ [${holder}]|map(attribute='${name}.${name}', default='')|join }}]`, context)).toBe('[]');
    }
  });

  test.each(names)('the name %s is not there', (name) => {
    expect(render(`[{{ ${name} }}]`)).toBe('[]');
  });

  test.each(names)('%s is data where it is a key', (name) => {
    const map = new Map([[name, 'data']]);
    expect(render(`{{ m['${name}'] }}{{ m.get('${name}') }}`, {m: map})).toBe('datadata');
    expect(render(`{{ {'${name}': 1}['${name}'] }}{{ dict(**{'${name}': 1})['${name}'] }}`)).toBe('11');
    expect(render(`{% set ns = namespace() %}{% set ns.${name} = 5 %}{{ ns.${name} }}`)).toBe('5');
  });

  test.each(names)('%s can be a variable, a macro, a block and a parameter', (name) => {
    expect(render(`{% set ${name} = 1 %}{{ ${name} }}`)).toBe('1');
    expect(render(`{% macro ${name}() %}m{% endmacro %}{{ ${name}() }}`)).toBe('m');
    expect(render(`{% block ${name} %}b{% endblock %}`)).toBe('b');
    expect(render(`{% macro f(${name}=2) %}{{ ${name} }}{% endmacro %}{{ f() }}{{ f(${name}=3) }}`)).toBe('23');
    expect(render(`{% for ${name} in [4] %}{{ ${name} }}{% endfor %}`)).toBe('4');
  });

  test.each([
    "{{ ''.constructor.constructor('return process')() }}",
    "{{ range.constructor('return process')() }}",
    "{{ s['constructor']['constructor']('return process.env')() }}",
    "{{ [].map.constructor('return 1')() }}",
    '{{ (1).__proto__.x }}',
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    '{{ self.__init__.__globals__ }}',
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ '{0.__class__}'.format(s) }}",
    "{{ '{0[constructor]}'.format(m) }}",
    "{{ '{0.constructor.constructor}'.format(s) }}",
    "{{ '%(constructor)s' % m }}",
    "{{ [1]|sort(attribute='constructor.name') }}",
    "{{ m.items.constructor('x')() }}",
    '{{ loop.constructor() }}',
    '{{ joiner.prototype.call() }}',
    "{% set ns = namespace() %}{% set ns.__proto__ = {'polluted': 1} %}{{ {}.polluted.x }}",
    "{{ [1]|map('constructor')|list }}",
    "{{ [1]|select('constructor')|list }}",
    "{{ 'x'|constructor }}",
    "{{ 'x' is constructor }}",
    "{% include '__proto__' %}",
    "{% import 'constructor' as c %}",
  ])('%s fails', (template) => {
    expect(['template-failed', 'template-invalid']).toContain(problemOf(() => render(template, context)).code);
  });

  test.each(["'", '"', '\\', '`', `\${process.exit()}`, '\u2028', '*/', '</script>', '\0', '"});process.exit();({"'])(
    'the text %j stays a text wherever it stands',
    (text) => {
      const literal = `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
      expect(render(text)).toBe(text);
      expect(render(`{{ ${literal} }}`)).toBe(text);
      expect(render(`{{ {${literal}: ${literal}}[${literal}] }}`)).toBe(text);
      expect(render(`{% macro f() %}{{ kwargs[${literal}] }}{% endmacro %}{{ f(**{${literal}: 1}) }}`)).toBe('1');
      expect(render(`[{{ {}[${literal}] }}]`)).toBe('[]');
    },
  );

  test('nothing of this changed an object of JavaScript', () => {
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('a rendering ends', () => {
  /** Every look at the clock is a second later. */
  const hasty = () => {
    let seconds = 0;
    return () => seconds++ * 1000;
  };
  const limited = (template: string) =>
    problemOf(() =>
      createTemplates()
        .compile('t', template)
        .render(new Map(), {time: 5000, size: 100_000, items: 50_000, now: hasty()}),
    );

  test.each([
    '{{ range(50001) }}',
    '{{ range(0, 10 ** 30) }}',
    "{{ 'x' * 100001 }}",
    '{{ [1] * 100001 }}',
    '{{ (1,) * 100001 }}',
    '{{ 2 ** 10000000 }}',
    '{{ 9 ** (9 ** 9) }}',
    "{{ '%100001d' % 1 }}",
    "{{ '%.100001f' % 1 }}",
    "{{ '%*d' % (100001, 1) }}",
    "{{ '{:100001}'.format(1) }}",
    "{{ '{:.100001f}'.format(1.0) }}",
    "{{ '{:{}}'.format(1, 100001) }}",
    "{{ 'x'.center(100001) }}{{ 'x'|center(100001) }}",
    "{{ 'x'.ljust(100001) }}",
    "{{ 'x'.zfill(100001) }}",
    "{{ 'a\\tb'.expandtabs(100001) }}",
    "{{ 'a\\nb'|indent(100001) }}",
    "{{ ('a' * 1000).replace('a', 'b' * 1000) }}",
    "{{ ('a' * 1000)|replace('', 'b' * 1000) }}",
    "{{ ('b' * 1000).join(['a'] * 1000) }}",
    "{{ (['a'] * 1000)|join('b' * 1000) }}",
    "{{ {'a': 1}|tojson(indent=100001) }}",
    "{{ [1]|batch(100001, 'x')|list }}",
    "{% set ns = namespace(s='xx') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    "{% set ns = namespace(s='xx') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    '{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}',
    '{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}',
    '{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}',
    '{% set ns = namespace(n=9) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}',
    '{% for i in range(50000) %}abc{% endfor %}',
    '{% set l = [1] %}{% for x in l %}{% set _ = l.append(x) %}{% endfor %}',
    "{% set s = 'x' * 90000 %}{% for i in range(300) %}{{ s.upper() == s }}{% endfor %}",
    "{% set s = 'x' * 90000 %}{% for i in range(300) %}{{ s[i] }}{{ s[i:i] }}{% endfor %}",
    "{% set s = 'x' * 90000 %}{% for i in range(300) %}{{ s|length }}{% endfor %}",
    '{% set l = [1] * 90000 %}{% for i in range(300) %}{{ l.count(2) }}{% endfor %}',
    '{% set n = 3 ** 200000 %}{% for i in range(300) %}{{ n // 7 % 5 }}{{ n * n % 7 }}{% endfor %}',
    "{{ ('x' * 90000)|wordwrap(1) }}",
    "{{ ('a\\n' * 9000)|indent(9000) }}",
    '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}',
    '{% macro f(n) %}{% for i in range(9) %}{{ f(n + 1) if n < 30 }}{% endfor %}{% endmacro %}{{ f(0) }}',
    '{% for x in [[1]] recursive %}{{ loop([x]) }}{% endfor %}',
    '{% for a in range(50000) %}{% for b in range(50000) %}{% endfor %}{% endfor %}',
    "{{ range(50000)|select('in', range(50000)|list)|list|length }}",
    '{% set l = [] %}{% set _ = l.append(l) %}{{ [l] == [[l]] }}{{ l == [l] }}{% set m = [] %}{% set _ = m.append(m) %}{{ l == m }}',
  ])('%s', (template) => {
    expect(limited(template).code).toBe('template-limit');
  });

  test.each([
    ['brackets', `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`],
    ['lists', `{{ ${'['.repeat(5000)}${']'.repeat(5000)} }}`],
    ['maps', `{{ ${"{'a':".repeat(5000)}1${'}'.repeat(5000)} }}`],
    ['not', `{{ ${'not '.repeat(50_000)}1 }}`],
    ['signs', `{{ ${'-'.repeat(50_000)}1 }}`],
    ['else', `{{ ${'1 if 0 else '.repeat(50_000)}1 }}`],
    ['tags', `${'{% if 1 %}'.repeat(5000)}${'{% endif %}'.repeat(5000)}`],
    ['loops', `${'{% for a in b %}'.repeat(5000)}${'{% endfor %}'.repeat(5000)}`],
  ])('%s nested thousands deep are refused', (_, template) => {
    expect(problemOf(() => render(template)).code).toBe('template-invalid');
  });

  test.each([
    ['comments', '{#'.repeat(50_000)],
    ['raw', '{% raw %}'.repeat(50_000)],
    ['half tags', '{%'.repeat(50_000)],
    ['blanks', `{%${' '.repeat(200_000)}`],
    ['quotes', `{{ '${"\\'".repeat(100_000)}`],
    ['digits', `{{ ${'1_'.repeat(100_000)} }}`],
    ['endraw', `{% raw %}${'{%   endraw '.repeat(50_000)}`],
  ])('%s without end are refused at once', (_, template) => {
    expect(problemOf(() => render(template)).code).toBe('template-invalid');
  });

  test('a long sum is either rendered or refused', () => {
    const template = `{{ ${'1+'.repeat(50_000)}1 }}`;
    const attempt = () => render(template);
    try {
      expect(attempt()).toBe('50001');
    } catch {
      expect(problemOf(attempt).code).toBe('template-invalid');
    }
  });
});

describe('a context is lent, not given', () => {
  test('what a template changes in it is back for the next one', () => {
    const list = [1n];
    const map = new Map([['k', 1n]]);
    const template = createTemplates().compile('t', '{{ l.append(2) }}{{ l }}{{ m.update(k=5, x=6) }}{{ m }}');
    for (const _ of [1, 2]) {
      expect(template.render(new Map<string, never>(Object.entries({l: list, m: map}) as never)).text).toBe(
        "None[1, 2]None{'k': 5, 'x': 6}",
      );
    }
    expect(list).toEqual([1n]);
    expect([...map]).toEqual([['k', 1n]]);
  });

  test('also when it fails afterwards', () => {
    const list = [1n];
    problemOf(() => render('{{ l.clear() }}{{ 1 / 0 }}', {l: list}));
    expect(list).toEqual([1n]);
  });
});
