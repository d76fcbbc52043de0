import {expect, test} from 'vitest';
import {imageOrder} from '../../src/engine/catalog/image-order.ts';
import {openCatalog} from '../../src/engine/catalog/open.ts';
import {fixture, makeComponentTree} from './trees.ts';

async function orderOf(files: Readonly<Record<string, string>>) {
  const {groups, rings, needs} = imageOrder(await openCatalog(await makeComponentTree(files)));
  return {groups, rings, needs: Object.fromEntries(needs)};
}

test('what component.dep names is needed whole, what a Dockerfile names by that image alone', async () => {
  expect(
    await orderOf({
      'src/base/build/base.dockerfile': 'FROM busybox',
      'src/base/build/other.dockerfile': 'FROM busybox',
      'src/web/build/web.dockerfile': 'FROM base',
      'src/job/build/job.dockerfile': 'FROM busybox',
      'src/job/build/component.dep': 'base\n',
    }),
  ).toEqual({
    // A component is one step: web waits for other, too.
    groups: [
      ['base', 'other'],
      ['job', 'web'],
    ],
    needs: {base: [], other: [], web: ['base'], job: ['base', 'other']},
    rings: [],
  });
});

test('a component without images needs for those above it', async () => {
  const {groups, needs} = await orderOf({
    'src/base/build/base.dockerfile': 'FROM busybox',
    'src/bridge/build/component.dep': 'base\n',
    'src/web/build/component.dep': 'bridge\n',
    'src/web/build/web.dockerfile': 'FROM busybox',
  });
  expect({groups, needs}).toEqual({groups: [['base'], ['web']], needs: {base: [], web: ['base']}});
});

test('a ring is told as it is written, through component.dep and within a component', async () => {
  const {groups, rings} = await orderOf({
    'src/a/build/a.dockerfile': 'FROM b',
    'src/b/build/b.dockerfile': 'FROM c',
    'src/c/build/c.dockerfile': 'FROM busybox',
    'src/c/build/component.dep': 'a\n',
    'src/behind/build/behind.dockerfile': 'FROM a',
    'src/web/build/one.dockerfile': 'FROM two',
    'src/web/build/two.dockerfile': 'FROM one',
    'src/free/build/free.dockerfile': 'FROM busybox',
  });
  expect(groups).toEqual([['free']]);
  expect(rings).toEqual([
    ['a', 'b', 'c'],
    ['one', 'two'],
  ]);
});

test('what an image needs is in an earlier group, in the trees of all eras', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((era) => `tree-${era}`).concat('sample')) {
    const {groups, needs} = imageOrder(await openCatalog(fixture(name)));
    const level = new Map(groups.flatMap((group, index) => group.map((image) => [image, index] as const)));
    expect([...level.keys()].sort()).toEqual([...needs.keys()].sort());
    for (const [image, its] of needs)
      for (const need of its) expect(level.get(need)).toBeLessThan(level.get(image) ?? -1);
  }
});
