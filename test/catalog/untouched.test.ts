import {chmod, cp, lstat, readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {openCatalog} from '../../src/engine/catalog/open.ts';
import {fixture, makeTree} from './trees.ts';

/** Everything of a tree that opening must leave alone. */
async function snapshot(root: string): Promise<string[]> {
  const paths = (await readdir(root, {recursive: true})).sort();
  return Promise.all(
    ['', ...paths].map(async (path) => {
      const facts = await lstat(join(root, path), {bigint: true});
      const content = facts.isFile() ? await readFile(join(root, path), 'hex') : '';
      return [path, facts.mode, facts.mtimeNs, facts.ctimeNs, facts.ino, content].join(' ');
    }),
  );
}

test.each(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])(
  'opening tree-%s executes nothing and writes nothing',
  async (name) => {
    const root = await makeTree({});
    await cp(fixture(`tree-${name}`), root, {recursive: true});
    const witness = join(root, 'executed');
    // Every script and tool of the tree would leave a witness.
    for (const path of await readdir(root, {recursive: true})) {
      if (!/\.(sh|py)$/.test(path)) continue;
      await writeFile(join(root, path), `#!/bin/sh\n: > '${witness}'\n`);
      await chmod(join(root, path), 0o755);
    }
    const before = await snapshot(root);
    await openCatalog(root);
    expect(await snapshot(root)).toEqual(before);
  },
);
