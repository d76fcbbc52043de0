import {expect, test} from 'vitest';
import {render} from './render.ts';

// What Jinja2 3.1.6 makes of them, with x = 1 in the context.
const tree: Readonly<Record<string, string>> = {
  base: '<{% block one %}B{{ x }}{% endblock %}|{% block two %}{{ v }}{% block inner %}i{% endblock %}{% endblock %}>',
  middle: "{% extends 'base' %}{% block one %}M{{ super() }}{% endblock %}",
  part: '[{{ x }}{{ v }}]',
  macros: '{% macro m(p=1) %}{{ p }}{{ x }}{{ v }}{% endmacro %}{% set v = 5 %}{% set _hidden = 1 %}text',
};

const load = (name: string) => (Object.hasOwn(tree, name) ? {name, text: tree[name] ?? ''} : undefined);

test.each([
  ["{% include 'part' %}", '[1]'],
  ["{% set v = 2 %}{% include 'part' %}", '[12]'],
  ["{% for v in [3, 4] %}{% include 'part' %}{% endfor %}", '[13][14]'],
  ["{% include 'part' without context %}", '[]'],
  ["{% include 'none' ignore missing %}x", 'x'],
  ["{% include ['none', 'part'] %}", '[1]'],
  ["{% import 'macros' as m %}{{ m.m() }}{{ m.v }}{{ m._hidden }}{{ m }}", '155text'],
  ["{% import 'macros' as m with context %}{{ m.m(2) }}", '215'],
  ["{% from 'macros' import m as f, v %}{{ f(3) }}{{ v }}", '355'],
  ["{% from 'macros' import gone %}[{{ gone }}]", '[]'],
  ["{% extends 'base' %}dropped", '<B1|i>'],
  ["{% extends 'base' %}{% set v = 7 %}{% block inner %}{{ super() }}I{{ v }}{% endblock %}", '<B1|7iI7>'],
  ["{% extends 'middle' %}{% block one %}C{{ super() }}{% endblock %}", '<CMB1|i>'],
  ["{% extends 'middle' %}{% block two %}{{ self.one() }}{% endblock %}", '<MB1|MB1>'],
  ["{% if x %}{% extends 'base' %}{% endif %}dropped", '<B1|i>'],
  ["{% if not x %}{% extends 'base' %}{% endif %}kept", 'kept'],
  ["before{% extends 'base' %}", 'before<B1|i>'],
])('%s', (template, expected) => {
  expect(render(template, {x: 1n}, load)).toBe(expected);
});
