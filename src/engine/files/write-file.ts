import {randomBytes} from 'node:crypto';
import {open, rename, rm} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {unwritable} from './file-problem.ts';

/**
 * Replaces a file whole or not at all, also when the machine loses power: written beside it, flushed, renamed.
 * The mode is exact, whatever the umask.
 */
export async function writeFile(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const fresh = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.new`);
  try {
    const file = await open(fresh, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, {force: true});
    throw await unwritable(error, path, Buffer.byteLength(content));
  }
  await flushFolder(dirname(path));
}

/** The new name itself must reach the disk. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
