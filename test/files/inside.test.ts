import {mkdir, mkdtemp, realpath, symlink} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, sep} from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {problemOf} from '../../src/engine/problem.ts';

const files = createFiles({cacheFile: '/nonexistent/cache'});
let home: string;
let root: string;
beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'inside-')));
  root = join(home, 'root');
  await mkdir(join(root, 'a/b'), {recursive: true});
  await mkdir(join(home, 'root-2'));
  await symlink('a', join(root, 'inner'));
  await symlink(join(root, 'a'), join(root, 'absolute'));
  await symlink('..', join(root, 'up'));
  await symlink('/etc', join(root, 'etc'));
  await symlink('../root-2', join(root, 'neighbour'));
  await symlink('../../outside/not-there', join(root, 'a/dangling'));
  await symlink('loop', join(root, 'loop'));
  await symlink('up/root/a', join(root, 'around'));
});
afterAll(() => files.removeTree(home));

describe('resolveInside', () => {
  it.each([
    ['.', ''],
    ['a/b', 'a/b'],
    ['./a//b/', 'a/b'],
    ['a/../a/b', 'a/b'],
    ['not/there/yet', 'not/there/yet'],
    ['inner/b', 'a/b'],
    ['inner/new', 'a/new'],
    ['absolute/b', 'a/b'],
    ['around/b', 'a/b'],
    ['..hidden', '..hidden'],
  ])('finds %j at %j', async (name, path) => {
    expect(await files.resolveInside(root, name)).toBe(join(root, path).replace(/\/$/, ''));
  });

  it.each([
    '',
    '..',
    '../root-2',
    'a/../..',
    '/etc',
    'up',
    'up/root-2/x',
    'etc/passwd',
    'neighbour',
    'a/dangling',
    'loop',
    'a\0b',
  ])('refuses %j', async (name) => {
    expect(await files.resolveInside(root, name).catch(problemOf)).toMatchObject({code: 'path-leaves-tree'});
  });

  it('follows a root that is a link itself', async () => {
    await symlink('root', join(home, 'alias'));
    expect(await files.resolveInside(join(home, 'alias'), 'inner')).toBe(join(root, 'a'));
  });

  it('never leads outside, whatever the name', async () => {
    const part = fc.constantFrom(
      'a',
      'b',
      '..',
      '.',
      '',
      'inner',
      'absolute',
      'up',
      'etc',
      'dangling',
      'around',
      'root',
      'new',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, {maxLength: 8}), async (parts) => {
        const result = await files.resolveInside(root, parts.join('/')).catch(problemOf);
        if (typeof result === 'string') expect(result === root || result.startsWith(root + sep)).toBe(true);
        else expect(result.code).toBe('path-leaves-tree');
      }),
      {numRuns: 500},
    );
  });
});
