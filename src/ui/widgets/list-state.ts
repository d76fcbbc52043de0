/**
 * What a person did to a list: where the cursor is, what is marked, filtered and sorted. Items are known by their keys,
 * so that a cursor stays on its item when the list changes under it. Pure; tested as tables.
 */
export interface ListState {
  /** Key of the item under the cursor; undefined: the first one. */
  readonly cursor?: string | undefined;
  /** Where the cursor was, for when its item is gone. */
  readonly index: number;
  readonly marks: ReadonlySet<string>;
  /** Where a range began: every move marks until the range is ended. */
  readonly anchor?: string | undefined;
  readonly filter: string;
  readonly sort: number;
  /** What is sorted, the other way round. */
  readonly reversed?: boolean | undefined;
}

export type ListAction =
  | {readonly type: 'move'; readonly by: number}
  | {readonly type: 'to'; readonly index: number}
  | {readonly type: 'to-key'; readonly key: string}
  | {readonly type: 'mark'}
  | {readonly type: 'range'}
  | {readonly type: 'mark-all'}
  | {readonly type: 'clear'}
  | {readonly type: 'filter'; readonly text: string}
  | {readonly type: 'sort'; readonly of: number}
  | {readonly type: 'sort-by'; readonly sort: number}
  | {readonly type: 'reverse'};

export const emptyList: ListState = {index: 0, marks: new Set(), filter: '', sort: 0};

/** The next state; `keys` are those shown now, after filter and sort. */
export function reduceList(state: ListState, action: ListAction, keys: readonly string[]): ListState {
  switch (action.type) {
    case 'move':
      return moveTo(state, cursorIndex(state, keys) + action.by, keys);
    case 'to':
      return moveTo(state, action.index, keys);
    case 'to-key':
      return moveTo(state, keys.indexOf(action.key), keys);
    case 'mark': {
      const key = keys[cursorIndex(state, keys)];
      if (key === undefined) return state;
      const marks = new Set(state.marks);
      if (!marks.delete(key)) marks.add(key);
      return moveTo({...state, marks, anchor: undefined}, cursorIndex(state, keys) + 1, keys);
    }
    case 'range': {
      if (state.anchor !== undefined) return {...state, anchor: undefined};
      const key = keys[cursorIndex(state, keys)];
      return key === undefined ? state : {...state, anchor: key, marks: new Set([...state.marks, key])};
    }
    case 'mark-all':
      return {...state, marks: new Set([...state.marks, ...keys]), anchor: undefined};
    case 'clear':
      return {...state, marks: new Set(), anchor: undefined};
    case 'filter':
      return {...state, filter: action.text, anchor: undefined};
    case 'sort':
      return {...state, sort: (state.sort + 1) % Math.max(1, action.of)};
    case 'sort-by':
      return {...state, sort: action.sort, reversed: false};
    case 'reverse':
      return {...state, reversed: !(state.reversed ?? false)};
  }
}

/** Index of the cursor among the keys shown; 0 in an empty list. */
export function cursorIndex(state: ListState, keys: readonly string[]): number {
  const found = state.cursor === undefined ? -1 : keys.indexOf(state.cursor);
  return clamp(found === -1 ? state.index : found, keys.length);
}

/** First index of a window of `height` rows that shows the cursor, moved as little as possible from where it was. */
export function windowTop(before: number, cursor: number, height: number, length: number): number {
  const highest = Math.max(0, length - height);
  const least = Math.max(0, cursor - height + 1);
  return Math.min(Math.max(Math.min(before, cursor), least), highest);
}

/** The next (1) or previous (-1) of the keys that were found, from a place among all of them; goes round at the ends. */
export function nextFound(
  keys: readonly string[],
  found: ReadonlySet<string>,
  from: number,
  direction: 1 | -1,
): string | undefined {
  for (let step = 1; step <= keys.length; step += 1) {
    const key = keys[(from + direction * step + keys.length * 2) % keys.length];
    if (key !== undefined && found.has(key)) return key;
  }
  return undefined;
}

/** Whether a text has every word of the filter, upper and lower case alike. */
export function matches(filter: string, text: string): boolean {
  const inText = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => inText.includes(word));
}

function moveTo(state: ListState, target: number, keys: readonly string[]): ListState {
  const index = clamp(target, keys.length);
  const moved: ListState = {...state, index, cursor: keys[index]};
  if (state.anchor === undefined) return moved;
  const from = keys.indexOf(state.anchor);
  if (from === -1) return moved;
  const range = keys.slice(Math.min(from, index), Math.max(from, index) + 1);
  return {...moved, marks: new Set([...state.marks, ...range])};
}

function clamp(index: number, length: number): number {
  return Math.max(0, Math.min(index, length - 1));
}
