import {expect, test} from 'vitest';
import {assignPanes, nextPaneCount, paneGrid, taskToWatch} from '../../../src/screens/runs/pane-plan.ts';
import {taskState} from '../../helpers/fake-engine.ts';

const tasks = [
  taskState('a', 'done'),
  taskState('b', 'running', {startedUp: 50}),
  taskState('c', 'running', {startedUp: 20}),
  taskState('d', 'running', {startedUp: 70}),
  taskState('e', 'waiting'),
];

test.each<[string, number, string | undefined, string[], (string | undefined)[], (string | undefined)[]]>([
  ['one pane shows what is selected', 1, 'a', [], [], ['a']],
  ['others show what runs', 4, 'a', [], [], ['a', 'b', 'c', 'd']],
  ['what is selected is not shown twice', 2, 'b', [], [], ['b', 'c']],
  ['what is held comes before what runs', 2, 'b', ['a'], [], ['b', 'a']],
  ['a pane keeps its task', 4, 'a', [], ['x', 'd', 'c', 'b'], ['a', 'd', 'c', 'b']],
  ['an ended task gives way', 2, 'e', [], ['e', 'a'], ['e', 'b']],
  ['an ended task stays while nobody needs the place', 4, 'b', [], ['b', 'a', 'c', 'd'], ['b', 'a', 'c', 'd']],
])('%s', (_, count, selected, held, before, expected) => {
  expect(assignPanes(count, tasks, selected, held, before)).toEqual(expected);
});

test('without a choice one watches what runs longest, and what failed once all is over', () => {
  expect(taskToWatch(tasks, false)).toBe('c');
  expect(taskToWatch([taskState('a', 'done'), taskState('b', 'failed')], true)).toBe('b');
  expect(taskToWatch([], false)).toBeUndefined();
});

test('more panes are offered only where each can be read', () => {
  expect([1, 2, 4].map((count) => nextPaneCount(count, 60, 12))).toEqual([2, 4, 1]);
  expect([1, 2, 4, 6, 9].map((count) => nextPaneCount(count, 150, 45))).toEqual([2, 4, 6, 9, 1]);
  expect(nextPaneCount(1, 40, 6)).toBe(1);
});

test('two panes stand beside each other where there is width, else above each other', () => {
  expect(paneGrid(2, 120, 30)).toEqual({across: 2, down: 1});
  expect(paneGrid(2, 50, 20)).toEqual({across: 1, down: 2});
});

test('panes that nothing runs for show what failed', () => {
  const tasks = [taskState('a', 'failed'), taskState('b', 'done'), taskState('c', 'failed'), taskState('d', 'running')];
  expect(assignPanes(4, tasks, 'a', [], [])).toEqual(['a', 'd', 'c', undefined]);
});
