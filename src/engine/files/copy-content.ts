import {access, chmod, constants, copyFile, open, rm} from 'node:fs/promises';
import type {CopyReport} from '../tools.ts';
import {errnoOf, unreadable, unwritable} from './file-problem.ts';
import type {ScannedEntry} from './scan-tree.ts';

/** Larger files are copied by pieces, so that a cancel need not wait for gigabytes. */
const wholeBytes = 16 * 1024 * 1024;

const pieceBytes = 4 * 1024 * 1024;

/** What a file system without reflinks, or two file systems, answer: nothing of it can be shared. */
const noReflinks = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'ENOTTY', 'ENOSYS']);

/** What is said of one file, for instance one without copy on write on btrfs: others may be shared all the same. */
const notThisFile = new Set(['EINVAL', 'EPERM', 'ETXTBSY']);

/** Copies contents of files and remembers which file systems can share blocks. */
export interface ContentCopier {
  /** Content and mode of one file; nothing may be at `to`. */
  copy(entry: ScannedEntry, from: Buffer, to: Buffer, signal: AbortSignal): Promise<void>;
  how(): CopyReport['how'];
}

/**
 * Copies by reflink until a file system says that it cannot. `beforeCopying` is called once, before the first file
 * of one that cannot; `copied` is told bytes as they arrive.
 */
export function contentCopier(beforeCopying: () => Promise<void>, copied: (bytes: number) => void): ContentCopier {
  const without = new Set<number>();
  let reflinked = 0;
  let plain = 0;
  let ready: Promise<void> | undefined;

  const copy = async (entry: ScannedEntry, from: Buffer, to: Buffer, signal: AbortSignal): Promise<void> => {
    const {size, dev} = entry.stat;
    if (size > 0 && !without.has(dev)) {
      const answer = await reflink(from, to);
      if (answer === 'shared') {
        reflinked++;
        copied(size);
        return;
      }
      if (noReflinks.has(answer)) without.add(dev);
    }
    if (size > 0) plain++;
    if (without.has(dev)) {
      ready ??= beforeCopying();
      await ready;
    }
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

/** What the file system answers when it cannot; the file is not there then. */
async function reflink(from: Buffer, to: Buffer): Promise<'shared' | string> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    return 'shared';
  } catch (error) {
    const code = errnoOf(error) ?? '';
    if (!noReflinks.has(code) && !notThisFile.has(code)) throw error;
    await rm(to, {force: true});
    return code;
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
