import {expect, test} from 'vitest';
import type {KeyBinding} from '../../../src/ui/keys/binding.ts';
import {footerRow, helpRows, keyName} from '../../../src/ui/widgets/key-words.ts';
import {rowText, rowWidth} from '../../../src/ui/widgets/rows.ts';

const key = (name: string, word: string, more: Partial<KeyBinding> = {}): KeyBinding => ({
  keys: [name],
  word,
  help: `Does ${word}.`,
  run: () => {},
  ...more,
});
const help = key('?', 'help');
const tables = [
  {
    layer: 'screen' as const,
    title: 'Images',
    bindings: [key('enter', 'open'), key('j', 'down', {quiet: true}), key('B', 'build')],
  },
  {layer: 'global' as const, title: 'Everywhere', bindings: [key('q', 'quit'), help]},
];

test.each([
  ['ctrl-f', 'Ctrl-f'],
  ['alt-1', 'Alt-1'],
  ['pagedown', 'PgDn'],
  ['G', 'G'],
])('the key %s is read as %s', (name, expected) => {
  expect(keyName(name)).toBe(expected);
});

test('the footer shows the keys of the place first, and help always last', () => {
  expect(rowText(footerRow(tables, 60, help))).toBe(' Enter open  B build  q quit  ? help');
  expect(rowText(footerRow(tables, 24, help))).toBe(' Enter open  ? help');
});

test('no footer is wider than the screen', () => {
  for (let width = 8; width < 60; width += 1)
    expect(rowWidth(footerRow(tables, width, help))).toBeLessThanOrEqual(width);
});

test('where help cannot be pressed it is not promised', () => {
  expect(rowText(footerRow(tables.slice(0, 1), 60, help))).toBe(' Enter open  B build  ');
});

test('the help holds every key, quiet ones too, and why one cannot be used now', () => {
  const off = [{layer: 'screen' as const, title: 'Images', bindings: [key('P', 'push', {disabled: 'No engine.'})]}];
  expect(helpRows(tables, '', 60).map(rowText).join('\n')).toContain('Does down.');
  expect(helpRows(off, '', 60).map(rowText).join('\n')).toContain('not now: No engine.');
});

test('a search leaves the keys that answer it', () => {
  const found = helpRows(tables, 'buil', 60).map(rowText);
  expect(found[0]).toBe('Images');
  expect(found).toHaveLength(2);
  expect(helpRows(tables, 'xyz', 60).map(rowText)).toEqual(['No key matches "xyz".']);
});
