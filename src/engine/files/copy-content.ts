import {access, chmod, constants, copyFile, open, rm} from 'node:fs/promises';
import type {CopyReport} from '../tools.ts';
import {errnoOf, unreadable, unwritable} from './file-problem.ts';
import type {ScannedEntry} from './scan-tree.ts';

/** Larger files are copied by pieces, so that a cancel need not wait for gigabytes. */
const wholeBytes = 16 * 1024 * 1024;

const pieceBytes = 4 * 1024 * 1024;

/** What a file system without reflinks, or two file systems, answer. */
const noReflink = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOTTY', 'ENOSYS', 'EPERM', 'ETXTBSY']);

/** Copies contents of files and remembers which file systems can share blocks. */
export interface ContentCopier {
  /** Content and mode of one file; nothing may be at `to`. */
  copy(entry: ScannedEntry, from: Buffer, to: Buffer, signal: AbortSignal): Promise<void>;
  how(): CopyReport['how'];
}

/**
 * Copies by reflink until a file system says that it cannot. `beforeCopying` is called once, before the first file
 * that takes space; `copied` is told bytes as they arrive.
 */
export function contentCopier(beforeCopying: () => Promise<void>, copied: (bytes: number) => void): ContentCopier {
  const devices = new Map<number, boolean>();
  let reflinked = 0;
  let plain = 0;
  let ready: Promise<void> | undefined;

  const copy = async (entry: ScannedEntry, from: Buffer, to: Buffer, signal: AbortSignal): Promise<void> => {
    const {size, dev} = entry.stat;
    if (size > 0 && devices.get(dev) !== false) {
      const shared = await reflink(from, to);
      if (shared) {
        reflinked++;
        copied(size);
        return;
      }
      devices.set(dev, false);
    }
    if (size > 0) plain++;
    ready ??= beforeCopying();
    await ready;
    if (size <= wholeBytes) {
      await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      copied(size);
    } else {
      await copyByPieces(entry, from, to, copied, signal);
    }
  };

  return {
    copy: async (entry, from, to, signal) => {
      try {
        await copy(entry, from, to, signal);
      } catch (error) {
        throw signal.aborted ? error : await whichSide(error, from, to);
      }
    },
    how: () => (reflinked === 0 ? 'copy' : plain === 0 ? 'reflink' : 'mixed'),
  };
}

/** False when the file system cannot; the file is not there then. */
async function reflink(from: Buffer, to: Buffer): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    if (!noReflink.has(errnoOf(error) ?? '')) throw error;
    await rm(to, {force: true});
    return false;
  }
}

async function copyByPieces(
  entry: ScannedEntry,
  from: Buffer,
  to: Buffer,
  copied: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'wx', 0o600);
    try {
      const piece = Buffer.allocUnsafe(pieceBytes);
      for (let position = 0; ; ) {
        signal.throwIfAborted();
        const {bytesRead} = await source.read(piece, 0, piece.length, position);
        if (bytesRead === 0) break;
        await target.writev([piece.subarray(0, bytesRead)], position);
        position += bytesRead;
        copied(bytesRead);
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
  await chmod(to, entry.stat.mode & 0o7777);
}

/** The system does not say which of the two files it could not open. */
async function whichSide(error: unknown, from: Buffer, to: Buffer): Promise<Error> {
  try {
    await access(from, constants.R_OK);
  } catch (reason) {
    return unreadable(reason, from);
  }
  return unwritable(error, to);
}
