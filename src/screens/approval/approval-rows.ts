import {effectWords, type FoldedTask, type OperationRequest, type Proposal, type Task} from '../../engine/index.ts';
import type {State, Theme} from '../../ui/theme/theme.ts';
import {count} from '../../ui/widgets/amounts.ts';
import {cellWidth, fit, plain, wrap} from '../../ui/widgets/cells.ts';
import {type Row, row, rowWidth, type Span} from '../../ui/widgets/rows.ts';

/** '2 would change, 1 decided while running, 9 are as they should be. Touches this computer.' */
export function planSummary({plan, nothingToDo}: Proposal): string {
  const of = (expected: Task['expected']): number => plan.tasks.filter((task) => task.expected === expected).length;
  if (nothingToDo) {
    return plan.tasks.length === 0
      ? 'Nothing to do.'
      : `Nothing to do: ${count(plan.tasks.length, 'task')}, and everything is as it should be.`;
  }
  const parts = [
    [of('change'), 'would change something'],
    [of('decided while running'), 'decided while running'],
    [of('unchanged'), 'as it should be'],
  ] as const;
  const said = parts.filter(([amount]) => amount > 0).map(([amount, words]) => `${amount} ${words}`);
  const touched = [...new Set(plan.tasks.map((task) => task.touches))].filter((touches) => touches !== 'nothing');
  return `${count(plan.tasks.length, 'task')}: ${said.join(', ')}.${touched.length > 0 ? ` Touches ${touched.join(', ')}.` : ''}`;
}

/** What the cursor in a plan goes by. */
export function idsOf(folded: readonly FoldedTask[]): readonly string[] {
  return folded.map(({tasks: [task]}) => task.id);
}

/** One task of a plan, or one of many machines: what is expected of it, and why. */
export function proposedTaskRow(folded: FoldedTask<Task>, titleCells: number, width: number, theme: Theme): Row {
  const [task] = folded.tasks;
  const look = expectations[task.expected];
  const takesData = task.touches === 'data' && task.expected !== 'unchanged';
  const why = folded.why.join('; ');
  const room = Math.max(8, why === '' ? width - 13 : Math.floor((width - 13) * 0.55));
  const title = Math.min(why === '' ? room : titleCells, room);
  return [
    takesData
      ? {text: fit(`${theme.glyphs.warning} data`, 11), tone: 'danger'}
      : {text: fit(`${theme.glyphs[look.state]} ${look.word}`, 11), tone: look.state},
    {text: ` ${fit(plain(folded.title), title, theme.glyphs.ellipsis)}`},
    {text: ` ${fit(plain(why), Math.max(0, width - 13 - title), theme.glyphs.ellipsis)}`, tone: 'quiet'},
  ];
}

/** Why a task would change something, everything it may change, and how it would be taken back. */
export function effectRows(
  task: Pick<Task, 'why' | 'does' | 'needs' | 'after' | 'critical' | 'undo'>,
  width: number,
): readonly Row[] {
  const {needs, after = []} = task;
  return labelledRows({...task, does: task.does.map(effectWords), needs, after}, width);
}

/** The same of a task of a plan: where it stands for many, of all of them. `titles` says what ids are called. */
export function foldedEffectRows(
  {tasks, hosts, why, does}: FoldedTask<Task>,
  titles: ReadonlyMap<string, string>,
  width: number,
): readonly Row[] {
  const [{critical, undo}] = tasks;
  const titlesOf = (idsOfTask: (task: Task) => readonly string[]): readonly string[] => [
    ...new Set(tasks.flatMap(idsOfTask).map((id) => titles.get(id) ?? id)),
  ];
  const needs = titlesOf((task) => task.needs);
  const after = titlesOf((task) => task.after ?? []);
  return labelledRows({hosts, why, does, needs, after, critical, undo}, width);
}

