import {expect, test} from 'vitest';
import type {LogLine, LogText} from '../../../src/ui/log/log-text.ts';
import {createLogView} from '../../../src/ui/log/log-view.ts';
import {withoutSgr} from '../../../src/ui/terminal/cell-text.ts';
import {createTheme} from '../../../src/ui/theme/theme.ts';
import {createManualClock} from '../../helpers/manual-clock.ts';

const theme = createTheme({environment: {TERM: 'xterm-256color', LANG: 'C.UTF-8'}});

function growing(lines: LogLine[]) {
  const listeners = new Set<() => void>();
  const asked = {lines: 0};
  let text = make();
  function make(): LogText {
    return {
      lineCount: lines.length,
      leftOutBytes: 0,
      ended: false,
      lines(from, to) {
        const part = lines.slice(from, to);
        asked.lines += part.length;
        return part;
      },
    };
  }
  return {
    asked,
    get: () => text,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    listeners,
    add(...more: readonly string[]) {
      lines.push(...more.map((line) => ({text: line})));
      text = make();
      for (const listener of listeners) listener();
    },
  };
}

const numbered = (count: number) => Array.from({length: count}, (_, i) => ({text: `line ${i + 1}`}));

test('the end is shown as it grows, and the pane is told', () => {
  const store = growing(numbered(20));
  const view = createLogView(store, {theme});
  let told = 0;
  view.subscribe(() => told++);
  expect(view.rows(20, 3)).toEqual(['line 18', 'line 19', 'line 20']);
  store.add('line 21');
  expect(told).toBe(1);
  expect(view.rows(20, 3)).toEqual(['line 19', 'line 20', 'line 21']);
  expect(view.position.get()).toMatchObject({last: 21, total: 21, follow: true});
});

test('after scrolling up the same lines stay, and new ones are counted', () => {
  const store = growing(numbered(20));
  const view = createLogView(store, {theme});
  view.rows(20, 3);
  view.do({type: 'scroll', rows: -5});
  store.add('line 21', 'line 22');
  expect(view.rows(20, 3)).toEqual(['line 13', 'line 14', 'line 15']);
  expect(view.position.get()).toMatchObject({last: 15, follow: false, newLines: 2});
});

test('a last line that grows is drawn anew', () => {
  const lines = numbered(2);
  const store = growing(lines);
  const view = createLogView(store, {theme});
  expect(view.rows(20, 2)).toEqual(['line 1', 'line 2']);
  lines[1] = {text: 'line 2 of 9'};
  store.add();
  expect(view.rows(20, 2)).toEqual(['line 1', 'line 2 of 9']);
});

test('timestamps stand before lines whose time is known, and before the first row only', () => {
  const view = createLogView(growing([{text: 'abcdefgh', at: Date.UTC(2026, 0, 1, 3, 4, 5)}, {text: 'x'}]), {theme});
  view.do({type: 'timestamps'});
  expect(view.rows(14, 4).map(withoutSgr)).toEqual(['03:04:05 abcde', '         fgh', '         x']);
});

test('a search marks, counts, goes round, and keeps up with new lines without searching all again', () => {
  const store = growing(numbered(1000));
  const clock = createManualClock();
  const view = createLogView(store, {theme, clock});
  view.rows(20, 9);
  const counts: number[] = [];
  const search = (pattern: string) => {
    view.search(pattern, (count) => counts.push(count));
    clock.pass(1000);
  };
  search('LINE 50');
  search('line 50');
  expect(counts).toEqual([0, 11]);
  expect(view.position.get().search).toEqual({pattern: 'line 50', count: 11, current: 1, done: true});
  expect(view.rows(20, 9).join('\n')).toContain(`${theme.begin('currentMatch')}line 50\x1b[0m`);
  view.nextMatch(1);
  expect(view.position.get().search?.current).toBe(2);
  expect(view.rows(20, 9).map(withoutSgr)).toContain('line 500');
  view.nextMatch(-1);
  view.nextMatch(-1);
  expect(view.position.get().search?.current).toBe(11);
  store.asked.lines = 0;
  store.add('nothing', 'line 505 again');
  clock.pass(1000);
  expect(store.asked.lines).toBeLessThan(300);
  expect(view.position.get().search?.count).toBe(12);
  view.nextMatch(1);
  expect(view.rows(20, 9).map(withoutSgr)).toContain('line 505 again');
  view.search('');
  expect(view.position.get().search).toBeUndefined();
  expect(view.rows(20, 9).join('')).not.toContain('\x1b');
});

