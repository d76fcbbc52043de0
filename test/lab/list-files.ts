import {createHash} from 'node:crypto';
import type {Stats} from 'node:fs';
import {lstat, readdir, readFile, readlink} from 'node:fs/promises';
import {join} from 'node:path';

/**
 * Everything of a host's disk by its path: 'file 644 0:0 sha256:…', 'folder 755 0:0', 'link 0:0 -> run', …; of /usr only
 * what the host has changed, where 'removed' is what only this computer still has.
 */
export type FileList = ReadonlyMap<string, string>;

/**
 * Reads the disk of a host, which is all in `root`, or has in `usr` what it changed of this computer's /usr (upper) and its
 * /usr/local (local). `leaveOut` names files, and folders with all below. What is mounted there is not seen.
 */
export async function listFiles(root: string, usr: string | undefined, leaveOut: readonly string[]): Promise<FileList> {
  const found = new Map<string, string>();
  const walk = async (folder: string, as: string, isChangeOf?: string): Promise<void> => {
    for (const name of (await readdir(folder)).sort()) {
      const [file, path] = [join(folder, name), join(as, name)];
      if (leaveOut.includes(path)) continue;
      const stats = await lstat(file);
      const state = await stateOf(file, stats);
      const original = isChangeOf === undefined ? undefined : join(isChangeOf, name);
      if (original === undefined || state !== (await stateOf(original).catch(() => undefined))) found.set(path, state);
      if (stats.isDirectory()) await walk(file, path, original);
    }
  };
  await walk(root, '/');
  if (usr !== undefined && !leaveOut.includes('/usr')) {
    await walk(join(usr, 'upper'), '/usr', '/usr');
    if (!leaveOut.includes('/usr/local')) await walk(join(usr, 'local'), '/usr/local');
  }
  return found;
}

/** The paths that differ, in order, and how. */
export function differences(before: FileList, after: FileList): ReadonlyMap<string, 'added' | 'changed' | 'removed'> {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return new Map(
    paths
      .filter((path) => before.get(path) !== after.get(path))
      .map((path) => [path, !before.has(path) ? 'added' : after.has(path) ? 'changed' : 'removed']),
  );
}

async function stateOf(file: string, known?: Stats): Promise<string> {
  const stats = known ?? (await lstat(file));
  const owner = `${stats.uid}:${stats.gid}`;
  const mode = `${(stats.mode & 0o7777).toString(8)} ${owner}`;
  if (stats.isSymbolicLink()) return `link ${owner} -> ${await readlink(file)}`;
  if (stats.isDirectory()) return `folder ${mode}`;
  if (stats.isFile())
    return `file ${mode} sha256:${createHash('sha256')
      .update(await readFile(file))
      .digest('hex')}`;
  // So overlayfs notes down what is gone.
  if (stats.isCharacterDevice() && stats.rdev === 0) return 'removed';
  if (stats.isFIFO()) return `pipe ${mode}`;
  if (stats.isSocket()) return `socket ${mode}`;
  return `device ${mode} ${stats.rdev}`;
}
