import {expect, test} from 'vitest';
import type {MachineRunLook, OutputGroup} from '../../../src/engine/machines/types.ts';
import {
  endWords,
  runElapsed,
  runGroupRow,
  runMachineRow,
  runNote,
  runPlace,
  silentFor,
} from '../../../src/screens/machines/machine-run-rows.ts';
import {createTheme} from '../../../src/ui/theme/theme.ts';
import {rowText} from '../../../src/ui/widgets/rows.ts';
import {machineOf} from '../../helpers/fake-machines.ts';
import {fakeNow} from '../../helpers/fake-now.ts';

const theme = createTheme({environment: {LANG: 'C.UTF-8'}});

function lookOf(name: string, status: MachineRunLook['status'], more: Partial<MachineRunLook> = {}): MachineRunLook {
  return {machine: machineOf(name), status, startedAt: fakeNow - 12_000, ...more};
}

function groupOf(names: readonly string[], exit: number, differs = true): OutputGroup {
  return {
    machines: names.map((name) => machineOf(name)),
    end: {exit},
    text: '',
    ...(differs ? {difference: []} : {}),
  };
}

test.each<[MachineRunLook, string]>([
  [lookOf('a', 'done', {end: {exit: 0}}), 'exit 0'],
  [lookOf('a', 'failed', {end: {exit: 127}}), 'exit 127'],
  [lookOf('a', 'failed', {end: {signal: 'SIGKILL'}}), 'SIGKILL'],
  [lookOf('a', 'unreachable'), 'no answer'],
  [lookOf('a', 'connecting'), 'connecting'],
])('how it ended is said as %#', (look, words) => {
  expect(endWords(look)).toBe(words);
});

test('a machine that runs and was silent for 90 s is named so, from its start or its last line', () => {
  expect(silentFor(lookOf('a', 'running', {startedAt: fakeNow - 90_000}), fakeNow)).toBe(90_000);
  expect(
    silentFor(lookOf('a', 'running', {startedAt: fakeNow - 900_000, spokeAt: fakeNow - 5000}), fakeNow),
  ).toBeUndefined();
  expect(silentFor(lookOf('a', 'done', {startedAt: 0}), fakeNow)).toBeUndefined();
});

test.each<[MachineRunLook, string]>([
  [lookOf('gpu-01', 'done', {end: {exit: 0}, endedAt: fakeNow - 11_600}), '✓ gpu-01 exit 0                    0.4s'],
  [lookOf('gpu-01', 'running', {startedAt: fakeNow - 150_000}), 'gpu-01 no output for 2m30s      2m30s'],
  [lookOf('gpu-01', 'waiting', {startedAt: undefined as never}), '… gpu-01 waiting                       '],
  [
    lookOf('gpu-01', 'unreachable', {
      problem: {code: 'machine-unreachable', message: 'gpu-01 (pai@10.0.0.1) cannot be reached: no route.'},
    }),
    '✗ gpu-01 cannot be reached: no …',
  ],
])('a machine is a row with how it is and its time: %#', (look, text) => {
  const row = rowText(runMachineRow(look, 6, 39, theme, fakeNow));
  expect(row).toContain(text);
  expect(row).toHaveLength(39);
});

test('a group is a row with how many they are, how they ended, and who', () => {
  expect(rowText(runGroupRow(groupOf(['a', 'b', 'c'], 0, false), 0, 60, theme))).toBe(
    '✓ 3 the same     exit 0   a, b, c',
  );
  expect(rowText(runGroupRow(groupOf(['d'], 1), 1, 60, theme))).toBe('✗ 1 different    exit 1   d');
  expect(rowText(runGroupRow(groupOf(['a'], 0, false), 0, 60, theme))).toBe('✓ 1 reference    exit 0   a');
});

test('while it runs the silent ones and the slowest are named', () => {
  const machines = [
    lookOf('a', 'done', {end: {exit: 0}, endedAt: fakeNow}),
    lookOf('b', 'running', {startedAt: fakeNow - 200_000, spokeAt: fakeNow - 120_000}),
    lookOf('c', 'running'),
  ];
  expect(rowText(runNote({machines, running: true}, [], theme, fakeNow))).toBe(
    'silent: b (no output for 2m00s) · slowest: b 3m20s',
  );
  expect(rowText(runNote({machines: machines.slice(2), running: true}, [], theme, fakeNow))).toBe('');
});

test.each<[string, readonly OutputGroup[], string]>([
  ['all the same', [groupOf(['a', 'b', 'c'], 0, false)], 'all outputs are the same'],
  ['one different', [groupOf(['a', 'b'], 0, false), groupOf(['c'], 0)], '2 the same, 1 different: c'],
  ['all different', [groupOf(['a'], 0, false), groupOf(['b'], 0), groupOf(['c'], 0)], 'all outputs differ'],
])('at the end it says what became of all, and which are alike: %s', (_, groups, words) => {
  const machines = ['a', 'b', 'c'].map((name) => lookOf(name, 'done', {end: {exit: 0}, endedAt: fakeNow}));
  expect(rowText(runNote({machines, running: false}, groups, theme, fakeNow))).toBe(`✓ 3 done · ${words}`);
});

test('those that failed or did not answer are named', () => {
  const machines = [lookOf('a', 'done'), lookOf('b', 'failed'), lookOf('c', 'unreachable')];
  expect(rowText(runNote({machines, running: false}, [], theme, fakeNow))).toContain(
    '✓ 1 done · ✗ 1 failed: b · ✗ 1 did not answer: c',
  );
});

test('how far it is, and how long it takes from the first start to the last end', () => {
  const machines = [lookOf('a', 'done', {endedAt: fakeNow - 2000}), lookOf('b', 'running')];
  expect(runPlace({machines, running: true})).toBe('1 of 2 ended');
  expect(runPlace({machines, running: true, stopping: true})).toBe('stopping: 1 of 2 ended');
  expect(runElapsed({machines, running: true}, fakeNow)).toBe(12_000);
  expect(runPlace({machines: machines.slice(0, 1), running: false})).toBe('1 machine');
  expect(runElapsed({machines: machines.slice(0, 1), running: false}, fakeNow)).toBe(10_000);
});

test('where there is less room fewer are named, and nothing is cut', () => {
  const failed = ['gpu-01', 'gpu-02', 'gpu-03', 'gpu-04'].map((name) => lookOf(name, 'failed'));
  const state = {machines: [lookOf('a', 'done'), ...failed], running: false};
  const note = (width: number) => rowText(runNote(state, [], theme, fakeNow, width));
  expect(note(60)).toBe('✓ 1 done · ✗ 4 failed: gpu-01, gpu-02, gpu-03 and 1 more');
  expect(note(50)).toBe('✓ 1 done · ✗ 4 failed: gpu-01, gpu-02 and 2 more');
  expect(note(30)).toBe('✓ 1 done · ✗ 4 failed');
});
