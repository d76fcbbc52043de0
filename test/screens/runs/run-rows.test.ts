import {expect, test} from 'vitest';
import {outcomeRows} from '../../../src/screens/runs/run-outcome.ts';
import {runHeader, runRow, taskRow} from '../../../src/screens/runs/run-rows.ts';
import {createTheme} from '../../../src/ui/theme/theme.ts';
import {cellWidth} from '../../../src/ui/widgets/cells.ts';
import {rowText, rowWidth} from '../../../src/ui/widgets/rows.ts';
import {fakeNow, fakeUp, runOf, taskState} from '../../helpers/fake-engine.ts';

const theme = createTheme({environment: {NO_COLOR: '1', LANG: 'C.UTF-8'}});
const task = (status: Parameters<typeof taskState>[1], more: Parameters<typeof taskState>[2] = {}, silentMs?: number) =>
  rowText(taskRow(taskState('build/web', status, more), {width: 44, theme, up: fakeUp, silentMs}));

test.each([
  ['waiting', task('waiting'), '… Build web'],
  ['running', task('running', {progress: {done: 3, total: 12}}), '\ue0f1 Build web      3/12                    12s'],
  ['silent', task('running', {}, 95_000), '\ue0f1 Build web      no output for 1m35s     12s'],
  ['unchanged', task('done', {changed: false}), '✓ Build web      unchanged              9.2s'],
  ['skipped', task('skipped', {because: 'base failed'}), '– Build web      base failed'],
  ['tried again', task('running', {attempt: 2}), '\ue0f1 Build web      try 2                   12s'],
])('a task that is %s', (_, shown, expected) => {
  expect(shown.trimEnd()).toBe(expected);
  expect(cellWidth(shown)).toBe(44);
});

test('where it is narrow a running task keeps its progress rather than the end of its title', () => {
  const narrow = rowText(
    taskRow(taskState('build/yarn-frameworklauncher', 'running', {progress: {done: 3, total: 12}}), {
      width: 36,
      theme,

      up: fakeUp,
      titleCells: 28,
    }),
  );
  expect(narrow).toBe('\ue0f1 Build yarn-frameworkl… 3/12    12s');
});

test('a row of the history fits every width', () => {
  const {summary} = runOf({id: 'r', status: 'failed', tasks: [taskState('a', 'failed'), taskState('b', 'done')]});
  for (const width of [20, 38, 50, 80, 120, 200]) {
    if (width >= 38) expect(rowWidth(runHeader(width))).toBe(width);
    if (width >= 38) expect(rowWidth(runRow(summary, width, theme, fakeNow))).toBe(width);
  }
});

const failedRun = runOf({
  id: 'r',
  status: 'failed',
  tasks: [
    taskState('build/a', 'done'),
    taskState('build/b', 'failed', {
      problem: {code: 'build-failed', message: 'Step 3/5 ended with exit code 1.', hint: 'Read its last lines.'},
    }),
    taskState('build/c', 'skipped', {because: 'Build b failed'}),
  ],
});

test('the end of a run says what changed, what failed and what to do next', () => {
  expect(outcomeRows(failedRun, 70, 10, theme).map(rowText)).toEqual([
    '✗ failed after 48s: 1 failed, 1 changed, 1 skipped',
    '  Build b: Step 3/5 ended with exit code 1.',
    '  Read its last lines.',
    'Enter reads what it said. r repeats it: what is done stays done.',
  ]);
});

test('where there is little room the outcome, the first failure and the next key are left', () => {
  expect(outcomeRows(failedRun, 40, 3, theme).map(rowText)).toEqual([
    '✗ failed after 48s: 1 failed, 1 changed…',
    '  Build b: Step 3/5 ended with exit cod…',
    'Enter reads what it said. r repeats it:…',
  ]);
  expect(outcomeRows(failedRun, 80, 1, theme)).toHaveLength(1);
});

test('a task that ran when its runner died neither turns nor counts on', () => {
  const look = {width: 44, theme, up: fakeUp, interrupted: true};
  const shown = rowText(taskRow(taskState('build/web', 'running', {progress: {done: 3, total: 12}}), look));
  expect(shown.trimEnd()).toBe('! Build web      cut off');
});

test('one long title leaves room for what became of the others', () => {
  const failed = taskState('build/short', 'failed', {problem: {code: 'build-failed', message: 'Step 3 ended with 1'}});
  const look = {width: 74, theme, up: fakeUp, titleCells: 60};
  expect(rowText(taskRow(failed, look))).toContain('Step 3 ended with 1');
  expect(rowText(taskRow(taskState('build/x', 'waiting', {title: 'y'.repeat(60)}), look))).toContain('y'.repeat(60));
});
