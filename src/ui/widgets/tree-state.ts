import {cursorIndex, emptyList, type ListAction, type ListState, reduceList} from './list-state.ts';
import type {TreeItem, TreeLine} from './tree-lines.ts';

/** What a person did to a tree: where the cursor is, and what is unfolded. Pure, as the state of lists. */
export interface TreeState {
  readonly list: ListState;
  readonly unfolded: ReadonlySet<string>;
}

export type TreeAction<Item> =
  | ListAction
  /** Opens what is under the cursor; when it is open already, goes into it. */
  | {readonly type: 'unfold'}
  /** Closes what is under the cursor; a leaf, or what is closed, leads to what it is in. */
  | {readonly type: 'fold'}
  | {readonly type: 'toggle'}
  | {readonly type: 'unfold-all'; readonly roots: readonly Item[]}
  | {readonly type: 'fold-all'}
  /** Puts the cursor on the last of these items, each of which is in the one before it. */
  | {readonly type: 'reveal'; readonly way: readonly Item[]};

export const foldedTree: TreeState = {list: emptyList, unfolded: new Set()};

/** The next state; `lines` are those shown now. */
export function reduceTree<Item extends TreeItem<Item>>(
  state: TreeState,
  action: TreeAction<Item>,
  lines: readonly TreeLine<Item>[],
): TreeState {
  const keys = lines.map(({item}) => item.id);
  const at = cursorIndex(state.list, keys);
  const line = lines[at];
  const goTo = (index: number): TreeState => ({...state, list: reduceList(state.list, {type: 'to', index}, keys)});
  const stay = (unfolded: ReadonlySet<string>, cursor = line?.item.id): TreeState => ({
    list: {...state.list, cursor},
    unfolded,
  });
  switch (action.type) {
    case 'unfold':
      if (line?.isOpen === undefined) return state;
      return line.isOpen ? goTo(at + 1) : stay(new Set([...state.unfolded, line.item.id]));
    case 'fold':
      if (line?.isOpen && state.unfolded.has(line.item.id)) return stay(without(state.unfolded, line.item.id));
      return goTo(Math.max(0, holderOf(lines, at)));
    case 'toggle':
      if (line?.isOpen === undefined) return state;
      return state.unfolded.has(line.item.id)
        ? stay(without(state.unfolded, line.item.id))
        : stay(new Set([...state.unfolded, line.item.id]));
    case 'unfold-all':
      return stay(new Set(branches(action.roots)));
    case 'fold-all':
      return stay(new Set(), lines.slice(0, at + 1).findLast(({depth}) => depth === 0)?.item.id);
    case 'reveal': {
      const above = action.way.slice(0, -1).map(({id}) => id);
      return stay(new Set([...state.unfolded, ...above]), action.way.at(-1)?.id);
    }
    default:
      return {...state, list: reduceList(state.list, action, keys)};
  }
}

/** Index of the line that the one at an index is in; -1 at the top. */
function holderOf<Item>(lines: readonly TreeLine<Item>[], at: number): number {
  const depth = lines[at]?.depth ?? 0;
  return lines.slice(0, at).findLastIndex((line) => line.depth < depth);
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const fewer = new Set(ids);
  fewer.delete(id);
  return fewer;
}

function* branches<Item extends TreeItem<Item>>(items: readonly Item[]): Generator<string> {
  for (const item of items) {
    if (!item.children) continue;
    yield item.id;
    yield* branches(item.children);
  }
}
