import {mkdir, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import {errnoOf} from './file-problem.ts';

/**
 * Makes a folder and those above it, for this user alone unless `mode` says otherwise; one that is there stays as it
 * is. Returns the topmost that was made. Rejects with the error of the system. Node's own way never ends where a file
 * system says ENOENT to everything (below /proc).
 */
export async function makeFolders(path: string, mode = 0o700): Promise<string | undefined> {
  try {
    return await make(path, mode);
  } catch (error) {
    const above = dirname(path);
    if (errnoOf(error) !== 'ENOENT' || above === path) throw error;
    const first = await makeFolders(above, mode);
    // Tried once more and not again: what is still missing cannot be made.
    const made = await make(path, mode);
    return first ?? made;
  }
}

async function make(path: string, mode: number): Promise<string | undefined> {
  try {
    await mkdir(path, mode);
    return path;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return undefined;
    throw error;
  }
}
