import {chmod, lstat, lutimes, mkdir, realpath, rm, symlink, utimes} from 'node:fs/promises';
import {basename, dirname, join, sep} from 'node:path';
import {ProblemError} from '../problem.ts';
import type {CopyReport, CopyWatch} from '../tools.ts';
import {type ContentCopier, contentCopier} from './copy-content.ts';
import {diskFull, errnoOf, freeBytes, shown, unwritable} from './file-problem.ts';
import {makeFolders} from './make-folder.ts';
import {forEachParallel} from './parallel.ts';
import {removeTree} from './remove-tree.ts';
import {below, type ScannedEntry, scanTree} from './scan-tree.ts';

/** Files copied at once. */
const copiers = 8;

/**
 * Copies a tree, or one file or link. `to` may be there: its files are replaced by those of the same name. Whatever
 * was made is removed again when the copy fails or is aborted.
 */
export async function copyTree(from: string, to: string, watch: CopyWatch, signal: AbortSignal): Promise<CopyReport> {
  await refuseOverlap(from, to);
  const {entries, skipped} = await scanTree(from, signal);
  const total = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  let done = 0;
  const content = contentCopier(
    () => refuseWithoutSpace(to, total),
    (bytes) => {
      done += bytes;
      watch.progress(done, total);
    },
  );
  const copying: Copying = {from: Buffer.from(from), to: Buffer.from(to), content, folders: new Set(), made: []};
  try {
    await makeParents(copying, to);
    await copyEntries(copying, entries, signal);
  } catch (error) {
    for (const path of copying.made.reverse()) await removeTree(path);
    throw error;
  }
  return {files: entries.filter(({kind}) => kind !== 'folder').length, bytes: total, how: content.how(), skipped};
}

interface Copying {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly content: ContentCopier;
  /** Folders that this copy made. */
  readonly folders: Set<string>;
  /** What this copy made inside folders that it did not make: removing these removes all. */
  readonly made: Buffer[];
}

function sizeOf(entry: ScannedEntry): number {
  return entry.kind === 'file' ? entry.stat.size : 0;
}

/** A copy into itself would never end, and a copy over the source would change the source. */
async function refuseOverlap(from: string, to: string): Promise<void> {
  const source = join(await realFolder(dirname(from)), basename(from)) + sep;
  const target = (await realFolder(to)) + sep;
  if (!target.startsWith(source) && !source.startsWith(target)) return;
  throw new ProblemError({
    code: 'path-leaves-tree',
    message: `${shown(from)} cannot be copied to ${shown(to)}: one lies inside the other.`,
    hint: 'Choose a folder outside of the tree.',
    file: shown(to),
  });
}

/** The real path of a folder that may not be there yet. */
async function realFolder(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw await unwritable(error, path);
    return join(await realFolder(dirname(path)), basename(path));
  }
}

async function refuseWithoutSpace(to: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(to);
  if (free !== undefined && free.bytes < neededBytes) throw new ProblemError(await diskFull(to, neededBytes));
}

async function makeParents(copying: Copying, to: string): Promise<void> {
  try {
    const first = await makeFolders(dirname(to), 0o777);
    if (first === undefined) return;
    copying.made.push(Buffer.from(first));
    for (let path = dirname(to); path.length >= first.length; path = dirname(path)) copying.folders.add(key(path));
  } catch (error) {
    throw await unwritable(error, to);
  }
}

/** Folders first, then what lies in them, at last the folders' own modes and times, which filling them would change. */
async function copyEntries(copying: Copying, entries: readonly ScannedEntry[], signal: AbortSignal): Promise<void> {
  const folders = entries.filter((entry) => entry.kind === 'folder');
  const fresh: ScannedEntry[] = [];
  for (const folder of folders) {
    signal.throwIfAborted();
    if (await makeFolder(copying, below(copying.to, folder.path))) fresh.push(folder);
  }
  await forEachParallel(
    entries.filter((entry) => entry.kind !== 'folder'),
    copiers,
    async (entry) => {
      signal.throwIfAborted();
      await copyEntry(copying, entry, signal);
    },
  );
  for (const {path, stat} of fresh.reverse()) {
    const folder = below(copying.to, path);
    try {
      await utimes(folder, timeOf(stat.atimeMs), timeOf(stat.mtimeMs));
      await chmod(folder, stat.mode & 0o7777);
    } catch (error) {
      throw await unwritable(error, folder);
    }
  }
}

/** Node takes a negative number for "now", but not a date before 1970; numbers keep fractions of milliseconds. */
function timeOf(milliseconds: number): number | Date {
  return milliseconds < 0 ? new Date(milliseconds) : milliseconds / 1000;
}

/** False when the folder is there already; a link in its place is not followed. */
async function makeFolder(copying: Copying, path: Buffer): Promise<boolean> {
  try {
    await mkdir(path, 0o700);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw await unwritable(error, path);
    if ((await lstat(path)).isDirectory()) return false;
    throw inTheWay(path, 'a folder', 'something else');
  }
  remember(copying, path);
  copying.folders.add(key(path));
  return true;
}

async function copyEntry(copying: Copying, entry: ScannedEntry, signal: AbortSignal): Promise<void> {
  const to = below(copying.to, entry.path);
  const {atimeMs, mtimeMs} = entry.stat;
  if (!isFresh(copying, to)) await clear(to);
  remember(copying, to);
  if (entry.kind === 'file') await copying.content.copy(entry, below(copying.from, entry.path), to, signal);
  try {
    if (entry.target !== undefined) await symlink(entry.target, to);
    await (entry.kind === 'link' ? lutimes : utimes)(to, timeOf(atimeMs), timeOf(mtimeMs));
  } catch (error) {
    throw await unwritable(error, to);
  }
}

/** A file of the same name is removed, not written over: it may be a link, or linked elsewhere. */
async function clear(path: Buffer): Promise<void> {
  try {
    await rm(path, {force: true});
  } catch (error) {
    if (errnoOf(error) === 'ERR_FS_EISDIR') throw inTheWay(path, 'a file', 'a folder');
    throw await unwritable(error, path);
  }
}

function remember(copying: Copying, path: Buffer): void {
  if (!isFresh(copying, path)) copying.made.push(path);
}

/** Whether it lies in a folder that this copy made. */
function isFresh(copying: Copying, path: Buffer): boolean {
  return copying.folders.has(key(path.subarray(0, path.lastIndexOf('/'))));
}

function key(path: Buffer | string): string {
  return (typeof path === 'string' ? Buffer.from(path) : path).toString('latin1');
}

function inTheWay(path: Buffer, wanted: string, found: string): ProblemError {
  return new ProblemError({
    code: 'file-unwritable',
    message: `${shown(path)} must become ${wanted}, but ${found} of that name is there.`,
    hint: 'Remove or rename one of the two.',
    file: shown(path),
  });
}
