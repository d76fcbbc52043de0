/** What this computer says of the files of a configuration and of the keys it names. */

import {stat} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import type {ClusterConfig} from '../types.ts';

export interface Computer {
  /** Files of the configuration that everybody may read, the folders above them included. */
  readonly openFiles: ReadonlySet<string>;
  /** Key files by the path that is written. */
  readonly keyFiles: ReadonlyMap<string, KeyFileState>;
}

/** `elsewhere`: not even its folder is there, as in a configuration that is used on another computer. */
type KeyFileState = 'missing' | 'elsewhere' | 'open to others' | 'private';

/** Reads nothing but who may read it. Never throws. */
export async function readComputer({files, machines}: ClusterConfig): Promise<Computer> {
  const openFiles = new Set<string>();
  for (const {file, mode} of files) {
    if ((mode & 0o004) !== 0 && (await isReachable(file))) openFiles.add(file);
  }
  const paths = new Set(machines.flatMap(({login}) => login.keyFile ?? []));
  const whole = [...paths].filter((path) => path.startsWith('/'));
  const keyFiles = new Map(await Promise.all(whole.map(async (path) => [path, await stateOfKey(path)] as const)));
  return {openFiles, keyFiles};
}

/** A file below a folder that others may not enter is safe from them. */
async function isReachable(file: string): Promise<boolean> {
  for (let folder = dirname(resolve(file)); ; folder = dirname(folder)) {
    const mode = (await stat(folder).catch(() => undefined))?.mode ?? 0;
    if ((mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function stateOfKey(path: string): Promise<KeyFileState> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile()) return (await stat(dirname(path)).catch(() => undefined)) ? 'missing' : 'elsewhere';
  return (facts.mode & 0o077) === 0 ? 'private' : 'open to others';
}
