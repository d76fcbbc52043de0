/** Puts generated files in place: each whole or not at all, and never in the place of one that is lost. */

import {constants} from 'node:fs';
import {copyFile, link, lstat, stat} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {errnoOf, shown, unwritable} from '../../files/file-problem.ts';
import {makeFolders} from '../../files/make-folder.ts';
import {writeFile} from '../../files/write-file.ts';
import {ProblemError} from '../../problem.ts';

interface File {
  readonly name: string;
  readonly text: string;
  readonly hasSecret: boolean;
}

export interface Placed {
  readonly action: 'written' | 'replaced' | 'kept';
  readonly backup?: string;
}

/** Throws where the folder is none. One that is not there is fine: it will be made. */
export async function checkFolder(folder: string): Promise<void> {
  const facts = await stat(folder).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined;
    return unwritable(error, folder).then((problem) => {
      throw problem;
    });
  });
  if (facts === undefined || facts.isDirectory()) return;
  const message = `${shown(folder)} is a file, and a folder is needed.`;
  throw new ProblemError({
    code: 'file-unwritable',
    message,
    hint: 'Give another folder with --output DIR.',
    file: shown(folder),
  });
}

/** Only its owner can look into a folder that is made. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
  } catch (error) {
    throw await unwritable(error, folder);
  }
}

/** What will happen to each file; throws where something else than a file is in the way. */
export async function judge(folder: string, names: readonly string[], overwrite: boolean): Promise<readonly Placed[]> {
  const placed: Placed[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const there = await lstat(path).catch(() => undefined);
    if (there?.isDirectory()) {
      const message = `${shown(path)} is a folder, and a file of that name is to be written.`;
      throw new ProblemError({code: 'file-unwritable', message, hint: 'Move it away.', file: shown(path)});
    }
    placed.push({action: there === undefined ? 'written' : overwrite ? 'replaced' : 'kept'});
  }
  return placed;
}

/** Writes one file. `now`: for the name of what is there already. Returns that name. */
export async function place(folder: string, file: File, isReplaced: boolean, now: Date): Promise<string | undefined> {
  const path = join(folder, file.name);
  const backup = isReplaced ? await keepAside(path, now) : undefined;
  await writeFile(path, file.text, file.hasSecret ? 0o600 : 0o644);
  return backup;
}

/** The file under a second name; it stays under its own until the new one is whole. */
async function keepAside(path: string, now: Date): Promise<string> {
  const time = now
    .toISOString()
    .replace(/[-:]|\.\d+Z$/g, '')
    .replace('T', '-');
  for (let more = 1; ; more++) {
    const backup = `${path}.bak-${time}${more === 1 ? '' : `-${more}`}`;
    try {
      await link(path, backup).catch((error: unknown) => {
        // Not every file system knows second names.
        if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
        return copyFile(path, backup, constants.COPYFILE_EXCL);
      });
      return basename(backup);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST' || more > 1000) throw await unwritable(error, backup);
    }
  }
}
