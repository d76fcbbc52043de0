import {dirname, join, posix} from 'node:path';
import type {Component} from '../catalog/types.ts';
import type {TaskContext} from '../plan/types.ts';
import {safeName} from '../safe-name.ts';
import type {Files} from '../tools.ts';
import {contentKeyOf, type Manifest, treeManifest} from './manifest.ts';
import {type CopiedComponent, folderInCopy} from './prepare.ts';

/** `generated/` is where hooks leave what dependents use. */
const generated = 'generated';

/**
 * Keeps a component's `generated/` in the state folder once its hooks have ended, so that dependents get it in a later
 * run that does not rebuild the component. Returns whether it differs from what was kept before.
 */
export async function keepGenerated(work: CopiedComponent, context: TaskContext): Promise<boolean> {
  const {files} = context.tools;
  const kept = keptAt(work.component, context.stateFolder);
  const folder = await folderInCopy(work, join(work.component.folder, generated), context);
  const now: Manifest = (await files.exists(folder)) ? await treeManifest(files, folder, context.signal) : {};
  const digest = contentKeyOf(now);
  const isKept = await files.exists(kept.mark);
  const before = isKept ? await files.readText(kept.mark) : contentKeyOf({});
  if (isKept && before === digest) return false;
  await forgetGenerated(work.component, context);
  await files.removeTree(kept.folder);
  await files.makeFolder(dirname(kept.folder));
  if (await files.exists(folder)) await files.copyTree(folder, kept.folder, {progress: () => {}}, context.signal);
  await files.writeFile(kept.mark, digest, 0o600);
  return before !== digest;
}

/** The mark goes first and comes last: what lies between, and a last hook that did not end, is never taken for whole. */
export function forgetGenerated(component: Component, {tools, stateFolder}: TaskContext): Promise<void> {
  return tools.files.removeTree(keptAt(component, stateFolder).mark);
}

/** File name of a component's last hook when what it made is not there: it has not ended, or somebody tidied up. */
export async function missingLastHook(
  component: Component,
  {files, stateFolder}: {readonly files: Files; readonly stateFolder: string},
): Promise<string | undefined> {
  const {postHook} = component;
  if (postHook === undefined || (await files.exists(keptAt(component, stateFolder).mark))) return undefined;
  return posix.basename(postHook);
}

/**
 * Puts what was kept into the component's folder in the copy, beside what its first hook wrote now, and returns the
 * paths that are there because of it.
 */
export async function restoreGenerated(work: CopiedComponent, context: TaskContext): Promise<string[]> {
  const {files} = context.tools;
  const kept = keptAt(work.component, context.stateFolder);
  if (!(await files.exists(kept.mark)) || !(await files.exists(kept.folder))) return [];
  const folder = await folderInCopy(work, join(work.component.folder, generated), context);
  const copy = (from: string, to: string) => files.copyTree(from, to, {progress: () => {}}, context.signal);
  const aside = `${work.copy.done(work.component.name)}.${generated}`;
  const hasOwn = await files.exists(folder);
  await files.removeTree(aside);
  if (hasOwn) await copy(folder, aside);
  await copy(kept.folder, folder);
  if (hasOwn) await copy(aside, folder);
  const restored = await treeManifest(files, folder, context.signal);
  return [generated, ...Object.keys(restored).map((path) => `${generated}/${path}`)];
}

function keptAt({name}: Component, stateFolder: string): {folder: string; mark: string} {
  const folder = join(stateFolder, 'images', generated, safeName(name));
  return {folder, mark: `${folder}.key`};
}