interface Labelled {
  readonly hosts?: string | undefined;
  readonly why: readonly string[];
  readonly does: readonly string[];
  readonly needs: readonly string[];
  readonly after: readonly string[];
  readonly critical?: true | undefined;
  readonly undo?: string | undefined;
}

function labelledRows(task: Labelled, width: number): readonly Row[] {
  const rows: Row[] = [];
  const say = (label: string, text: string): void => {
    for (const [index, line] of wrap(plain(text), Math.max(8, width - 8)).entries()) {
      rows.push([{text: fit(index === 0 ? label : '', 8), tone: 'quiet'}, {text: line}]);
    }
  };
  if (task.hosts !== undefined) say('on', task.hosts);
  for (const [index, why] of task.why.entries()) say(index === 0 ? 'why' : '', why);
  for (const [index, effect] of task.does.entries()) say(index === 0 ? 'does' : '', effect);
  if (task.needs.length > 0) say('after', task.needs.join(', '));
  if (task.after.length > 0) say('ended', `${task.after.join(', ')}: well or not`);
  if (task.critical) say('note', 'It is never interrupted between its first change and its last.');
  if (task.undo) say('undo', task.undo);
  return rows.length > 0 ? rows : [row('It changes nothing.', 'quiet')];
}

/** What a removal may be told to do that it does not do by itself. */
export const removalWords = {force: 'lone pods', ignoreBudgets: 'budgets', dead: 'machine'} as const;

/** What can be chosen before it starts: 'f force: no   n cache: yes   +- at once: default', in as many rows as it takes. */
export function optionsRows(request: OperationRequest, width: number): readonly Row[] {
  const options: (readonly [key: string, word: string, value: string])[] = [];
  if (request.operation === 'image build') {
    options.push(['f', 'force', request.force ? 'yes' : 'no']);
    options.push(['n', 'cache', request.noCache ? 'no' : 'yes']);
    options.push(['b', 'builder', request.builder]);
  }
  if (request.operation === 'cluster k8s-bootup')
    options.push(['v', 'verify', request.verify ? 'yes' : 'if it changed']);
  if (request.operation === 'cluster k8s-clean')
    options.push(['f', 'data of etcd', request.force ? 'removed' : 'kept']);
  if (request.operation === 'cluster k8s-bootup' || request.operation === 'cluster k8s-clean')
    options.push(['s', 'scripts', request.packageSet === 'tree' ? "the tree's" : 'of pai-tui']);
  if (request.operation === 'machine remove') {
    options.push(['f', removalWords.force, request.force ? 'removed' : 'kept']);
    options.push(['b', removalWords.ignoreBudgets, request.ignoreBudgets ? 'ignored' : 'respected']);
    options.push(['d', removalWords.dead, request.dead ? 'dead' : 'asked']);
  }
  if (request.operation === 'machine add' || request.operation === 'machine remove')
    options.push(['w', 'machine list', request.updateConfig ? 'written' : 'as it is']);
  if (request.takeOverLock) options.push(['t', 'lock', 'taken over']);
  options.push(['+-', 'at once', request.parallel === undefined ? 'default' : String(request.parallel)]);
  const rows: Span[][] = [[]];
  for (const [key, word, value] of options) {
    const option: Row = [{text: key, tone: 'key'}, {text: ` ${word}: `}, {text: value, tone: 'accent'}];
    const before = rows.at(-1) ?? [];
    if (before.length === 0) before.push(...option);
    else if (rowWidth(before) + 3 + rowWidth(option) <= width) before.push({text: '   '}, ...option);
    else rows.push([...option]);
  }
  return rows;
}

/** Cells of the longest title. */
export function titleWidth(tasks: readonly {readonly title: string}[]): number {
  return tasks.reduce((most, task) => Math.max(most, cellWidth(task.title)), 0);
}

const expectations: Readonly<Record<Task['expected'], {readonly state: State; readonly word: string}>> = {
  change: {state: 'warning', word: 'change'},
  unchanged: {state: 'ok', word: 'current'},
  'decided while running': {state: 'unknown', word: 'decides'},
};
