import {cursorIndex, type ListState} from '../../ui/widgets/list-state.ts';
import {type GraphLine, graphTree, type ShownOrder, shownOrder} from './image-graph.ts';
import {answersFilter, type ImageItem, imageItems, imageSorts, shownImages} from './image-items.ts';
import type {ImagesState} from './images-state.ts';

/** What the list or the graph shows now. */
export interface ShownImages {
  readonly all: readonly ImageItem[];
  /** Those shown, in their order; `keys` are their names. */
  readonly items: readonly ImageItem[];
  readonly keys: readonly string[];
  /** In the graph a filter hides nothing, or what stands on what could not be seen: the keys it found. Else all. */
  readonly found: ReadonlySet<string>;
  /** In the graph, what leads to each of the items; empty in the list. */
  readonly lines: readonly ShownLine[];
  readonly order: ShownOrder | undefined;
}

/** A line of the graph drawn as a tree, or the number of a step where one begins. */
export type ShownLine = {readonly tree: GraphLine} | {readonly step: string};

/** A function that works out what is shown and remembers it until something it depends on changes. */
export function createImagesShown(): (state: ImagesState) => ShownImages {
  let last: {readonly of: readonly unknown[]; readonly shown: ShownImages} | undefined;
  return (state) => {
    const of = [
      state.catalog,
      state.report,
      state.live,
      willSay(state),
      state.view === 'graph',
      state.asLevels,
      state.list.filter,
      state.list.sort,
    ];
    if (last === undefined || of.some((value, index) => value !== last?.of[index])) last = {of, shown: workOut(state)};
    return last.shown;
  };
}

/** The marked images in the catalog's order, or the one under the cursor; none when all are marked, which asks for all. */
export function chosenNames(shown: ShownImages, list: ListState): readonly string[] {
  const marked = shown.all.map((item) => item.image.name).filter((name) => list.marks.has(name));
  if (marked.length > 0) return marked.length === shown.all.length ? [] : marked;
  const item = shown.items[cursorIndex(list, shown.keys)];
  return item ? [item.image.name] : [];
}

/** Whether the engine is being asked, or soon will be. */
function willSay({asking, statusProblem, treeProblem}: ImagesState): boolean {
  return asking || (statusProblem === undefined && treeProblem === undefined);
}

function workOut(state: ImagesState): ShownImages {
  const {catalog, report, live, view, asLevels, list} = state;
  if (!catalog) return {all: [], items: [], keys: [], found: new Set(), lines: [], order: undefined};
  const order = shownOrder(catalog);
  const all = imageItems(catalog, report, live, willSay(state));
  if (view !== 'graph') {
    const items = shownImages(all, list.filter, imageSorts[list.sort % imageSorts.length] ?? 'name', order);
    const keys = items.map((item) => item.image.name);
    return {all, items, keys, found: new Set(keys), lines: [], order};
  }
  const byName = new Map(all.map((item) => [item.image.name, item]));
  const entries = (asLevels ? stepLines(order) : treeLines(graphTree(order))).flatMap(({name, line}) => {
    const item = byName.get(name);
    return item ? [{item, line}] : [];
  });
  return {
    all,
    items: entries.map(({item}) => item),
    keys: entries.map(({item}) => item.image.name),
    found: new Set(all.filter((item) => answersFilter(list.filter, item)).map((item) => item.image.name)),
    lines: entries.map(({line}) => line),
    order,
  };
}

interface NamedLine {
  readonly name: string;
  readonly line: ShownLine;
}

function treeLines(lines: readonly GraphLine[]): readonly NamedLine[] {
  return lines.map((tree) => ({name: tree.name, line: {tree}}));
}

function stepLines(order: ShownOrder): readonly NamedLine[] {
  const groups = order.unordered.length > 0 ? [...order.levels, order.unordered] : order.levels;
  return groups.flatMap((names, step) =>
    names.map((name, index) => {
      const label = step < order.levels.length ? String(step + 1) : '?';
      return {name, line: {step: index === 0 ? label : ''}};
    }),
  );
}
