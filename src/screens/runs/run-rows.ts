import {
  type RunStatus,
  type RunSummary,
  type RunView,
  type TaskState,
  type TaskStatus,
  taskTitle,
} from '../../engine/index.ts';
import type {State, Theme} from '../../ui/theme/theme.ts';
import {count, duration, moment} from '../../ui/widgets/amounts.ts';
import {cellWidth, fit, fitRight, plain} from '../../ui/widgets/cells.ts';
import {matches} from '../../ui/widgets/list-state.ts';
import {type Row, row, type Span} from '../../ui/widgets/rows.ts';
import {progressWords} from '../progress-words.ts';

const runGlyph: Readonly<Record<RunStatus, State>> = {
  waiting: 'waiting',
  running: 'running',
  interrupted: 'warning',
  done: 'ok',
  failed: 'failed',
  stopped: 'skipped',
};

const taskGlyph: Readonly<Record<TaskStatus, State>> = {
  waiting: 'waiting',
  running: 'running',
  done: 'ok',
  failed: 'failed',
  skipped: 'skipped',
  stopped: 'warning',
};

/** One run of the history in one row. */
export function runRow(run: RunSummary, width: number, theme: Theme, now: number): Row {
  const wide = width >= 100;
  const state: Span = {
    text: fit(
      `${run.status === 'running' ? theme.glyphs.spinner : theme.glyphs[runGlyph[run.status]]} ${run.status}`,
      13,
    ),
    tone: runGlyph[run.status],
  };
  const took = duration((run.endedAt ?? now) - run.startedAt);
  const when = moment(run.startedAt, now);
  const right: Row = [
    ...(wide ? [{text: `  ${fit(plain(run.who), 20, theme.glyphs.ellipsis)}`, tone: 'quiet' as const}] : []),
    ...(width >= 60 ? [{text: ` ${fitRight(when, 16)}`, tone: 'quiet' as const}] : []),
    ...(width >= 46 ? [{text: ` ${fitRight(run.status === 'interrupted' ? '' : took, 6)}`}] : []),
  ];
  const tasks = tasksWords(run);
  const taskCells = wide ? 26 : 0;
  const rightCells = right.reduce((sum, span) => sum + cellWidth(span.text), 0);
  const titleCells = Math.max(1, width - 14 - rightCells - (taskCells > 0 ? taskCells + 1 : 0));
  return [
    state,
    {text: ' '},
    {text: fit(plain(run.title), titleCells, theme.glyphs.ellipsis)},
    ...(taskCells > 0 ? [{text: ` ${fit(tasks, taskCells, theme.glyphs.ellipsis)}`, tone: 'quiet' as const}] : []),
    ...right,
  ];
}

/** The line above the history, in the same columns. */
export function runHeader(width: number): Row {
  const wide = width >= 100;
  const right = [
    wide ? `  ${fit('WHO', 20)}` : '',
    width >= 60 ? ` ${fitRight('STARTED', 16)}` : '',
    width >= 46 ? ` ${fitRight('TIME', 6)}` : '',
  ].join('');
  const titleCells = Math.max(1, width - 14 - cellWidth(right) - (wide ? 27 : 0));
  return row(`${fit('STATE', 13)} ${fit('RUN', titleCells)}${wide ? ` ${fit('TASKS', 26)}` : ''}${right}`, 'quiet');
}

/** '7 of 23, 1 failed, 5 changed' */
function tasksWords(run: RunSummary): string {
  const {total, done, failed, changed} = run.tasks;
  const words = [`${done} of ${total}`];
  if (failed > 0) words.push(`${failed} failed`);
  if (changed > 0) words.push(`${changed} changed`);
  return words.join(', ');
}

export interface TaskLook {
  readonly width: number;
  readonly theme: Theme;
  /** Monotonic now. */
  readonly up: number;
  /** Cells of the longest title, so that what stands beside them is in one column. */
  readonly titleCells?: number;
  /** The runner is gone: what ran does not run any more. */
  readonly interrupted?: boolean;
  /** Milliseconds without output, for tasks that run and have been silent for long. */
  readonly silentMs?: number | undefined;
}

/** Cells enough for most titles: 'Build yarn-frameworklauncher'. */
const mostTitle = 32;

