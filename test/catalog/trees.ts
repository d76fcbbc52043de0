/** Trees for tests: the fixtures, and small ones written for one test. */

import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {onTestFinished} from 'vitest';

/** Absolute path of a folder of fixtures/. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
}

/** A folder with these files, removed after the test. */
export async function makeTree(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'pai-tree-'));
  onTestFinished(() => rm(root, {recursive: true, force: true}));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), {recursive: true});
    await writeFile(join(root, path), text);
  }
  return root;
}

/** The same with the marks of a tree of v0.8. */
export function makeComponentTree(files: Readonly<Record<string, string>>): Promise<string> {
  return makeTree({'paictl.py': '', 'build/pai_build.py': '', ...files});
}
