import fc from 'fast-check';
import {expect, test} from 'vitest';
import {createTheme} from '../../../src/ui/theme/theme.ts';
import {rowText} from '../../../src/ui/widgets/rows.ts';
import {
  type Column,
  columnWidths,
  nextSort,
  sortItems,
  tableHeader,
  tableRow,
} from '../../../src/ui/widgets/table-columns.ts';

interface Fruit {
  readonly name: string;
  readonly weight: number;
}

const theme = createTheme({environment: {LANG: 'C.UTF-8'}});
const columns: readonly Column<Fruit>[] = [
  {
    title: 'NAME',
    width: 8,
    min: 5,
    priority: 0,
    cell: ({name}) => ({text: name}),
    compare: (a, b) => a.name.localeCompare(b.name),
  },
  {title: 'NOTE', width: 10, grow: 1, priority: 2, cell: () => ({text: 'sweet and juicy'})},
  {
    title: 'GRAMS',
    width: 6,
    align: 'right',
    priority: 1,
    cell: ({weight}) => ({text: String(weight)}),
    compare: (a, b) => a.weight - b.weight,
  },
];
const fruits: readonly Fruit[] = [
  {name: 'plum', weight: 30},
  {name: 'apple', weight: 150},
  {name: 'pear', weight: 150},
];

test.each([
  [40, [8, 24, 6]],
  [26, [8, 10, 6]],
  [23, [5, 10, 6]],
  [22, [8, 0, 6]],
  [12, [5, 0, 6]],
  [11, [8, 0, 0]],
  [5, [5, 0, 0]],
  [3, [3, 0, 0]],
])('in %i cells the columns take %j', (width, widths) => {
  expect(columnWidths(columns, width)).toEqual(widths);
});

test('columns never take more than there is, and all of it where one of them grows', () => {
  const column = fc.record({
    title: fc.constant('T'),
    width: fc.integer({min: 1, max: 30}),
    min: fc.integer({min: 1, max: 30}),
    priority: fc.integer({min: 0, max: 5}),
    cell: fc.constant(() => ({text: 'x'})),
  });
  fc.assert(
    fc.property(fc.array(column, {minLength: 1, maxLength: 8}), fc.integer({min: 20, max: 200}), (many, width) => {
      const least = many.map((one) => ({...one, min: Math.min(one.min, one.width)}));
      const widths = columnWidths(least, width);
      const shown = widths.filter((cells) => cells > 0);
      expect(shown.reduce((sum, cells) => sum + cells, shown.length - 1)).toBeLessThanOrEqual(width);
      expect(least.every(({priority}, index) => priority > 0 || (widths[index] ?? 0) > 0)).toBe(true);
    }),
  );
});

test('a column of no cells is left out', () => {
  expect(
    columnWidths([{title: 'A', width: 0, grow: 1, priority: 0, cell: () => ({text: ''})}, ...columns], 26),
  ).toEqual([0, 8, 10, 6]);
});

test('the header names the columns that are shown and how they are sorted', () => {
  const widths = columnWidths(columns, 26);
  expect(rowText(tableHeader(columns, widths, {sort: 0}, theme))).toBe('NAME     NOTE        GRAMS');
  expect(rowText(tableHeader(columns, widths, {sort: 1}, theme))).toBe('NAME↑    NOTE        GRAMS');
  expect(rowText(tableHeader(columns, widths, {sort: 3, reversed: true}, theme))).toBe('NAME     NOTE       GRAMS↓');
});

test('a row has its cells in the columns, cut where they are too long', () => {
  expect(
    rowText(tableRow(columns, columnWidths(columns, 26), {name: 'pomegranate', weight: 250}, {theme, now: 0})),
  ).toBe('pomegra… sweet and…    250');
  expect(rowText(tableRow(columns, columnWidths(columns, 22), {name: 'plum', weight: 30}, {theme, now: 0}))).toBe(
    'plum         30',
  );
});

test.each<[string, {sort: number; reversed?: boolean}, string[]]>([
  ['as they came', {sort: 0}, ['plum', 'apple', 'pear']],
  ['as they came, from the end', {sort: 0, reversed: true}, ['pear', 'apple', 'plum']],
  ['by a column', {sort: 1}, ['apple', 'pear', 'plum']],
  ['by a column of numbers, alike ones as they came', {sort: 3}, ['plum', 'apple', 'pear']],
  ['the other way round', {sort: 3, reversed: true}, ['apple', 'pear', 'plum']],
  ['by one that has no order', {sort: 2}, ['plum', 'apple', 'pear']],
])('items are sorted %s', (_, sorted, names) => {
  expect(sortItems(fruits, columns, sorted).map(({name}) => name)).toEqual(names);
});

test('what is sorted by goes through the columns that are shown and have an order', () => {
  const all = columnWidths(columns, 40);
  expect([0, 1, 3].map((sort) => nextSort(columns, all, sort))).toEqual([1, 3, 0]);
  expect(nextSort(columns, columnWidths(columns, 11), 1)).toBe(0);
});
