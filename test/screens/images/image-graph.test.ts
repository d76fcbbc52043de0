import {expect, test} from 'vitest';
import type {Catalog} from '../../../src/engine/index.ts';
import {graphTree, shownOrder} from '../../../src/screens/images/image-graph.ts';
import {sampleCatalog} from '../../helpers/fake-engine.ts';

const tree = (needs: Record<string, string[]>): Catalog => {
  const sample = sampleCatalog();
  const [image] = sample.images;
  if (!image) throw new Error('the sample has images');
  return {
    ...sample,
    components: [],
    images: Object.entries(needs).map(([name, its]) => ({...image, name, needs: its})),
  };
};

test.each<[string, Record<string, string[]>, string[][], string[]]>([
  ['nothing', {}, [], []],
  ['a diamond', {a: [], b: ['a'], c: ['a'], d: ['b', 'c']}, [['a'], ['b', 'c'], ['d']], []],
  ['a cycle and what stands on it', {a: [], b: ['c'], c: ['b'], d: ['c']}, [['a']], ['b', 'c', 'd']],
])('the order of %s', (_, needs, levels, unordered) => {
  const order = shownOrder(tree(needs));
  expect(order.levels).toEqual(levels);
  expect(order.unordered).toEqual(unordered);
});

test('what a component needs counts as well as FROM, also through one without images', () => {
  const sample = sampleCatalog();
  const [first, second] = sample.images;
  const [component] = sample.components;
  if (!first || !second || !component) throw new Error('the sample has images');
  const order = shownOrder({
    ...sample,
    components: [
      {...component, name: first.component, images: [first.name], needs: []},
      {...component, name: 'between', images: [], needs: [first.component]},
      {...component, name: 'above', images: ['above'], needs: ['between']},
    ],
    images: [
      {...first, needs: []},
      {...second, name: 'above', component: 'above', needs: []},
    ],
  });
  expect(order.levels).toEqual([[first.name], ['above']]);
  expect(order.needs.get('above')).toEqual([first.name]);
  expect(order.neededBy.get(first.name)).toEqual(['above']);
});

test('the tree shows each image once, below the deepest it stands on, and names the others', () => {
  const lines = graphTree(shownOrder(tree({a: [], b: ['a'], c: ['a', 'b'], x: ['y'], y: ['x']})));
  expect(lines.map((line) => `${'-'.repeat(line.trunk.length)}${line.name} ${line.also.join()}`.trim())).toEqual([
    'a',
    '-b',
    '--c a',
    'x y',
    'y x',
  ]);
});
