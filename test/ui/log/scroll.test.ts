import {expect, test} from 'vitest';
import type {LogAction, LogExtent, LogState} from '../../../src/ui/log/scroll.ts';
import {initialLogState, newLines, reduceLog, topOf} from '../../../src/ui/log/scroll.ts';

function extent(lineCount: number, height = 10, rowsOf: (line: number) => number = () => 1): LogExtent {
  return {lineCount, height, width: 40, rowsOf};
}

function after(actions: readonly LogAction[], log: LogExtent, state: LogState = initialLogState): LogState {
  return actions.reduce((before, action) => reduceLog(before, action, log), state);
}

test('a log is followed until somebody scrolls up; then it stands still and counts what comes', () => {
  expect(topOf(initialLogState, extent(100))).toEqual({line: 90, row: 0});
  expect(topOf(initialLogState, extent(200))).toEqual({line: 190, row: 0});
  const scrolled = after([{type: 'scroll', rows: -3}], extent(100));
  expect(scrolled.follow).toBe(false);
  expect(topOf(scrolled, extent(200))).toEqual({line: 87, row: 0});
  expect(newLines(scrolled, 200)).toBe(100);
  const further = after([{type: 'scroll', rows: -1}], extent(150), scrolled);
  expect(newLines(further, 200)).toBe(100);
});

test('coming back to the end follows again', () => {
  const scrolled = after([{type: 'page', pages: -1}], extent(100));
  expect(topOf(scrolled, extent(100))).toEqual({line: 81, row: 0});
  expect(after([{type: 'page', pages: 1}], extent(100), scrolled).follow).toBe(true);
  expect(after([{type: 'end'}], extent(100), scrolled).follow).toBe(true);
  expect(after([{type: 'follow'}], extent(100), scrolled).follow).toBe(true);
});

test('scrolling stops at both ends', () => {
  const log = extent(100);
  expect(topOf(after([{type: 'scroll', rows: -1000}], log), log)).toEqual({line: 0, row: 0});
  expect(topOf(after([{type: 'start'}, {type: 'scroll', rows: 1000}], log), log)).toEqual({line: 90, row: 0});
  const short = extent(4);
  expect(
    topOf(
      after(
        [
          {type: 'scroll', rows: -1},
          {type: 'page', pages: -1},
        ],
        short,
      ),
      short,
    ),
  ).toEqual({line: 0, row: 0});
  expect(after([{type: 'scroll', rows: -1}], short).follow).toBe(true);
  expect(topOf(after([{type: 'scroll', rows: -1}], extent(0)), extent(0))).toEqual({line: 0, row: 0});
});

test('a half page is half of a page, and goes at least one row', () => {
  const log = extent(100, 11);
  expect(topOf(after([{type: 'page', pages: -0.5}], log), log)).toEqual({line: 84, row: 0});
  const tiny = extent(100, 1);
  expect(topOf(after([{type: 'page', pages: -0.5}], tiny), tiny)).toEqual({line: 98, row: 0});
});

test('a line that takes several rows is scrolled row by row', () => {
  const log = extent(5, 4, (line) => (line === 2 ? 10 : 1));
  expect(topOf(initialLogState, log)).toEqual({line: 2, row: 8});
  const up = after([{type: 'scroll', rows: -5}], log);
  expect(topOf(up, log)).toEqual({line: 2, row: 3});
  expect(topOf(after([{type: 'scroll', rows: -4}], log, up), log)).toEqual({line: 1, row: 0});
  expect(topOf(after([{type: 'start'}, {type: 'scroll', rows: 3}], log), log)).toEqual({line: 2, row: 1});
});

test('without wrap one scrolls sideways, never left of the beginning; wrapping again goes back to it', () => {
  const log = extent(100);
  expect(after([{type: 'sideways', columns: 8}], log).left).toBe(0);
  const moved = after([{type: 'wrap'}, {type: 'sideways', columns: 24}, {type: 'sideways', columns: -8}], log);
  expect(moved.left).toBe(16);
  expect(after([{type: 'sideways', columns: -80}], log, moved).left).toBe(0);
  expect(after([{type: 'wrap'}], log, moved).left).toBe(0);
});

test('a line that is shown stands a third below the top', () => {
  const log = extent(100, 9);
  expect(topOf(after([{type: 'show', line: 50}], log), log)).toEqual({line: 47, row: 0});
  expect(topOf(after([{type: 'show', line: 99}], log), log)).toEqual({line: 91, row: 0});
  expect(topOf(after([{type: 'show', line: 0}], log), log)).toEqual({line: 0, row: 0});
});

test('what is shown of a line is brought into sight from the sides too', () => {
  const log = extent(100);
  const cut = after([{type: 'wrap'}, {type: 'sideways', columns: 32}], log);
  expect(after([{type: 'show', line: 50, from: 3, to: 9}], log, cut).left).toBe(0);
  expect(after([{type: 'show', line: 50, from: 40, to: 45}], log, cut).left).toBe(32);
  expect(after([{type: 'show', line: 50, from: 200, to: 206}], log, cut).left).toBe(180);
  expect(after([{type: 'show', line: 50, from: 200, to: 206}], log).left).toBe(0);
});

test('scrolling in a long log looks only at lines near by', () => {
  let asked = 0;
  const log = extent(1_000_000, 50, () => {
    asked++;
    return 1;
  });
  topOf(
    after(
      [
        {type: 'page', pages: -1},
        {type: 'page', pages: -1},
        {type: 'page', pages: 1},
      ],
      log,
    ),
    log,
  );
  expect(asked).toBeLessThan(1000);
});
