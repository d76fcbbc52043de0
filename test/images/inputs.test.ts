import {chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {filesOf, type Site, shownPath} from '../../src/engine/images/inputs.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {catalog, component, image} from '../plan/image/image-facts.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-inputs-'));
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const signal = new AbortController().signal;

describe('the files an image is made of', () => {
  const tree = catalog(
    [
      component('a'),
      component('b', {needs: ['a'], preHook: 'src/b/build/build-pre.sh'}),
      component('c', {needs: ['b']}),
    ],
    [image('a'), image('b', {needs: ['a']}), image('c', {needs: ['b']})],
  );
  const site = (kind: Site['kind'], root: string): Site => ({
    catalog: tree,
    root,
    toolRoot: root,
    kind,
    files: createFiles({cacheFile: join(folder, 'cache')}),
    read: new Map(),
  });
  const write = async (path: string, content = path) => {
    await mkdir(join(folder, 'source', path, '..'), {recursive: true});
    await writeFile(join(folder, 'source', path), content);
  };

  beforeEach(async () => {
    for (const name of ['a', 'b', 'c']) await write(`src/${name}/build/${name}.dockerfile`, 'FROM x\n');
    await write('src/a/file');
    await write('src/a/.dockerignore', 'ignored\n');
    await write('src/a/ignored');
    await write('src/b/build/build-pre.sh');
    await write('src/c/app');
    await write('src/c/dependency/b/left-over');
    await write('src/c/dependency/own');
    await symlink('app', join(folder, 'source/src/c/link'));
  });

  it('are the same in the source as in a copy with everything put in place', async () => {
    const copy = join(folder, 'copy');
    await cp(join(folder, 'source'), copy, {recursive: true, verbatimSymlinks: true});
    await chmod(join(copy, 'src/b/build/build-pre.sh'), 0o744);
    for (const [to, from] of [
      ['b', 'a'],
      ['c', 'b'],
    ] as const) {
      await rm(join(copy, `src/${to}/dependency/${from}`), {recursive: true, force: true});
      await cp(join(copy, 'src', from), join(copy, `src/${to}/dependency/${from}`), {recursive: true});
    }
    for (const one of tree.images) {
      const inSource = await filesOf(site('source', join(folder, 'source')), one, 'classic', signal);
      expect(await filesOf(site('copy', copy), one, 'classic', signal), one.name).toEqual(inSource);
    }
  });

  it('are the same in a copy when a copy list puts files into the context itself', async () => {
    await write('shared/lib/part');
    const copied = image('a', {copyList: [{from: 'shared', to: 'src/a'}]});
    const copy = join(folder, 'copy');
    await cp(join(folder, 'source'), copy, {recursive: true, verbatimSymlinks: true});
    await cp(join(copy, 'shared'), join(copy, 'src/a'), {recursive: true});
    const inSource = await filesOf(site('source', join(folder, 'source')), copied, 'classic', signal);
    expect(Object.keys(inSource)).toContain('lib/part');
    expect(await filesOf(site('copy', copy), copied, 'classic', signal)).toEqual(inSource);
  });

  it('cannot be told where a name in a copied component is no text, which is said', async () => {
    await writeFile(Buffer.concat([Buffer.from(join(folder, 'source/src/b/caf')), Buffer.from([0xe9])]), 'x');
    const c = tree.images.find(({name}) => name === 'c') as (typeof tree.images)[number];
    const problem = await filesOf(site('source', join(folder, 'source')), c, 'classic', signal).catch(problemOf);
    expect(problem).toMatchObject({code: 'file-unreadable', message: expect.stringContaining('not UTF-8')});
  });

  it('leave out what .dockerignore names, but not of what is copied in, and not left-overs of other tools', async () => {
    const [a, , c] = tree.images;
    const own = await filesOf(site('source', join(folder, 'source')), a as NonNullable<typeof a>, 'classic', signal);
    expect(Object.keys(own)).not.toContain('ignored');
    const all = Object.keys(
      await filesOf(site('source', join(folder, 'source')), c as NonNullable<typeof c>, 'classic', signal),
    );
    expect(all).toContain('dependency/b/dependency/a/ignored');
    expect(all).toContain('dependency/own');
    expect(all).not.toContain('dependency/b/left-over');
  });

  it('are shown where they come from', () => {
    const c = tree.images.find(({name}) => name === 'c') as (typeof tree.images)[number];
    expect(shownPath(tree, c, 'app')).toBe('src/c/app');
    expect(shownPath(tree, c, 'dependency/b/dependency/a/file')).toBe('src/a/file');
    expect(shownPath(tree, c, 'dependency/own')).toBe('src/c/dependency/own');
    const copied = image('d', {copyList: [{from: '../shared', to: 'src/d/copied/shared'}]});
    expect(shownPath(catalog([component('d')], [copied]), copied, 'copied/shared/x')).toBe('../shared/x');
  });
});
