import {expect, test} from 'vitest';
import {searchTree, treeLines, wayTo} from '../../../src/ui/widgets/tree-lines.ts';
import {foldedTree, reduceTree, type TreeAction, type TreeState} from '../../../src/ui/widgets/tree-state.ts';

interface Item {
  readonly id: string;
  readonly children?: readonly Item[];
}

const roots: readonly Item[] = [
  {id: 'a', children: [{id: 'a1', children: [{id: 'a1x'}, {id: 'a1y'}]}, {id: 'a2'}]},
  {id: 'b'},
  {id: 'c', children: [{id: 'c1'}]},
];

/** '-a +a1 a2': what is shown, with what is open and what could be, and the cursor in brackets. */
function drawn(state: TreeState, found?: readonly string[]): string {
  const search = found && searchTree(roots, ({id}) => found.includes(id));
  return treeLines(roots, state.unfolded, search)
    .map(({item, isOpen}) => {
      const name = `${isOpen === undefined ? '' : isOpen ? '-' : '+'}${item.id}`;
      return item.id === state.list.cursor ? `[${name}]` : name;
    })
    .join(' ');
}

function after(...actions: readonly TreeAction<Item>[]): TreeState {
  let state = foldedTree;
  for (const action of actions) state = reduceTree(state, action, treeLines(roots, state.unfolded));
  return state;
}

const unfold = {type: 'unfold'} as const;
const fold = {type: 'fold'} as const;
const toggle = {type: 'toggle'} as const;
const down = {type: 'move', by: 1} as const;

test.each<[string, readonly TreeAction<Item>[], string]>([
  ['at first only the top is shown', [], '+a b +c'],
  ['unfolding shows what is below', [unfold], '[-a] +a1 a2 b +c'],
  ['unfolding what is open goes into it', [unfold, unfold], '-a [+a1] a2 b +c'],
  ['folding what is closed goes to what it is in', [unfold, unfold, fold], '[-a] +a1 a2 b +c'],
  ['folding hides what is below', [unfold, fold], '[+a] b +c'],
  ['what was unfolded deeper is so again', [unfold, unfold, unfold, fold, fold, fold, unfold], '[-a] +a1 a2 b +c'],
  ['toggling a leaf does nothing', [down, toggle], '+a [b] +c'],
  ['toggling twice is nothing', [toggle, toggle], '[+a] b +c'],
  ['everything is unfolded', [{type: 'unfold-all', roots}], '[-a] -a1 a1x a1y a2 b -c c1'],
  [
    'folding all puts the cursor on the top of where it was',
    [{type: 'unfold-all', roots}, {type: 'to-key', key: 'a1y'}, {type: 'fold-all'}],
    '[+a] b +c',
  ],
  [
    'an item far below is revealed with what it is in',
    [{type: 'reveal', way: wayTo(roots, ({id}) => id === 'a1y')}],
    '-a -a1 a1x [a1y] a2 b +c',
  ],
])('%s', (_, actions, expected) => {
  expect(drawn(after(...actions))).toBe(expected);
});

test.each<[string, readonly string[], readonly string[], string]>([
  ['only what was found and what leads there', ['a1y'], [], '-a -a1 a1y'],
  ['what is below something that was found can be unfolded', ['c'], ['c'], '-c c1'],
  ['and is folded at first', ['c'], [], '+c'],
  ['something found in something found is shown', ['a', 'a1x'], [], '-a -a1 a1x'],
  ['nothing', [], [], ''],
])('a search shows %s', (_, found, unfolded, expected) => {
  expect(drawn({...foldedTree, unfolded: new Set(unfolded)}, found)).toBe(expected);
});

test('children are asked for only where a branch is open', () => {
  const asked: string[] = [];
  const lazy = (id: string): Item => ({
    id,
    get children() {
      asked.push(id);
      return [{id: `${id}.1`}];
    },
  });
  treeLines([lazy('a'), {id: 'b', children: [lazy('b1')]}], new Set());
  expect(new Set(asked)).toEqual(new Set(['a']));
});
