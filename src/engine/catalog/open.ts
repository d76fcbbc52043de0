/** Opens a source tree of any era. */

import {readdir, realpath, stat} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {displayText} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import {connect} from './connect.ts';
import {type Detected, detectTrees, detectWhole, lookedFor, treesBehindLinks} from './detect.ts';
import type {ComponentDraft} from './draft.ts';
import {readComponents} from './layouts/component.ts';
import {readTypedComponents} from './layouts/component-typed.ts';
import type {RegistryNames} from './references.ts';
import {readText, type Tree} from './tree.ts';
import type {Catalog, Layout} from './types.ts';

/**
 * Reads what a tree holds. Executes nothing of it and writes nothing into it. Throws `no-tree` when the folder is
 * none; everything that is wrong inside a tree is in the catalog's problems, all at once.
 *
 * With the registry of the configuration, references to our own images by registry and namespace are recognised,
 * and local names of A–C are complete.
 */
export async function openCatalog(folder: string, options: {registry?: RegistryNames} = {}): Promise<Catalog> {
  const root = await existingFolder(folder);
  const {toolRoot, era, layout} = await theTree(root);
  const tree: Tree = {root, toolRoot, problems: []};
  const drafts = await adapters[layout](tree);
  const {components, images} = await connect(tree, drafts, layout, options.registry ?? {});
  const version = await readVersion(tree);
  return {
    root,
    toolRoot,
    era,
    layout,
    ...(version ? {version} : {}),
    components,
    images,
    problems: tree.problems.sort(byPlace),
  };
}

/** Those that read YAML come with its library, which only their eras pay for. */
const adapters: Record<Layout, (tree: Tree) => Promise<ComponentDraft[]>> = {
  component: readComponents,
  'component-typed': readTypedComponents,
  'image-yaml': async (tree) => (await import('./layouts/image-yaml.ts')).readImageFolders(tree),
  'central-list': async (tree) => (await import('./layouts/central-list.ts')).readCentralList(tree),
};

async function existingFolder(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if (!(await stat(root)).isDirectory()) {
      throw noTree(folder, `${displayText(folder)} is a file, not the folder of a source tree.`);
    }
    // Behind the dot: both to list and to enter it must be allowed.
    await readdir(`${root}/.`);
    return root;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const {code} = error as NodeJS.ErrnoException;
    const because =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? 'does not exist'
        : `cannot be opened: ${code === 'EACCES' ? 'permission denied' : code}`;
    throw noTree(folder, `The folder ${displayText(folder)} ${because}.`);
  }
}

async function theTree(root: string): Promise<Detected> {
  const found = await detectTrees(root);
  const [first, ...more] = found;
  if (first && more.length === 0) return first;
  if (first) {
    const names = found.map(({toolRoot}) => displayText(relative(root, toolRoot)));
    throw noTree(root, `${displayText(root)} holds several source trees: ${names.join(', ')}.`, {
      hint: `Open one of them, for instance ${displayText(first.toolRoot)}.`,
    });
  }
  const above = await treeAbove(root);
  const [linked] = await treesBehindLinks(root);
  throw noTree(root, `${displayText(root)} is no source tree of any known version.`, {
    detail: `Looked here and in the folders directly below for:\n${lookedFor.map((what) => `- ${what}`).join('\n')}`,
    ...(linked ? {hint: `A link in it leads to a source tree: open ${displayText(linked)}.`} : {}),
    ...(above ? {hint: `A source tree begins further up: open ${displayText(above)}.`} : {}),
  });
}

/** Somebody may stand inside a tree: in src/, or in a component's folder. */
async function treeAbove(root: string): Promise<string | undefined> {
  let folder = root;
  for (let steps = 0; steps < 4 && dirname(folder) !== folder; steps++) {
    folder = dirname(folder);
    if (await detectWhole(folder)) return folder;
  }
  return undefined;
}

function noTree(file: string, message: string, more: Pick<Problem, 'hint' | 'detail'> = {}): ProblemError {
  const hint = 'Give the folder of a checkout with --source DIR or PAI_SOURCE.';
  return new ProblemError({code: 'no-tree', message, hint, ...more, file});
}

async function readVersion(tree: Tree): Promise<string | undefined> {
  const text = await readText(tree, join(tree.toolRoot, 'version/PAI.VERSION'));
  const [line = ''] = (text ?? '').trim().split('\n');
  return displayText(line).trim().slice(0, 100) || undefined;
}

function byPlace(a: Problem, b: Problem): number {
  return compare(a.file ?? '', b.file ?? '') || (a.line ?? 0) - (b.line ?? 0) || compare(a.message, b.message);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
