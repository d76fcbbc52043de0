import {chmodSync, closeSync, fchmodSync, fstatSync, mkdirSync, openSync, type Stats, statSync} from 'node:fs';
import {dirname} from 'node:path';
import {errnoOf, reasonOf, shown} from './files/file-problem.ts';
import {ProblemError} from './problem.ts';

/** Modes of what is made in a folder. */
export interface Rights {
  readonly folder: number;
  readonly file: number;
}

const ownerAlone: Rights = {folder: 0o700, file: 0o600};
const wholeGroup: Rights = {folder: 0o2770, file: 0o660};

/**
 * Who may see what is made in a folder. The one rule by which accounts share runs and locks: a folder that its group
 * may use and that hands its group on (`chmod g+rwxs`) is for that group, with everything made below it (0770, 0660);
 * any other is for its owner alone (0700, 0600). The umask has no say. Secrets are never in there.
 */
export function rightsIn(folder: string): Rights {
  const mode = statSync(folder, {throwIfNoEntry: false})?.mode ?? 0;
  return (mode & 0o2070) === 0o2070 ? wholeGroup : ownerAlone;
}

/** Makes a folder, and those above it; false when it was there already, whatever its mode is. */
export function makeFolder(path: string, mayMakeAbove = true): boolean {
  try {
    mkdirSync(path, {mode: ownerAlone.folder});
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return false;
    // Below /proc a folder is missing for ever, although the one above it is there.
    if (code !== 'ENOENT' || dirname(path) === path || !mayMakeAbove) throw error;
    makeFolder(dirname(path));
    return makeFolder(path, false);
  }
  const {folder} = rightsIn(dirname(path));
  if (folder !== ownerAlone.folder) chmodSync(path, folder);
  return true;
}

/** Opens a file of the state folder; one that is made by it gets the mode its folder gives. The caller closes it. */
export function openFile(path: string, flags: string): number {
  const file = openSync(path, flags, ownerAlone.file);
  try {
    const mode = rightsIn(dirname(path)).file;
    if (mode !== ownerAlone.file) {
      const {uid, mode: now} = fstatSync(file);
      if ((now & 0o777) === ownerAlone.file && uid === process.getuid?.()) fchmodSync(file, mode);
    }
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** What to do when a state folder is another account's. */
export const sharingHint =
  'Its owner shares it with a group: chgrp GROUP DIR && chmod g+rwxs DIR, before the first run. Or choose another folder with --state DIR.';

/** `file-unwritable` when something of the state folder cannot be made or written; undefined for other errors. */
export function notWritable(error: unknown, path: string): ProblemError | undefined {
  const code = errnoOf(error) ?? '';
  const there = nearestThere(path);
  if (isRefusal(code) && isAnothers(there)) {
    const message = 'This account may not write where runs and locks are kept.';
    return new ProblemError({code: 'file-unwritable', message, hint: sharingHint, file: path}, {cause: error});
  }
  if (!isRefusal(code) && !['EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG'].includes(code)) return undefined;
  const reason = isFolder(there) ? reasonOf(error, code) : `${shown(there)} is no folder`;
  return new ProblemError(
    {
      code: 'file-unwritable',
      message: `Runs and locks cannot be kept in ${shown(path)}: ${reason}.`,
      hint: `Choose another folder with --state DIR${isRefusal(code) ? `, or check who may write there (ls -ld ${shown(there)})` : ''}.`,
      file: path,
    },
    {cause: error},
  );
}

/** `file-unreadable` when runs cannot be looked for in the state folder; undefined where there just is none yet. */
export function notReadable(error: unknown, path: string): ProblemError | undefined {
  const code = errnoOf(error) ?? '';
  if (!isRefusal(code) && code !== 'ENOTDIR' && code !== 'ELOOP') return undefined;
  const there = nearestThere(path);
  const another = isRefusal(code) && isAnothers(there);
  const reason = isFolder(there) ? reasonOf(error, code) : `${shown(there)} is no folder`;
  return new ProblemError(
    {
      code: 'file-unreadable',
      message: another
        ? 'The folder with the runs belongs to another account and is not shared.'
        : `Runs cannot be looked for in ${shown(path)}: ${reason}.`,
      hint: another
        ? sharingHint
        : `Choose another folder with --state DIR${isRefusal(code) ? `, or check who may read it (ls -ld ${shown(there)})` : ''}.`,
      file: path,
    },
    {cause: error},
  );
}

function isRefusal(code: string): boolean {
  return code === 'EACCES' || code === 'EPERM';
}

/** The path itself where it is there, else the nearest above it that can be seen. */
function nearestThere(path: string): string {
  return factsOf(path) || dirname(path) === path ? path : nearestThere(dirname(path));
}

function isAnothers(path: string): boolean {
  const uid = factsOf(path)?.uid;
  return uid !== undefined && uid !== process.getuid?.();
}

function isFolder(path: string): boolean {
  return factsOf(path)?.isDirectory() ?? false;
}

function factsOf(path: string): Stats | undefined {
  try {
    return statSync(path, {throwIfNoEntry: false});
  } catch {
    return undefined;
  }
}