test('a last line that grows until it matches is found', () => {
  const lines = numbered(3);
  const store = growing(lines);
  const clock = createManualClock();
  const view = createLogView(store, {theme, clock});
  view.search('done');
  expect(view.position.get().search).toMatchObject({count: 0, done: true});
  lines[2] = {text: 'line 3 is done'};
  store.add();
  clock.pass(1);
  expect(view.position.get().search?.count).toBe(1);
  store.add('also done');
  clock.pass(1);
  expect(view.position.get().search?.count).toBe(2);
});

test('a pattern is taken literally', () => {
  const view = createLogView(growing([{text: 'a.b*c'}, {text: 'aXbbc'}]), {theme});
  view.search('a.b*');
  expect(view.position.get().search?.count).toBe(1);
});

test('painting asks for as many lines in a log of 100 000 as in one of 1 000', () => {
  const asked = [1000, 100_000].map((count) => {
    const store = growing(numbered(count));
    const view = createLogView(store, {theme});
    for (let i = 0; i < 10; i++) {
      view.rows(80, 50);
      store.add('more');
    }
    view.do({type: 'page', pages: -1});
    view.rows(80, 50);
    return store.asked.lines;
  });
  expect(asked[1]).toBeLessThan((asked[0] ?? 0) * 2);
});

test('an empty log says so, and a closed view watches nothing', () => {
  const store = growing([]);
  const view = createLogView(store, {theme, empty: 'No output yet.'});
  expect(view.rows(20, 3).map(withoutSgr)).toEqual(['No output yet.']);
  expect(view.position.get()).toMatchObject({last: 0, total: 0});
  view.close();
  expect(store.listeners.size).toBe(0);
});

test('a match far to the right of a line that is cut comes into sight', () => {
  const store = growing([{text: `${'漢字'.repeat(30)} needle`}, {text: 'needle here'}]);
  const view = createLogView(store, {theme, wrap: false});
  view.rows(20, 5);
  view.search('needle');
  expect(withoutSgr(view.rows(20, 5)[0] ?? '')).toContain('needle');
  view.nextMatch(1);
  expect(withoutSgr(view.rows(20, 5)[1] ?? '')).toBe('needle here');
});

test('a long log is searched a little at a time, from where one looks, and each key typed begins anew', () => {
  const lines = numbered(100_000);
  lines[10] = {text: 'needle behind'};
  lines[90_000] = {text: 'needle ahead'};
  const store = growing(lines);
  const clock = createManualClock();
  const view = createLogView(store, {theme, clock});
  view.rows(20, 9);
  view.do({type: 'show', line: 50_000});
  store.asked.lines = 0;
  const counts: number[] = [];
  for (const typed of ['n', 'ne', 'needle']) view.search(typed, (count) => counts.push(count));
  expect(store.asked.lines).toBeLessThan(3000);
  expect(view.position.get().search).toMatchObject({current: 0, done: false});
  for (let slices = 0; view.position.get().search?.current === 0 && slices < 90; slices++) clock.pass(1);
  // Only what lies ahead was looked at so far.
  expect(view.rows(20, 9).map(withoutSgr)).toContain('needle ahead');
  expect(view.position.get().search).toMatchObject({count: 1, done: false});
  view.nextMatch(1);
  expect(view.rows(20, 9).map(withoutSgr)).toContain('needle ahead');
  clock.pass(1000);
  expect(view.rows(20, 9).map(withoutSgr)).toContain('needle behind');
  expect(view.position.get().search).toEqual({pattern: 'needle', count: 2, current: 1, done: true});
  expect(counts).toEqual([2]);
});

test('after bytes were left out of a log it is searched again', () => {
  const lines = numbered(20);
  const clock = createManualClock();
  const store = growing(lines);
  const view = createLogView(store, {theme, clock});
  view.search('line 20');
  expect(view.position.get().search?.count).toBe(1);
  lines.splice(5, 10);
  store.add();
  clock.pass(1000);
  expect(view.position.get().search?.count).toBe(1);
  view.nextMatch(1);
  expect(view.rows(20, 3).map(withoutSgr)).toContain('line 20');
});
