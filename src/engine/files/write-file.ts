import {randomBytes} from 'node:crypto';
import {type FileHandle, open, rename, rm} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {ProblemError} from '../problem.ts';
import type {FileOwner} from '../tools.ts';
import {unwritable} from './file-problem.ts';

/**
 * Replaces a file whole or not at all, also when the machine loses power: written beside it, flushed, renamed.
 * The mode is exact, whatever the umask.
 */
export async function writeFile(
  path: string,
  content: string | Uint8Array,
  mode: number,
  owner?: FileOwner,
): Promise<void> {
  const fresh = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.new`);
  try {
    const file = await open(fresh, 'wx', 0o600);
    try {
      await file.writeFile(content);
      if (owner) await handOver(file, owner, path);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, {force: true});
    if (error instanceof ProblemError) throw error;
    throw await unwritable(error, path, Buffer.byteLength(content));
  }
  await flushFolder(dirname(path));
}

async function handOver(file: FileHandle, {uid, gid}: FileOwner, path: string): Promise<void> {
  const made = await file.stat();
  if (made.uid === uid && made.gid === gid) return;
  await file.chown(uid, gid).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPERM') throw error;
    throw new ProblemError({
      code: 'file-unwritable',
      message: `${path} belongs to another account or group (${uid}:${gid}), and would become yours.`,
      hint: 'Change it in an editor, which writes into the file itself, or as its owner.',
      file: path,
    });
  });
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
