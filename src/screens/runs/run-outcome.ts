import type {RunView, TaskState} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {count, duration} from '../../ui/widgets/amounts.ts';
import {plain, wrap} from '../../ui/widgets/cells.ts';
import {type Row, row} from '../../ui/widgets/rows.ts';

/**
 * What a person should know now that a run does not go on: what changed, what failed, what to do next. Empty while it
 * runs. At most `height` rows.
 */
export function outcomeRows(view: RunView, width: number, height: number, theme: Theme): readonly Row[] {
  const rows: Row[] = [];
  const say = (text: string, tone?: Row[number]['tone'], lead = ''): void => {
    for (const [index, line] of wrap(plain(text), Math.max(8, width - lead.length)).entries()) {
      rows.push([{text: index === 0 ? lead : ' '.repeat(lead.length)}, {text: line, tone}]);
    }
  };
  const {summary, state} = view;
  if (summary.status === 'interrupted') {
    say(`${theme.glyphs.warning} interrupted: ${view.explanation ?? 'the runner is gone.'}`, 'warning');
    say('Enter resumes it at the tasks that are not done.', 'key');
    return rows.slice(0, height);
  }
  if (state.status === 'running' || state.status === 'waiting') {
    if (state.cancel) rows.push(row(cancelWords(view), 'warning'));
    return rows.slice(0, height);
  }
  say(outcomeLine(view, theme), state.status === 'done' ? 'ok' : state.status === 'failed' ? 'failed' : 'warning');
  if (state.problem) sayProblem(state.problem.message, state.problem.hint);
  for (const task of state.tasks.filter(({status}) => status === 'failed')) {
    sayProblem(`${task.title}: ${task.problem?.message ?? 'failed'}`, task.problem?.hint);
  }
  for (const task of state.tasks.filter(({halfDone}) => halfDone !== undefined)) {
    say(`${task.title} is half-done: ${task.halfDone}`, 'warning', '  ');
  }
  const next = state.status === 'done' ? '' : 'r repeats it: what is done stays done.';
  if (next !== '') say(next, 'key');
  return rows.length <= height ? rows : [...rows.slice(0, Math.max(0, height - 1)), ...moreRow(rows, height, theme)];

  function sayProblem(message: string, hint: string | undefined): void {
    say(message, 'failed', '  ');
    if (hint) say(hint, undefined, '  ');
  }
}

/** '✗ failed after 1m12s: 3 changed, 6 unchanged, 1 failed, 2 skipped' */
export function outcomeLine(view: RunView, theme: Theme): string {
  const {state} = view;
  const of = (test: (task: TaskState) => boolean): number => state.tasks.filter(test).length;
  const parts = [
    [of((task) => task.status === 'done' && task.changed === true), 'changed'],
    [of((task) => task.status === 'done' && task.changed !== true), 'unchanged'],
    [of((task) => task.status === 'failed'), 'failed'],
    [of((task) => task.status === 'skipped'), 'skipped'],
    [of((task) => task.status === 'stopped'), 'stopped'],
    [of((task) => task.status === 'waiting'), 'not started'],
  ] as const;
  const words = parts.filter(([amount]) => amount > 0).map(([amount, word]) => `${amount} ${word}`);
  const glyph = state.status === 'done' ? 'ok' : state.status === 'failed' ? 'failed' : 'skipped';
  const took = state.tookMs === undefined ? '' : ` after ${duration(state.tookMs)}`;
  const nothing = state.status === 'done' && parts[0][0] === 0 ? '; nothing had to change' : '';
  return `${theme.glyphs[glyph]} ${state.status}${took}: ${words.join(', ') || 'no tasks'}${nothing}`;
}

/** What a requested cancel waits for. */
export function cancelWords(view: RunView): string {
  const running = view.state.tasks.filter((task) => task.status === 'running');
  if (view.state.cancel?.stage === 2) return `Stopping everything now, by ${plain(view.state.cancel.by)}.`;
  const critical = running.filter((task) => task.critical);
  const waits = critical.length > 0 ? `; waiting for ${critical.map((task) => task.title).join(', ')}` : '';
  return `Stopping: nothing new starts, ${count(running.length, 'task')} still running${waits}.`;
}

function moreRow(rows: readonly Row[], height: number, theme: Theme): readonly Row[] {
  return [
    row(
      `${theme.glyphs.ellipsis} ${count(rows.length - height + 1, 'more line')}: choose the task in the plan`,
      'quiet',
    ),
  ];
}
