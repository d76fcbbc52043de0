import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import fc from 'fast-check';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Catalog, Component} from '../../src/engine/catalog/types.ts';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {rememberBases, rememberedBases} from '../../src/engine/images/bases.ts';
import {readDone, treeCopy} from '../../src/engine/images/copy.ts';
import {type ImageRecord, readRecord, writeRecord} from '../../src/engine/images/record.ts';
import {shortHash} from '../../src/engine/safe-name.ts';
import {spoiled} from '../helpers/spoiled-json.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-records-'));
});
afterEach(() => rm(folder, {recursive: true}));

const record: ImageRecord = {
  version: 1,
  image: 'web',
  component: 'web',
  key: 'k',
  inputs: {
    dockerfile: 'build/web.dockerfile',
    builder: 'classic',
    buildArgs: {A: 'b'},
    files: {'src/a': 'file 644 x'},
    bases: {'debian:12': {ours: false, id: 'sha256:1', digest: 'sha256:2'}},
  },
  hookWrote: ['src/a'],
  id: 'sha256:3',
  builtAt: 5,
  run: '20260101-000001-x',
  pushed: {as: 'r/web:1', id: 'sha256:3', digest: 'sha256:4', at: 6},
};

async function put(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), {recursive: true});
  await writeFile(path, JSON.stringify(value) ?? '');
}

test('the record of a build is read as it was written, and as never built where any of it is something else', async () => {
  await writeRecord(createFiles({cacheFile: join(folder, 'cache')}), folder, 'engine', record);
  expect(await readRecord(folder, 'engine', 'web')).toEqual(record);
  const path = join(folder, 'images', shortHash('engine'), 'web.json');
  for (const bad of [
    {...record, version: 2},
    {...record, image: 'other'},
    {...record, inputs: {...record.inputs, files: null}},
    {...record, inputs: {...record.inputs, bases: {debian: null}}},
    {...record, hookWrote: [5]},
    {...record, pushed: {}},
  ]) {
    await put(path, bad);
    expect(await readRecord(folder, 'engine', 'web'), JSON.stringify(bad)).toBeUndefined();
  }
  await fc.assert(
    fc.asyncProperty(spoiled(record), async (value) => {
      await put(path, value);
      const read = await readRecord(folder, 'engine', 'web');
      if (read) Object.values(read.inputs.bases).map(({ours, id = ''}) => [ours, id.length, read.hookWrote.join()]);
    }),
  );
});

test('a component counts as done only by a whole record', async () => {
  const copy = treeCopy(folder, {root: '/t', toolRoot: '/t', images: []} as unknown as Catalog);
  const component = {name: 'web'} as Component;
  const done = {hookWrote: ['a'], images: {web: 'sha256:1'}};
  await put(copy.done('web'), done);
  expect(await readDone(copy, component)).toEqual(done);
  for (const bad of [null, [], {...done, images: []}, {...done, images: {web: 5}}, {...done, hookWrote: 'a'}]) {
    await put(copy.done('web'), bad);
    expect(await readDone(copy, component), JSON.stringify(bad)).toBeUndefined();
  }
  await fc.assert(
    fc.asyncProperty(spoiled(done), async (value) => {
      await put(copy.done('web'), value);
      const read = await readDone(copy, component);
      if (read)
        for (const each of [...read.hookWrote, ...Object.values(read.images)]) expect(each).toBeTypeOf('string');
    }),
  );
});

test('one remembered base that is none costs the others nothing', async () => {
  const asked = [{reference: 'debian:12', digest: 'sha256:1', at: 5, engineId: 'sha256:2'}];
  const unanswered = [{reference: 'alpine', because: 'no answer', at: 6}];
  await rememberBases(folder, {asked, unanswered}, createFiles({cacheFile: join(folder, 'cache')}));
  expect(await rememberedBases(folder)).toEqual({asked, unanswered});
  const path = join(folder, 'images/bases.json');
  await put(path, {asked: [null, {...asked[0], digest: 5}, ...asked], unanswered: [5, {...unanswered[0], at: 'x'}]});
  expect(await rememberedBases(folder)).toEqual({asked, unanswered: []});
  await fc.assert(
    fc.asyncProperty(spoiled({asked, unanswered}), async (value) => {
      await put(path, value);
      const read = await rememberedBases(folder);
      for (const {reference, at} of [...read.asked, ...read.unanswered])
        expect(`${reference.length}${at + 1}`).toMatch(/^\d+/);
    }),
  );
});
