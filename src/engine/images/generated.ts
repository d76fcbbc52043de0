import {dirname, join} from 'node:path';
import type {TaskContext} from '../plan/types.ts';
import {contentKeyOf, type Manifest, treeManifest} from './manifest.ts';
import {type CopiedComponent, folderInCopy} from './prepare.ts';
import {safeName} from './record.ts';

/** `generated/` is where hooks leave what dependents use. */
const generated = 'generated';

/**
 * Keeps a component's `generated/` in the state folder, so that dependents get it in a later run that does not
 * rebuild the component. Returns whether it differs from what was kept before.
 */
export async function keepGenerated(work: CopiedComponent, context: TaskContext): Promise<boolean> {
  const {files} = context.tools;
  const kept = keptAt(work, context);
  const folder = await folderInCopy(work, join(work.component.folder, generated), context);
  const now: Manifest = (await files.exists(folder)) ? await treeManifest(files, folder, context.signal) : {};
  const digest = contentKeyOf(now);
  const before = (await files.exists(kept.mark)) ? await files.readText(kept.mark) : contentKeyOf({});
  if (before === digest) return false;
  // The mark goes first and comes last: what lies between is never taken for whole.
  await files.removeTree(kept.mark);
  await files.removeTree(kept.folder);
  await files.makeFolder(dirname(kept.folder));
  if (await files.exists(folder)) await files.copyTree(folder, kept.folder, {progress: () => {}}, context.signal);
  await files.writeFile(kept.mark, digest, 0o600);
  return true;
}

/** Puts what was kept into the component's folder in the copy, and returns the paths that are there because of it. */
export async function restoreGenerated(work: CopiedComponent, context: TaskContext): Promise<string[]> {
  const {files} = context.tools;
  const kept = keptAt(work, context);
  if (!(await files.exists(kept.mark)) || !(await files.exists(kept.folder))) return [];
  const folder = await folderInCopy(work, join(work.component.folder, generated), context);
  await files.copyTree(kept.folder, folder, {progress: () => {}}, context.signal);
  const restored = await treeManifest(files, folder, context.signal);
  return [generated, ...Object.keys(restored).map((path) => `${generated}/${path}`)];
}

function keptAt({component}: CopiedComponent, {stateFolder}: TaskContext): {folder: string; mark: string} {
  const folder = join(stateFolder, 'images', generated, safeName(component.name));
  return {folder, mark: `${folder}.key`};
}
