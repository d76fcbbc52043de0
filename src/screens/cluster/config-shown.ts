import {type ClusterConfig, type Problem, type ViewName, valueTree} from '../../engine/index.ts';
import {type TreeFound, type TreeLine, treeLines} from '../../ui/widgets/tree-lines.ts';
import type {ClusterState} from './cluster-state.ts';
import {type ConfigItem, configItems, findValues} from './config-items.ts';

/** What a tree of the configuration shows now. */
export interface ShownConfig {
  readonly items: readonly ConfigItem[];
  readonly lines: readonly TreeLine<ConfigItem>[];
  readonly keys: readonly string[];
  /** Ids of what the filter found; empty without one. */
  readonly found: ReadonlySet<string>;
  /** The gravest problem at a place of a file: 'file:line'. */
  readonly wrongAt: ReadonlyMap<string, Problem>;
}

/** Remembers what it worked out last, and makes only what depends on a change anew. */
export function createShownConfig(): (state: ClusterState, view: ViewName) => ShownConfig {
  const itemsOf = {services: remembered(itemsIn('services')), kubernetes: remembered(itemsIn('kubernetes'))};
  const foundIn = remembered((items: readonly ConfigItem[], filter: string): TreeFound | undefined =>
    filter === '' ? undefined : findValues(items, filter),
  );
  const wrong = remembered(wrongPlaces);
  const shown = remembered(
    (
      items: readonly ConfigItem[],
      unfolded: ReadonlySet<string>,
      search: TreeFound | undefined,
      wrongAt: ReadonlyMap<string, Problem>,
    ): ShownConfig => {
      const lines = treeLines(items, unfolded, search);
      return {items, lines, keys: lines.map(({item}) => item.id), found: search?.found ?? new Set(), wrongAt};
    },
  );
  return ({reading, trees, filter}, view) => {
    const items = itemsOf[view](reading?.draft);
    return shown(items, trees[view].unfolded, foundIn(items, filter), wrong(reading?.problems));
  };
}

function itemsIn(view: ViewName) {
  return (config: ClusterConfig | undefined): readonly ConfigItem[] =>
    config ? configItems(valueTree(config, view)) : [];
}

function wrongPlaces(problems: readonly Problem[] = []): ReadonlyMap<string, Problem> {
  const places = new Map<string, Problem>();
  for (const problem of problems) {
    if (problem.file === undefined || problem.line === undefined) continue;
    const place = `${problem.file}:${problem.line}`;
    const before = places.get(place);
    if (!before || rank(problem) < rank(before)) places.set(place, problem);
  }
  return places;
}

function rank({severity = 'error'}: Problem): number {
  return ['error', 'warning', 'notice'].indexOf(severity);
}

/** The same result while the arguments are the same. */
function remembered<Arguments extends readonly unknown[], Result>(
  work: (...values: Arguments) => Result,
): (...values: Arguments) => Result {
  let last: {readonly values: Arguments; readonly result: Result} | undefined;
  return (...values) => {
    if (last?.values.every((value, index) => Object.is(value, values[index]))) return last.result;
    const result = work(...values);
    last = {values, result};
    return result;
  };
}
