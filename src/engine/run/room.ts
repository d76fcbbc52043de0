import {statfsSync} from 'node:fs';
import {ProblemError} from '../problem.ts';

/** Bytes below which a runner that is gone without a word is taken to have died of a full disk. */
const littleRoom = 64 * 1024;
/** The same of how many files may still be made. */
const fewFiles = 16;

/** Whether the disk of a folder has no room left for a runner's records. */
export function isFull(folder: string): boolean {
  try {
    const {bavail, bsize, files, ffree} = statfsSync(folder);
    // Some file systems count no files.
    return bavail * bsize < littleRoom || (files > 0 && ffree < fewFiles);
  } catch {
    // The run was removed while someone looked at it: then there is nothing to say about its disk.
    return false;
  }
}

/** `disk-full` when that is what an error says; else undefined. */
export function diskFull(error: unknown, path: string): ProblemError | undefined {
  const {code} = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? fullDisk(path, error) : undefined;
}

/** That the disk which holds the runs is full, as a problem. */
export function fullDisk(path: string, cause?: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'disk-full',
      message: 'The disk that holds the run is full.',
      hint: 'Make room, then go on with `pai-tui run resume`; what is done stays done.',
      file: path,
    },
    {cause},
  );
}
