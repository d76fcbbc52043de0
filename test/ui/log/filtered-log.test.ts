import {expect, test} from 'vitest';
import {filterLog} from '../../../src/ui/log/filtered-log.ts';
import type {LogText} from '../../../src/ui/log/log-text.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';

function logOf(initial: readonly string[]) {
  const listeners = new Set<() => void>();
  let lines = [...initial];
  let leftOutBytes = 0;
  const text = (): LogText => {
    const now = lines;
    return {
      lineCount: now.length,
      leftOutBytes,
      ended: false,
      lines: (from, to) => now.slice(from, to).map((line) => ({text: line})),
    };
  };
  let current = text();
  return {
    listeners,
    get: () => current,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change(next: readonly string[], leftOut = 0) {
      lines = [...next];
      leftOutBytes = leftOut;
      current = text();
      for (const listener of [...listeners]) listener();
    },
  };
}

const shown = (log: {get(): LogText}) =>
  log
    .get()
    .lines(0, log.get().lineCount)
    .map(({text}) => text);

test('has the lines with the words, of what is there and of what comes', () => {
  const clock = createManualClock();
  const log = logOf(['ok 1', 'error 1', 'ok 2', 'ERROR 2', 'error 3']);
  const filtered = filterLog(log, 'error', clock);
  expect(shown(filtered)).toEqual(['error 1', 'ERROR 2', 'error 3']);
  expect(filtered.get().lines(1, 2)).toEqual([{text: 'ERROR 2'}]);
  let changes = 0;
  filtered.subscribe(() => changes++);
  log.change(['ok 1', 'error 1', 'ok 2', 'ERROR 2', 'error 3', 'ok 3', 'error 4']);
  clock.pass(1);
  expect(changes).toBe(1);
  expect(shown(filtered).at(-1)).toBe('error 4');
  filtered.close();
  expect([log.listeners.size, clock.waiting]).toEqual([0, 0]);
});

test('colours are not looked at, capitals only when the words have some', () => {
  const clock = createManualClock();
  const filtered = filterLog(logOf(['\x1b[31mEr\x1b[0mror', 'error']), 'Error', clock);
  expect(shown(filtered)).toEqual(['\x1b[31mEr\x1b[0mror']);
  filtered.close();
});

test('a last line that grows is looked at again', () => {
  const clock = createManualClock();
  const log = logOf(['err']);
  const filtered = filterLog(log, 'error', clock);
  expect(shown(filtered)).toEqual([]);
  log.change(['error: disk full']);
  clock.pass(1);
  expect(shown(filtered)).toEqual(['error: disk full']);
  filtered.close();
});

test('a long log is gone through in parts, and what was found is there meanwhile', () => {
  const clock = createManualClock();
  const filtered = filterLog(logOf(Array.from({length: 2000}, (_, n) => `line ${n}`)), 'line 1', clock);
  const early = filtered.get().lineCount;
  expect(early).toBeGreaterThan(0);
  clock.pass(20);
  expect(filtered.get().lineCount).toBe(1111);
  expect(early).toBeLessThan(1111);
  filtered.close();
});

test('when lines were left out in the middle, all are looked at again', () => {
  const clock = createManualClock();
  const log = logOf(['error a', 'ok', 'error b']);
  const filtered = filterLog(log, 'error', clock);
  log.change(['error a', 'error c'], 100);
  clock.pass(1);
  expect(shown(filtered)).toEqual(['error a', 'error c']);
  expect(filtered.get().leftOutBytes).toBe(100);
  filtered.close();
});
