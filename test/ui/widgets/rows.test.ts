import fc from 'fast-check';
import {expect, test} from 'vitest';
import {plain} from '../../../src/ui/widgets/cells.ts';
import {fitRow, rowText, rowWidth, spread} from '../../../src/ui/widgets/rows.ts';

const anyRow = fc.array(fc.record({text: fc.string({unit: 'grapheme', maxLength: 12}).map(plain)}), {maxLength: 5});

test('a fitted row takes exactly its cells', () => {
  fc.assert(
    fc.property(anyRow, fc.integer({min: 0, max: 40}), (spans, width) => {
      expect(rowWidth(fitRow(spans, width))).toBe(width);
    }),
  );
});

test('a row that is cut says so', () => {
  expect(rowText(fitRow([{text: 'base'}, {text: '-image'}], 6))).toBe('base-…');
  expect(rowText(fitRow([{text: 'base'}, {text: '-image'}], 4))).toBe('bas…');
});

test('the left part gives way to the right one', () => {
  expect(rowText(spread([{text: 'a long title'}], [{text: '12s'}], 10))).toBe('a long…12s');
  expect(rowText(spread([{text: 'title'}], [{text: '12s'}], 10))).toBe('title  12s');
});
