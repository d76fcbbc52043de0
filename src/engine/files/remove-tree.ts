import {chmod, lstat, readdir, rm} from 'node:fs/promises';
import {errnoOf, unwritable} from './file-problem.ts';

/** Removes a tree, file or link if it is there; never follows links. Read-only folders are made writable first. */
export async function removeTree(path: string | Buffer): Promise<void> {
  try {
    await remove(path);
  } catch (error) {
    if (errnoOf(error) !== 'EACCES' && errnoOf(error) !== 'EPERM') throw await unwritable(error, path);
    try {
      await openFolders(Buffer.from(path));
      await remove(path);
    } catch (second) {
      throw await unwritable(second, path);
    }
  }
}

/** A process that still writes into the tree makes a folder "not empty" again: a few tries. */
function remove(path: string | Buffer): Promise<void> {
  return rm(path, {recursive: true, force: true, maxRetries: 5, retryDelay: 50});
}

async function openFolders(path: Buffer): Promise<void> {
  const stat = await lstat(path);
  if (!stat.isDirectory()) return;
  if ((stat.mode & 0o700) !== 0o700) await chmod(path, 0o700);
  const slash = Buffer.from('/');
  for (const entry of await readdir(path, {withFileTypes: true, encoding: 'buffer'})) {
    if (entry.isDirectory()) await openFolders(Buffer.concat([path, slash, entry.name]));
  }
}
