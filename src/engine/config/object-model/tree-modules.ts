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
  /** Names of folders that the module of alert-manager looks for: those of its mail templates. */
  readonly folders?: readonly string[];
}

/** Sorted by name. Nothing of the tree is executed. */
export async function treeModules(toolRoot: string, problems: Problem[]): Promise<readonly TreeModule[]> {
  const source = join(toolRoot, 'src');
  const names = (await readdir(source).catch(() => [])).sort();
  const modules = await Promise.all(names.map((name) => readModule(join(source, name), name, problems)));
  return modules.filter((module) => module !== undefined);
}

async function readModule(component: string, name: string, problems: Problem[]): Promise<TreeModule | undefined> {
  const folder = join(component, 'config');
  const files: readonly string[] = await readdir(folder).catch(() => []);
  if (!files.includes(`${name.replaceAll('-', '_')}.py`)) return undefined;
  const defaults = files.includes(`${name}.yaml`)
    ? await readSourceFile(join(folder, `${name}.yaml`), problems)
    : undefined;
  const folders = name === 'alert-manager' ? await mailTemplates(join(component, 'deploy/alert-templates')) : undefined;
  return {name, ...(defaults ? {defaults} : {}), ...(folders ? {folders} : {})};
}

/** Sub-folders with both of the files that make a mail. */
async function mailTemplates(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(() => [])).sort();
  const isWhole = await Promise.all(
    names.map(async (name) => {
      const files: readonly string[] = await readdir(join(folder, name)).catch(() => []);
      return files.includes('html.ejs') && files.includes('subject.ejs');
    }),
  );
  return names.filter((_, index) => isWhole[index]);
}
