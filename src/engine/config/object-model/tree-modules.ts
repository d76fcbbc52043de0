/** The configuration modules of a source tree: which there are, and the defaults they come with (behaviour 3.6). */

import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import type {Problem} from '../../problem.ts';
import {readSourceFile, type SourceFile} from '../source-file.ts';

export interface TreeModule {
  /** The component's folder, which names the service. */
  readonly name: string;
  /** config/<name>.yaml; absent when the tree has none. */
  readonly defaults?: SourceFile;
}

/** Sorted by name. Nothing of the tree is executed. */
export async function treeModules(toolRoot: string, problems: Problem[]): Promise<readonly TreeModule[]> {
  const source = join(toolRoot, 'src');
  const names = (await readdir(source).catch(() => [])).sort();
  const modules = await Promise.all(names.map((name) => readModule(join(source, name, 'config'), name, problems)));
  return modules.filter((module) => module !== undefined);
}

async function readModule(folder: string, name: string, problems: Problem[]): Promise<TreeModule | undefined> {
  const files: readonly string[] = await readdir(folder).catch(() => []);
  if (!files.includes(`${name.replaceAll('-', '_')}.py`)) return undefined;
  if (!files.includes(`${name}.yaml`)) return {name};
  const defaults = await readSourceFile(join(folder, `${name}.yaml`), problems);
  return {name, ...(defaults ? {defaults} : {})};
}
