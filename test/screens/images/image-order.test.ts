import {expect, test} from 'vitest';
import type {Catalog} from '../../../src/engine/index.ts';
import {graphTree, imageOrder} from '../../../src/screens/images/image-order.ts';
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
  ['a chain', {c: ['b'], b: ['a'], a: []}, [['a'], ['b'], ['c']], []],
  ['a diamond', {a: [], b: ['a'], c: ['a'], d: ['b', 'c']}, [['a'], ['b', 'c'], ['d']], []],
  ['an unknown name', {a: ['nobody']}, [['a']], []],
  ['a cycle and what stands on it', {a: [], b: ['c'], c: ['b'], d: ['c']}, [['a']], ['b', 'c', 'd']],
])('the order of %s', (_, needs, levels, unordered) => {
  const order = imageOrder(tree(needs));
  expect(order.levels).toEqual(levels);
  expect(order.unordered).toEqual(unordered);
});

test('what a component needs counts as well as FROM', () => {
  const sample = sampleCatalog();
  const order = imageOrder({...sample, images: sample.images.map((image) => ({...image, needs: []}))});
  expect(order.levels.length).toBe(3);
});

test('the tree shows each image once, below the deepest it stands on, and names the others', () => {
  const catalog = tree({a: [], b: ['a'], c: ['a', 'b'], x: ['y'], y: ['x']});
  const lines = graphTree(catalog, imageOrder(catalog));
  expect(lines.map((line) => `${'-'.repeat(line.trunk.length)}${line.name} ${line.also.join()}`.trim())).toEqual([
    'a',
    '-b',
    '--c a',
    'x y',
    'y x',
  ]);
});