/** One task of a plan in one row: glyph, title, progress or note, time. */
export function taskRow(
  task: TaskState,
  {width, theme, up, interrupted = false, silentMs, titleCells: given}: TaskLook,
): Row {
  const title = taskTitle(task);
  const cutOff = interrupted && task.status === 'running';
  const {glyph, tone} = taskLook(task.status, interrupted, theme);
  const time = fitRight(cutOff ? '' : taskElapsedWords(task, up), 6);
  const aside = cutOff ? {text: 'cut off', tone} : taskAside(task, silentMs, theme);
  const room = Math.max(0, width - 2 - 7);
  // How far a running task is matters more than the end of its title.
  const least = task.status === 'running' && aside.text !== '' ? Math.min(cellWidth(aside.text) + 1, room >> 1) : 0;
  // One long title must not leave the others' asides without room.
  const wanted = Math.min(given ?? cellWidth(title), Math.max(mostTitle, Math.floor(room * 0.5)));
  const titleCells = Math.min(room - least, Math.max(wanted, Math.floor(room * 0.4)));
  const asideCells = Math.max(0, room - titleCells - 1);
  const shownAside = asideCells < 3 ? '' : fit(aside.text, asideCells, theme.glyphs.ellipsis);
  return [
    {text: `${glyph} `, tone},
    {
      text: fit(plain(title), shownAside.trim() === '' ? room : titleCells, theme.glyphs.ellipsis),
      tone: task.status === 'skipped' || task.status === 'waiting' ? 'quiet' : undefined,
    },
    ...(shownAside.trim() === '' ? [] : [{text: ` ${shownAside}`, tone: aside.tone}]),
    {text: ` ${time}`, tone: 'quiet'},
  ];
}

/** The tasks that have all words of a search in their title, their state, or what became of them. */
export function foundTasks(tasks: readonly TaskState[], search: string): readonly TaskState[] {
  return tasks.filter((task) =>
    matches(
      search,
      [taskTitle(task), task.status, task.note ?? '', task.problem?.message ?? '', task.because ?? ''].join(' '),
    ),
  );
}

/** The glyph of a task, turning while it runs, and its colour. */
export function taskLook(
  status: TaskStatus,
  interrupted: boolean,
  {glyphs}: Theme,
): {readonly glyph: string; readonly tone: State} {
  if (status === 'running') {
    return interrupted ? {glyph: glyphs.warning, tone: 'warning'} : {glyph: glyphs.spinner, tone: 'running'};
  }
  return {glyph: glyphs[taskGlyph[status]], tone: taskGlyph[status]};
}

/** Milliseconds a task took, or takes since it began; undefined before it began. */
function taskElapsed(task: TaskState, up: number): number | undefined {
  if (task.tookMs !== undefined) return task.tookMs;
  if (task.status === 'running' && task.startedUp !== undefined) return Math.max(0, up - task.startedUp);
  return undefined;
}

/** Where a run is, as the header of its view: 'step 6 of 12  00:48  (usually 02:10)'. */
export function runPlace(view: RunView): string {
  const {tasks} = view.state;
  const ended = tasks.filter((task) => task.status !== 'waiting' && task.status !== 'running').length;
  if (view.summary.status === 'interrupted') return `${ended} of ${count(tasks.length, 'task')} ended`;
  if (view.state.status !== 'running' && view.state.status !== 'waiting') {
    return count(tasks.length, 'task');
  }
  return `step ${Math.min(tasks.length, ended + 1)} of ${tasks.length}`;
}

/** '12s', '1m04s'; empty before it began. */
export function taskElapsedWords(task: TaskState, up: number): string {
  const elapsed = taskElapsed(task, up);
  if (elapsed === undefined) return '';
  // It is drawn once a second: tenths of what runs would stand still and be wrong.
  return task.tookMs === undefined && elapsed < 60_000 ? `${Math.floor(elapsed / 1000)}s` : duration(elapsed);
}

/** How far a task is, or what became of it, in a few words. */
export function taskAside(
  task: TaskState,
  silentMs: number | undefined,
  theme: Theme,
): {text: string; tone?: Span['tone']} {
  switch (task.status) {
    case 'waiting':
      return {text: ''};
    case 'running': {
      const tries = task.attempt > 1 ? `try ${task.attempt}` : '';
      const silent = silentMs === undefined ? '' : `no output for ${duration(silentMs)}`;
      const text = [progressWords(task.progress), tries, silent].filter(Boolean).join(` ${theme.glyphs.separator} `);
      return {text, tone: silent === '' ? 'quiet' : 'warning'};
    }
    case 'done':
      return {text: plain(task.note ?? (task.changed ? '' : 'unchanged')), tone: 'quiet'};
    case 'failed':
      return {text: plain(task.problem?.message ?? 'failed'), tone: 'failed'};
    case 'skipped':
      return {text: plain(task.because ?? 'skipped'), tone: 'quiet'};
    case 'stopped':
      return {text: plain(task.halfDone ?? 'stopped'), tone: 'warning'};
  }
}
