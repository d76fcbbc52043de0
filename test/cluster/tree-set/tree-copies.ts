import {chmod, cp, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {onTestFinished} from 'vitest';
import {fixture} from '../../catalog/trees.ts';

/** A copy of a fixture tree with these files in it, removed after the test. Those that begin with #! may be executed. */
export async function copyOfTree(era: string, texts: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pai-tree-'));
  onTestFinished(() => rm(folder, {recursive: true, force: true}));
  await cp(fixture(`tree-${era}`), folder, {recursive: true});
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, path)), {recursive: true});
    await writeFile(join(folder, path), text);
    if (text.startsWith('#!')) await chmod(join(folder, path), 0o755);
  }
  return folder;
}
