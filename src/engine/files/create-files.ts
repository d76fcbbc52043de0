import {chmod, lstat, readFile, stat} from 'node:fs/promises';
import type {Files} from '../tools.ts';
import {beginFile, moveFile} from './begin-file.ts';
import {listContext} from './context.ts';
import {copyTree} from './copy-tree.ts';
import {errnoOf, unreadable, unwritable} from './file-problem.ts';
import {openHashCache} from './hash-cache.ts';
import {hashEntries} from './hash-entries.ts';
import {resolveInside} from './inside.ts';
import {makeFolders} from './make-folder.ts';
import {packContext} from './pack-context.ts';
import {removeTree} from './remove-tree.ts';
import {writeFile} from './write-file.ts';

/** The files of this computer. `cacheFile` is where hashes of contents are kept; it need not be there. */
export function createFiles(options: {readonly cacheFile: string}): Files {
  const cache = openHashCache(options.cacheFile);
  return {
    copyTree,
    removeTree,
    makeFolder,
    writeFile,
    beginFile,
    moveFile,
    listContext,
    packContext,
    hashEntries: (folder, entries, signal) => hashEntries(cache, folder, entries, signal),
    resolveInside,
    exists,
    readText,
    makeExecutable,
  };
}

async function makeFolder(path: string): Promise<void> {
  try {
    await makeFolders(path);
  } catch (error) {
    throw await unwritable(error, path);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return false;
    throw unreadable(error, path);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(error, path);
  }
}

async function makeExecutable(path: string): Promise<void> {
  try {
    const {mode} = await stat(path);
    if ((mode & 0o100) === 0) await chmod(path, (mode & 0o7777) | 0o100);
  } catch (error) {
    throw await unwritable(error, path);
  }
}
