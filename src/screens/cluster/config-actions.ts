import {type ConfigReading, fileIn, type Problem, problemCounts} from '../../engine/index.ts';
import {count} from '../../ui/widgets/amounts.ts';
import {plain} from '../../ui/widgets/cells.ts';
import {cursorIndex, type ListAction, nextFound, reduceList} from '../../ui/widgets/list-state.ts';
import {wayTo} from '../../ui/widgets/tree-lines.ts';
import {reduceTree, type TreeAction} from '../../ui/widgets/tree-state.ts';
import type {AppModel} from '../app-model.ts';
import {type ClusterState, configViews, noProblems} from './cluster-state.ts';
import {type ConfigItem, wayToProblem} from './config-items.ts';

/** What is under the cursor: a value, or a problem. */
export interface Chosen {
  readonly item?: ConfigItem | undefined;
  readonly problem?: Problem | undefined;
}

export function chosenOf(app: AppModel): Chosen {
  const {view, problems: list, reading, trees} = app.cluster.get();
  if (view === 'problems') {
    const problems = reading?.problems ?? noProblems;
    return {problem: problems[cursorIndex(list, problemKeys(problems))]};
  }
  const {lines, keys} = app.cluster.shown();
  return {item: lines[cursorIndex(trees[view].list, keys)]?.item};
}

/** A problem is the same one when only its line has moved. */
export function problemKeys(problems: readonly Problem[]): readonly string[] {
  const times = new Map<string, number>();
  return problems.map(({code, severity = 'error', file = '', key = '', message}) => {
    const name = [code, severity, file, key, message].join('\0');
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    return `${name}\0${before}`;
  });
}

/** Does something to the list or tree that is shown now. */
export function actOnConfig(app: AppModel, action: ListAction | Exclude<TreeAction<ConfigItem>, ListAction>): void {
  const {cluster} = app;
  const state = cluster.get();
  const {view} = state;
  if (view === 'problems') {
    const keys = problemKeys(state.reading?.problems ?? noProblems);
    if (isForList(action)) cluster.set({problems: reduceList(state.problems, action, keys), detailTop: 0});
    return;
  }
  const tree = reduceTree(state.trees[view], action, cluster.shown().lines);
  cluster.set({trees: {...state.trees, [view]: tree}, detailTop: 0});
}

function isForList(action: ListAction | TreeAction<ConfigItem>): action is ListAction {
  return action.type === 'move' || action.type === 'to' || action.type === 'to-key';
}

/** Goes to the next or previous value the filter found, or, a step of 1 from one before, stays where one was found. */
export function goToMatch(app: AppModel, direction: 1 | -1, shift = 0): void {
  const {view, trees} = app.cluster.get();
  if (view === 'problems') return;
  const {keys, found} = app.cluster.shown();
  const key = nextFound(keys, found, cursorIndex(trees[view].list, keys) + shift, direction);
  if (key !== undefined) actOnConfig(app, {type: 'to-key', key});
}

export function filterConfig(app: AppModel, filter: string): void {
  const {view, trees} = app.cluster.get();
  const {keys} = app.cluster.shown();
  const before = view === 'problems' ? undefined : keys[cursorIndex(trees[view].list, keys)];
  app.cluster.set({filter});
  // Where the filter is taken away again, the cursor stays on its value, and so that is to be seen.
  if (filter === '' && before !== undefined) reveal(app, (item) => item.id === before);
  else goToMatch(app, 1, -1);
}

/** Shows the value a problem is about in one of the trees; false when it is in none. */
export function goToProblem(app: AppModel, problem: Problem): boolean {
  const {cluster} = app;
  const {view} = cluster.get();
  for (const next of ['services', 'kubernetes'] as const) {
    cluster.set({view: next, filter: '', detailFocused: false, detailTop: 0});
    const way = wayToProblem(cluster.shown().items, problem);
    if (way.length > 0) {
      actOnConfig(app, {type: 'reveal', way});
      return true;
    }
  }
  cluster.set({view});
  return false;
}

function reveal(app: AppModel, answers: (item: ConfigItem) => boolean): void {
  const way = wayTo(app.cluster.shown().items, answers);
  if (way.length > 0) actOnConfig(app, {type: 'reveal', way});
}

/** The view that is `by` views away, going round. */
export function viewAt({view}: ClusterState, by: number) {
  return configViews[(configViews.indexOf(view) + by + configViews.length) % configViews.length] ?? 'services';
}

/** 'layout.yaml:23'; empty for a problem of no file. */
export function placeOf({file, line}: Pick<Problem, 'file' | 'line'>, {draft}: ConfigReading): string {
  if (file === undefined) return '';
  return plain(`${fileIn(draft?.folder ?? '', file)}${line === undefined ? '' : `:${line}`}`);
}

/** '2 problems fewer, 1 more: 1 error is left.' Undefined when the problems are the same. */
function differenceWords(before: ConfigReading, after: ConfigReading): string | undefined {
  const old = new Set(problemKeys(before.problems));
  const fresh = new Set(problemKeys(after.problems));
  const gone = [...old].filter((key) => !fresh.has(key)).length;
  const more = [...fresh].filter((key) => !old.has(key)).length;
  const parts = [
    ...(gone > 0 ? [`${count(gone, 'problem')} fewer`] : []),
    ...(more > 0 ? [gone > 0 ? `${more} new` : `${count(more, 'problem')} more`] : []),
  ];
  if (parts.length === 0) return undefined;
  const left = problemCounts(after.problems);
  return `${parts.join(', ')}: ${left === '' ? 'nothing is wrong now' : `${left} now`}.`;
}

/** Says what a reading of the configuration found out beyond the one before; gives that too. */
export function sayDifference(app: AppModel, before: ConfigReading, after: ConfigReading): string | undefined {
  const words = differenceWords(before, after);
  if (words !== undefined) app.say(words, after.problems.length > before.problems.length ? 'warning' : 'ok');
  return words;
}
