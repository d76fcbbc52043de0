import type {Stats} from 'node:fs';
import {lstat, readdir, readlink} from 'node:fs/promises';
import {unreadable} from './file-problem.ts';
import {forEachParallel} from './parallel.ts';

/** One thing in a tree that is to be copied. */
export interface ScannedEntry {
  /** Relative to the tree, empty for the tree itself. Bytes, because old trees hold names that are not UTF-8. */
  readonly path: Buffer;
  readonly kind: 'file' | 'folder' | 'link';
  readonly stat: Stats;
  /** Where a link points, as written. */
  readonly target?: Buffer;
}

/** Folders before what lies in them; `skipped` holds the paths of sockets, named pipes and devices. */
export interface ScannedTree {
  readonly entries: readonly ScannedEntry[];
  readonly skipped: readonly string[];
}

/** Folders looked into at once. */
const lookups = 32;

/** Everything below a path, hidden files included, links not followed. Throws `file-unreadable`. */
export async function scanTree(root: string, signal: AbortSignal): Promise<ScannedTree> {
  const entries: ScannedEntry[] = [];
  const skipped: string[] = [];
  const base = Buffer.from(root);
  const look = async (path: Buffer) => {
    const full = below(base, path);
    try {
      const stat = await lstat(full);
      if (stat.isDirectory()) entries.push({path, kind: 'folder', stat});
      else if (stat.isFile()) entries.push({path, kind: 'file', stat});
      else if (stat.isSymbolicLink())
        entries.push({path, kind: 'link', stat, target: await readlink(full, {encoding: 'buffer'})});
      else skipped.push(path.toString());
    } catch (error) {
      throw unreadable(error, full);
    }
  };
  await look(Buffer.alloc(0));
  // The list grows while it is walked: folders found are looked into in their turn.
  for (const {path, kind} of entries) {
    if (kind !== 'folder') continue;
    signal.throwIfAborted();
    const names = await readdir(below(base, path), {encoding: 'buffer'}).catch((error) => {
      throw unreadable(error, below(base, path));
    });
    await forEachParallel(names, lookups, (name) => look(below(path, name)));
  }
  return {entries, skipped};
}

/** A path inside a folder, both as bytes; either may be empty. */
export function below(folder: Buffer, path: Buffer): Buffer {
  if (folder.length === 0) return path;
  return path.length === 0 ? folder : Buffer.concat([folder, Buffer.from('/'), path]);
}
