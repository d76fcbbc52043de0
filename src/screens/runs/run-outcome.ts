import {type RunView, type TaskState, taskTitle} from '../../engine/index.ts';
import type {Role, Theme} from '../../ui/theme/theme.ts';
import {count, duration} from '../../ui/widgets/amounts.ts';
import {cut, plain, wrap} from '../../ui/widgets/cells.ts';
import type {Row} from '../../ui/widgets/rows.ts';

/**
 * What a person should know now that a run does not go on: what changed, what failed, what to do next. Empty while it
 * runs undisturbed. At most `height` rows: sentences are cut to one row each where there is no room to wrap them.
 */
export function outcomeRows(view: RunView, width: number, height: number, theme: Theme): readonly Row[] {
  const facts = outcomeFacts(view, theme);
  const wrapped = facts.flatMap((fact) => factRows(fact, width));
  if (wrapped.length <= height) return wrapped;
  const cutRows = facts.map(
    ({lead = '', text, tone}): Row => [
      {text: lead},
      {text: cut(plain(text), Math.max(1, width - lead.length), theme.glyphs.ellipsis), tone},
    ],
  );
  if (cutRows.length <= height) return cutRows;
  const last = facts.length > 2 ? cutRows.slice(-1) : [];
  const room = Math.max(1, height - last.length);
  return [...cutRows.slice(0, room), ...last].slice(0, height);
}

interface Fact {
  readonly text: string;
  readonly tone?: Role | undefined;
  readonly lead?: string;
}

function outcomeFacts(view: RunView, theme: Theme): readonly Fact[] {
  const {summary, state} = view;
  if (summary.status === 'interrupted') {
    return [
      {text: `${theme.glyphs.warning} interrupted: ${view.explanation ?? 'the runner is gone.'}`, tone: 'warning'},
      {text: 'Enter resumes it at the tasks that are not done.', tone: 'key'},
    ];
  }
  const notices = (state.notices ?? []).map(
    ({message}): Fact => ({text: `${theme.glyphs.warning} ${message}`, tone: 'warning'}),
  );
  if (state.status === 'running' || state.status === 'waiting') {
    return [...(state.cancel ? [{text: cancelWords(view), tone: 'warning' as const}] : []), ...notices];
  }
  const tone = state.status === 'done' ? 'ok' : state.status === 'failed' ? 'failed' : 'warning';
  const failed = state.tasks.filter(({status}) => status === 'failed');
  const halfDone = state.tasks.filter((task) => task.halfDone !== undefined);
  const facts: Fact[] = [{text: outcomeLine(view, theme), tone}];
  // Where tasks failed the problem of the run only says so again.
  if (state.problem && failed.length === 0) facts.push(...problemFacts(state.problem.message, state.problem.hint));
  for (const task of failed)
    facts.push(...problemFacts(`${taskTitle(task)}: ${task.problem?.message ?? 'failed'}`, task.problem?.hint));
  for (const task of halfDone)
    facts.push({text: `${taskTitle(task)} is half-done: ${task.halfDone}`, tone: 'warning', lead: '  '});
  facts.push(...notices);
  if (state.status !== 'done') {
    const look = failed.length > 0 ? 'Enter reads what it said. ' : '';
    facts.push({text: `${look}r repeats it: what is done stays done.`, tone: 'key'});
  }
  return facts;
}

function problemFacts(message: string, hint: string | undefined): readonly Fact[] {
  const said: Fact = {text: message, tone: 'failed', lead: '  '};
  return hint ? [said, {text: hint, lead: '  '}] : [said];
}

function factRows({lead = '', text, tone}: Fact, width: number): readonly Row[] {
  return wrap(plain(text), Math.max(8, width - lead.length)).map((line, index) => [
    {text: index === 0 ? lead : ' '.repeat(lead.length)},
    {text: line, tone},
  ]);
}

/** '✗ failed after 1m12s: 1 failed, 3 changed, 6 unchanged, 2 skipped' */
function outcomeLine(view: RunView, theme: Theme): string {
  const {state} = view;
  const of = (test: (task: TaskState) => boolean): number => state.tasks.filter(test).length;
  const changed = of((task) => task.status === 'done' && task.changed === true);
  // What is cut off where it is narrow must not be what went wrong.
  const parts = [
    [of((task) => task.status === 'failed'), 'failed'],
    [of((task) => task.status === 'stopped'), 'stopped'],
    [changed, 'changed'],
    [of((task) => task.status === 'done' && task.changed !== true), 'unchanged'],
    [of((task) => task.status === 'skipped'), 'skipped'],
    [of((task) => task.status === 'waiting'), 'not started'],
  ] as const;
  const words = parts.filter(([amount]) => amount > 0).map(([amount, word]) => `${amount} ${word}`);
  const glyph = state.status === 'done' ? 'ok' : state.status === 'failed' ? 'failed' : 'skipped';
  const took = state.tookMs === undefined ? '' : ` after ${duration(state.tookMs)}`;
  const nothing = state.status === 'done' && changed === 0 ? '; nothing had to change' : '';
  return `${theme.glyphs[glyph]} ${state.status}${took}: ${words.join(', ') || 'no tasks'}${nothing}`;
}

/** What a requested cancel waits for. */
function cancelWords(view: RunView): string {
  const running = view.state.tasks.filter((task) => task.status === 'running');
  if (view.state.cancel?.stage === 2) return `Stopping everything now, by ${plain(view.state.cancel.by)}.`;
  const critical = running.filter((task) => task.critical);
  const waits = critical.length > 0 ? `; waiting for ${critical.map(taskTitle).join(', ')}` : '';
  return `Stopping: nothing new starts, ${count(running.length, 'task')} still running${waits}.`;
}
