import fc from 'fast-check';
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {cellWidth, cut, fit, fitRight, plain, wrap, wrapAtMost} from '../../../src/ui/widgets/cells.ts';

const anyText = fc.string({unit: 'grapheme', maxLength: 40});

test('a fitted text takes exactly its cells, whatever characters it holds', () => {
  fc.assert(
    fc.property(anyText, fc.integer({min: 0, max: 30}), (text, width) => {
      const shown = plain(text);
      expect(cellWidth(fit(shown, width))).toBe(width);
      expect(cellWidth(fitRight(shown, width))).toBe(width);
      expect(cellWidth(cut(shown, width))).toBeLessThanOrEqual(width);
    }),
  );
});

test.each([
  ['base-image', 12, 'base-image  '],
  ['base-image', 6, 'base-…'],
  ['base-image', 1, '…'],
  ['映像映像', 5, '映像…'],
  ['映像映像', 4, '映… '],
])('%s in %i cells is %j', (text, width, expected) => {
  expect(fit(text, width)).toBe(expected);
});

test('text is wrapped at blanks, and long words anywhere', () => {
  expect(wrap('no engine answers at unix:///var/run/docker.sock', 16)).toEqual([
    'no engine',
    'answers at',
    'unix:///var/run/',
    'docker.sock',
  ]);
});

test('no wrapped line is wider than asked', () => {
  fc.assert(
    fc.property(anyText, fc.integer({min: 2, max: 30}), (text, width) => {
      for (const line of wrap(plain(text), width)) expect(cellWidth(line)).toBeLessThanOrEqual(width);
    }),
  );
});

test('a character wider than the line is left out, the text around it is not', () => {
  const note = '\u{1D158}\u{1D165}\u{1D16E}';
  expect(cellWidth(note)).toBeGreaterThan(2);
  expect(wrap(`ab${note}cd`, 2)).toEqual(['ab', 'cd']);
});

test('foreign text loses colours, titles, cursor moves and hidden characters', () => {
  expect(plain('\u001B[31mred\u001B[0m \u001B]0;title\u0007a\tb\u0007\u202Ec\u001B[2J so\u00ADft')).toBe(
    'red a bc soft',
  );
});

test('a text is wrapped into so many lines, and the last one says that more was there', () => {
  expect(wrapAtMost('one two three four', 9, 2)).toEqual(['one two', 'three fo…']);
  expect(wrapAtMost('one two', 9, 2)).toEqual(['one two']);
});

test('a character of which the width is known takes what it takes when it is measured', () => {
  for (let code = 0x20; code < 0x10000; code++) {
    const character = String.fromCharCode(code);
    expect(cellWidth(character), code.toString(16)).toBe(stringWidth(character));
  }
});
