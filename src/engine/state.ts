import {randomUUID} from 'node:crypto';
import {lstat, readdir, readFile, realpath, rename, stat} from 'node:fs/promises';
import {homedir} from 'node:os';
import {basename, dirname, isAbsolute, join, relative, resolve, sep} from 'node:path';
import {ProblemError} from './problem.ts';
import {safeName, shortHash} from './safe-name.ts';
import {makeFolder, notWritable, rightsIn} from './sharing.ts';
import type {Files} from './tools.ts';

/** Folders directly in the state home that are no cluster's. */
const reserved = new Set(['locks', 'cache']);

/** Where everything is kept: the folder given with --state, else $XDG_STATE_HOME/pai-tui. */
export function stateHomeOf(environment: NodeJS.ProcessEnv, given?: string): string {
  if (given !== undefined) return resolve(given);
  const {XDG_STATE_HOME: state = '', HOME: home} = environment;
  // A relative XDG_STATE_HOME is to be ignored (XDG base directory specification).
  return join(isAbsolute(state) ? state : join(home || homedir(), '.local', 'state'), 'pai-tui');
}

/** The hashes of file contents, shared by all clusters. Each account of a shared state home has its own. */
export function hashCacheFile(stateHome: string): string {
  const isShared = rightsIn(stateHome).file !== 0o600;
  return join(stateHome, isShared ? `.cache-${process.getuid?.() ?? 'own'}` : 'cache', 'file-hashes');
}

/**
 * Files whose records in the state home are for all accounts that share it (sharing.ts). What lies in the folder of
 * a run keeps the mode it is given: the copy of a tree there may hold rendered secrets.
 */
export function sharingRecords(files: Files, stateHome: string): Files {
  const isRecord = (path: string) => {
    const [cluster = '..', kind] = relative(stateHome, path).split(sep);
    return isAbsolute(path) && cluster !== '..' && !cluster.startsWith('.') && kind !== 'runs';
  };
  return {
    ...files,
    async makeFolder(path) {
      if (isRecord(path)) await makeStateFolder(path);
      else await files.makeFolder(path);
    },
    async removeTree(path) {
      if (isRecord(path) && rightsIn(dirname(path)).file !== 0o600) await removeShared(files, path);
      else await files.removeTree(path);
    },
    async writeFile(path, content, mode, owner) {
      const whole = mode === 0o600 && isRecord(path) ? rightsIn(dirname(path)).file : mode;
      await files.writeFile(path, content, whole, owner);
    },
  };
}

/**
 * A tree of another account cannot be emptied, but it can be put aside: under a name that its owner clears away when
 * it next removes what was there.
 */
async function removeShared(files: Files, path: string): Promise<void> {
  const aside = `.${basename(path)}.aside-`;
  for (const name of await readdir(dirname(path)))
    if (name.startsWith(aside)) await files.removeTree(join(dirname(path), name)).catch(() => {});
  try {
    await files.removeTree(path);
  } catch (error) {
    const owner = await lstat(path).then(({uid}) => uid);
    if (owner === process.getuid?.()) throw error;
    await rename(path, join(dirname(path), `${aside}${randomUUID()}`));
  }
}

/**
 * The name of a cluster's folder: the cluster id of the configuration, else the name of the configuration (without
 * one: of the source tree) and a short hash of its real path. At least one of them must be given.
 */
export async function clusterName(source: string | undefined, config: string | undefined): Promise<string> {
  const id = config === undefined ? undefined : await clusterId(config);
  if (id !== undefined) return reserved.has(safeName(id)) ? `${safeName(id)}-${shortHash(id)}` : safeName(id);
  const place = config ?? source;
  if (place === undefined) throw new Error('neither a tree nor a configuration');
  const path = await realpath(place).catch(() => resolve(place));
  return `${safeName(basename(path) || 'root')}-${shortHash(path).slice(0, 8)}`;
}

/** Makes a folder for those who may see the one it lies in (sharing.ts). Throws `file-unwritable` or `disk-full`. */
export async function makeStateFolder(folder: string): Promise<void> {
  try {
    makeFolder(folder);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw notWritable(error, folder) ?? error;
    throw new ProblemError(
      {
        code: 'disk-full',
        message: 'The folder for runs and records cannot be made: the disk is full.',
        hint: 'Make room, or choose another folder with --state DIR.',
        file: folder,
      },
      {cause: error},
    );
  }
}

/** Where the id is written in the formats of the configuration (old, new, era A). */
const idPlaces = [
  ['cluster', 'clusterid'],
  ['cluster', 'common', 'cluster-id'],
  ['clusterinfo', 'clusterid'],
] as const;

const configFiles = ['services-configuration.yaml', 'serivces-configuration.yaml', 'clusterconfig.yaml'];

/** What the configuration of a request says, secrets replaced; nothing where it names none. For the folder of a run. */
export async function readConfiguration({
  config,
}: {
  readonly config?: string;
}): Promise<{readonly file: string; readonly settings: Readonly<Record<string, string>>}[]> {
  if (config === undefined) return [];
  const {readSettings} = await import('./config/settings.ts');
  const found = [];
  for (const file of [config, ...configFiles.map((name) => join(config, name))]) {
    const settings = await readSettings(file);
    if (settings) found.push({file, settings});
  }
  return found;
}

/** Undefined when the configuration names no cluster, or cannot be read: what is wrong with it is said elsewhere. */
async function clusterId(config: string): Promise<string | undefined> {
  const files = (await isFile(config)) ? [config] : configFiles.map((name) => join(config, name));
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const {readYaml} = await import('./config/yaml.ts');
    const yaml = readYaml(text, file);
    for (const path of idPlaces) {
      const id = yaml.text(path)?.trim();
      if (id) return id.slice(0, 100);
    }
  }
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
