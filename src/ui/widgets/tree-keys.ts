import type {KeyBinding} from '../keys/binding.ts';

export type FoldAction = {readonly type: 'fold' | 'unfold' | 'toggle' | 'fold-all' | 'unfold-all'};

/** Folding and unfolding in a tree. */
export function foldKeys(act: (action: FoldAction) => void): readonly KeyBinding[] {
  return [
    {keys: ['space'], word: 'fold', help: 'Show or hide what is below.', run: () => act({type: 'toggle'})},
    {
      keys: ['right'],
      word: 'unfold',
      help: 'Show what is below; again: go into it.',
      quiet: true,
      run: () => act({type: 'unfold'}),
    },
    {
      keys: ['left'],
      word: 'fold',
      help: 'Hide what is below; again: go to what this is in.',
      quiet: true,
      run: () => act({type: 'fold'}),
    },
    {keys: ['+'], word: 'unfold all', help: 'Show everything.', quiet: true, run: () => act({type: 'unfold-all'})},
    {keys: ['-'], word: 'fold all', help: 'Show only the top.', quiet: true, run: () => act({type: 'fold-all'})},
  ];
}
