import fc from 'fast-check';
import {expect, test} from 'vitest';
import {countRows, lineRows, lineText} from '../../../src/ui/log/line-rows.ts';
import {cellWidth, withoutSgr} from '../../../src/ui/terminal/cell-text.ts';

const plain = {width: 10, wrap: true, left: 0, mark: '\x1b[7m'};

test('a long line is wrapped by cells, with its colours carried over and ended in every row', () => {
  expect(lineRows('\x1b[31mabcdefghijKLMNOPQRSTuv\x1b[0mwx', plain)).toEqual([
    '\x1b[31mabcdefghij\x1b[0m',
    '\x1b[31mKLMNOPQRST\x1b[0m',
    '\x1b[31muv\x1b[0mwx\x1b[0m',
  ]);
  expect(lineRows('日本語日本語', {...plain, width: 5})).toEqual(['日本', '語日', '本語']);
  expect(lineRows('', plain)).toEqual(['']);
});

test('without wrap one sees a part of the line, as far right as one has scrolled', () => {
  const cut = {...plain, wrap: false};
  expect(lineRows('abcdefghijKLMNOP', cut)).toEqual(['abcdefghij']);
  expect(lineRows('abcdefghijKLMNOP', {...cut, left: 12})).toEqual(['MNOP']);
  expect(lineRows('\x1b[31mabc\x1b[32mdefghijKLMNOP', {...cut, left: 12, width: 2})).toEqual([
    '\x1b[31m\x1b[32mMN\x1b[0m',
  ]);
  expect(lineRows('日本語', {...cut, left: 1, width: 4})).toEqual([' 本 ']);
});

test('matches are marked, across rows and colours', () => {
  expect(lineRows('an error here', {...plain, width: 20, match: /error/g})).toEqual([
    'an \x1b[0m\x1b[7merror\x1b[0m here\x1b[0m',
  ]);
  const rows = lineRows('12345678er\x1b[31mror9', {...plain, match: /error/g});
  expect(rows).toEqual(['12345678\x1b[0m\x1b[7mer\x1b[0m', '\x1b[7mror\x1b[0m\x1b[31m9\x1b[0m']);
  expect(lineRows('aXbX', {...plain, wrap: false, left: 1, width: 2, match: /X/g}).map(withoutSgr)).toEqual(['Xb']);
});

test('only colours are left of what programs write', () => {
  expect(lineText('a\tb\x1b[2Jc\x1b]0;title\x07d\r\x08e\x1b[1;5Hf\x9bg')).toBe('a       bcdefg');
  expect(lineText('\x1b[31mred\x1b[0m')).toBe('\x1b[31mred\x1b[0m');
});

test('a line of a megabyte is drawn as far as it can be drawn quickly, and says that it goes on', () => {
  const text = lineText('x'.repeat(1_000_000));
  expect(text.length).toBeLessThan(20_000);
  expect(text).toMatch(/983616 more characters$/);
});

test('no row is wider than the pane, nothing is lost, and rows are counted as they are drawn', () => {
  const part = fc.oneof(
    fc.string(),
    fc.string({unit: 'grapheme'}),
    fc.constantFrom('\x1b[31m', '\x1b[0m', '\x1b[1;48;5;200m', '日本', 'e\u0301', '👩‍💻', '\t'),
  );
  fc.assert(
    fc.property(fc.array(part, {maxLength: 20}), fc.integer({min: 2, max: 30}), (parts, width) => {
      const text = lineText(parts.join(''));
      const rows = lineRows(text, {...plain, width, match: /a|本/g});
      expect(rows.every((row) => cellWidth(row) <= width)).toBe(true);
      expect(rows.map(withoutSgr).join('')).toBe(withoutSgr(text));
      expect(countRows(text, width, true)).toBe(rows.length);
    }),
  );
});
