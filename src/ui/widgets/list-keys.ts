import type {KeyBinding} from '../keys/binding.ts';
import type {ListAction} from './list-state.ts';

/** Moving in a list: one, a page, the ends. */
export function moveKeys(act: (action: ListAction) => void, page: number): readonly KeyBinding[] {
  const step = Math.max(1, page - 1);
  return [
    {keys: ['j', 'down'], word: 'down', help: 'Move down.', quiet: true, run: () => act({type: 'move', by: 1})},
    {keys: ['k', 'up'], word: 'up', help: 'Move up.', quiet: true, run: () => act({type: 'move', by: -1})},
    {
      keys: ['ctrl-f', 'pagedown'],
      word: 'page down',
      help: 'Move a page down.',
      quiet: true,
      run: () => act({type: 'move', by: step}),
    },
    {
      keys: ['ctrl-b', 'pageup'],
      word: 'page up',
      help: 'Move a page up.',
      quiet: true,
      run: () => act({type: 'move', by: -step}),
    },
    {keys: ['g', 'home'], word: 'top', help: 'Go to the first.', quiet: true, run: () => act({type: 'to', index: 0})},
    {
      keys: ['G', 'end'],
      word: 'bottom',
      help: 'Go to the last.',
      quiet: true,
      run: () => act({type: 'to', index: Number.MAX_SAFE_INTEGER}),
    },
  ];
}

/** Going through what a filter found. */
export function matchKeys(filter: string, go: (direction: 1 | -1) => void): readonly KeyBinding[] {
  const off = filter === '' ? {disabled: 'Nothing is searched for yet: press / and type what to find.'} : {};
  const quiet = filter === '';
  return [
    {keys: ['n'], word: 'next', help: 'Go to the next match.', quiet, ...off, run: () => go(1)},
    {keys: ['N'], word: 'match before', help: 'Go to the match before.', quiet: true, ...off, run: () => go(-1)},
  ];
}

/** Marking in a list: one, a range, all, none. */
export function markKeys(act: (action: ListAction) => void): readonly KeyBinding[] {
  return [
    {keys: ['space'], word: 'mark', help: 'Mark or unmark, and move on.', run: () => act({type: 'mark'})},
    {
      keys: ['v'],
      word: 'range',
      help: 'Begin a range: what you move over is marked; again ends it.',
      quiet: true,
      run: () => act({type: 'range'}),
    },
    {keys: ['*'], word: 'mark all', help: 'Mark all that are shown.', quiet: true, run: () => act({type: 'mark-all'})},
    {keys: ['u'], word: 'unmark all', help: 'Clear all marks.', quiet: true, run: () => act({type: 'clear'})},
  ];
}

/** Sorting a table: by the next of its columns, and the other way round. `next` says which column that is. */
export function sortKeys(act: (action: ListAction) => void, next: () => number): readonly KeyBinding[] {
  return [
    {
      keys: ['o'],
      word: 'sort',
      help: 'Sort by the next column; after the last one, as they came.',
      run: () => act({type: 'sort-by', sort: next()}),
    },
    {
      keys: ['O'],
      word: 'turn round',
      help: 'Sort the other way round.',
      quiet: true,
      run: () => act({type: 'reverse'}),
    },
  ];
}
