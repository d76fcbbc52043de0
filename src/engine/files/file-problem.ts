import {statfs} from 'node:fs/promises';
import {dirname} from 'node:path';
import {ProblemError} from '../problem.ts';

/** A path as it may be shown: names of trees can hold anything but NUL. */
export function shown(path: string | Buffer): string {
  return path.toString().replace(/[\p{Cc}\u2028\u2029]/gu, '\ufffd');
}

/** The errno name of a failed system call, or undefined. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Why a file or folder could not be read, as a `file-unreadable` Problem; what is a Problem already stays it. */
export function unreadable(error: unknown, path: string | Buffer): Error {
  if (error instanceof ProblemError) return error;
  const code = errnoOf(error);
  if (code === undefined) return error instanceof Error ? error : new Error(String(error));
  return new ProblemError(
    {
      code: 'file-unreadable',
      message: `${shown(path)} cannot be read: ${reasonOf(error, code)}.`,
      hint:
        code === 'EACCES' || code === 'EPERM'
          ? 'Give this account the right to read it, or exclude it.'
          : 'Check the file and the disk it lies on, then try again.',
      file: shown(path),
    },
    {cause: error},
  );
}

/**
 * Why something could not be written: `disk-full` with the free space (and the space that was needed, in
 * bytes, where it is known), else `file-unwritable`.
 */
export async function unwritable(error: unknown, path: string | Buffer, neededBytes?: number): Promise<Error> {
  if (error instanceof ProblemError) return error;
  const code = errnoOf(error);
  if (code === undefined) return error instanceof Error ? error : new Error(String(error));
  if (code === 'ENOSPC') return new ProblemError(await diskFull(path, neededBytes), {cause: error});
  return new ProblemError(
    {
      code: code === 'EDQUOT' ? 'disk-full' : 'file-unwritable',
      message: `${shown(path)} cannot be written: ${reasonOf(error, code)}.`,
      hint:
        code === 'EDQUOT' ? 'Free some space of this account, then try again.' : 'Check who may write there (ls -ld).',
      file: shown(path),
    },
    {cause: error},
  );
}

/** The Problem of a file system without the space for `neededBytes` more under this path. */
export async function diskFull(path: string | Buffer, neededBytes: number | undefined) {
  const free = await freeBytes(path);
  const room = free && `${megabytes(free.bytes)} free${free.files === 0 ? ', no inode left' : ''}`;
  const need = neededBytes === undefined ? undefined : `${megabytes(neededBytes)} needed`;
  const numbers = [need, room].filter((part) => part !== undefined).join(', ');
  return {
    code: 'disk-full',
    message: `The disk of ${shown(path)} is full${numbers && ` (${numbers})`}.`,
    hint: 'Free some space (df -h, df -i), then try again.',
    file: shown(path),
  } as const;
}

/** Space an ordinary account can still use where the path, or the nearest folder above it, lies. */
export async function freeBytes(path: string | Buffer): Promise<{bytes: number; files: number} | undefined> {
  for (let folder = path.toString(); ; folder = dirname(folder)) {
    try {
      const {bavail, bsize, ffree, files} = await statfs(folder);
      return {bytes: bavail * bsize, files: files === 0 ? Number.POSITIVE_INFINITY : ffree};
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || dirname(folder) === folder) return undefined;
    }
  }
}

/** An errno name in words, for the end of a sentence. */
export function reasonOf(error: unknown, code: string): string {
  const known: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOENT: 'it is not there (any more)',
    ENOTDIR: 'a part of the path is not a folder',
    EISDIR: 'it is a folder',
    ELOOP: 'its links lead in a circle',
    EROFS: 'the file system is read-only',
    EDQUOT: "this account's quota is used up",
    ENAMETOOLONG: 'the name is too long',
    EIO: 'the disk reports an error',
    EMFILE: 'too many files are open',
    EEXIST: 'something of that name is there already',
  };
  return known[code] ?? (error instanceof Error ? shown(error.message) : code);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
