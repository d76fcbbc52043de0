import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
  cursorIndex,
  emptyList,
  type ListAction,
  matches,
  nextFound,
  reduceList,
  windowTop,
} from '../../../src/ui/widgets/list-state.ts';

const keys = ['a', 'b', 'c', 'd', 'e'];
const after = (...actions: ListAction[]) =>
  actions.reduce((state, action) => reduceList(state, action, keys), emptyList);

test.each<[string, ListAction[], number]>([
  ['begins at the top', [], 0],
  ['moves down', [{type: 'move', by: 2}], 2],
  ['stops at the end', [{type: 'move', by: 9}], 4],
  ['stops at the top', [{type: 'move', by: -3}], 0],
  ['goes to an item', [{type: 'to-key', key: 'd'}], 3],
])('the cursor %s', (_, actions, index) => {
  expect(cursorIndex(after(...actions), keys)).toBe(index);
});

test.each<[string, ListAction[], string[]]>([
  ['mark and move on', [{type: 'mark'}, {type: 'mark'}], ['a', 'b']],
  ['unmark', [{type: 'mark'}, {type: 'to', index: 0}, {type: 'mark'}], []],
  ['mark all', [{type: 'mark-all'}], keys],
  ['clear', [{type: 'mark-all'}, {type: 'clear'}], []],
  ['mark a range', [{type: 'move', by: 1}, {type: 'range'}, {type: 'move', by: 2}], ['b', 'c', 'd']],
  ['mark a range upwards', [{type: 'to', index: 4}, {type: 'range'}, {type: 'move', by: -1}], ['d', 'e']],
  ['end a range', [{type: 'range'}, {type: 'range'}, {type: 'move', by: 2}], ['a']],
])('marks: %s', (_, actions, marks) => {
  expect([...after(...actions).marks].sort()).toEqual(marks);
});

test('the cursor stays on its item when the list changes, and on its place when the item is gone', () => {
  const state = after({type: 'to', index: 2});
  expect(cursorIndex(state, ['x', 'y', 'z', 'c'])).toBe(3);
  expect(cursorIndex(state, ['x', 'y', 'z', 'w'])).toBe(2);
  expect(cursorIndex(state, ['x'])).toBe(0);
  expect(cursorIndex(state, [])).toBe(0);
});

test('the window always shows the cursor and never runs past the end', () => {
  const number = fc.integer({min: 0, max: 200});
  fc.assert(
    fc.property(
      number,
      number,
      fc.integer({min: 1, max: 50}),
      fc.integer({min: 1, max: 200}),
      (before, at, height, length) => {
        const cursor = Math.min(at, length - 1);
        const top = windowTop(before, cursor, height, length);
        expect(cursor).toBeGreaterThanOrEqual(top);
        expect(cursor).toBeLessThan(top + height);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top).toBeLessThanOrEqual(Math.max(0, length - height));
      },
    ),
  );
});

test('a filter wants every word, in any case and order', () => {
  expect(matches('STALE web', 'webportal stale')).toBe(true);
  expect(matches('stale grafana', 'webportal stale')).toBe(false);
  expect(matches('', 'anything')).toBe(true);
});

test('going through what was found goes round at both ends', () => {
  const keys = ['a', 'b', 'c', 'd'];
  const found = new Set(['b', 'd']);
  expect([0, 1, 3].map((from) => nextFound(keys, found, from, 1))).toEqual(['b', 'd', 'b']);
  expect([0, 1, 3].map((from) => nextFound(keys, found, from, -1))).toEqual(['d', 'd', 'b']);
  expect(nextFound(keys, new Set(), 0, 1)).toBeUndefined();
  expect(nextFound([], found, -1, 1)).toBeUndefined();
});
