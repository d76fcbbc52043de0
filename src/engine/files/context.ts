import type {Dirent, Stats} from 'node:fs';
import {lstat, readdir, readFile, readlink, realpath} from 'node:fs/promises';
import {join} from 'node:path';
import {normalize} from 'node:path/posix';
import {ProblemError} from '../problem.ts';
import type {BuildRequest, ContextEntry} from '../tools.ts';
import {errnoOf, shown, unreadable} from './file-problem.ts';
import {
  type IgnorePattern,
  ignored,
  mayHoldExceptions,
  type ParentMatches,
  parseIgnoreFile,
} from './ignore-patterns.ts';
import {forEachParallel} from './parallel.ts';

/** Files looked at at once: enough to hide a network disk, few enough to leave the thread pool to others. */
const lookups = 32;

/**
 * Every entry of a build context that docker would send to this builder, sorted by path. The Dockerfile, and for the
 * classic builder .dockerignore, go along whatever the patterns say. Sockets are left out, as docker does.
 */
export async function listContext(
  folder: string,
  dockerfile: string,
  signal?: AbortSignal,
  builder: BuildRequest['builder'] = 'classic',
): Promise<readonly ContextEntry[]> {
  const root = await realpath(folder).catch((error) => {
    throw unreadable(error, folder);
  });
  const name = normalize(dockerfile);
  const always = builder === 'classic' ? ['.dockerignore', name] : [name];
  const own = builder === 'classic' ? undefined : await readPatterns(root, `${name}.dockerignore`);
  const patterns = [...(own ?? (await readPatterns(root, '.dockerignore')) ?? []), ...always.map(exceptionFor)];
  const entries: ContextEntry[] = [];
  const inodes = new Map<string, string>();
  await walk({root, patterns, entries, inodes, signal}, '', undefined);
  const at = entries.findIndex(({path}) => path === name);
  const listed = entries[at];
  if (listed === undefined) throw noDockerfile(folder, dockerfile);
  if (listed.kind === 'link') entries[at] = await followed(root, listed);
  return withHardLinks(
    entries.sort((a, b) => (a.path < b.path ? -1 : 1)),
    inodes,
  );
}

/**
 * A Dockerfile may be a link to one that is not sent, beside the context or left out of it. Whether it may lead there
 * is for whoever names it to decide.
 */
async function followed(root: string, entry: ContextEntry): Promise<ContextEntry> {
  const file = join(root, entry.path);
  try {
    const readFrom = await realpath(file);
    const {size, mode, mtimeMs} = await lstat(readFrom);
    return {path: entry.path, kind: 'file', size, mode: mode & 0o7777, mtimeMs, readFrom};
  } catch (error) {
    throw unreadable(error, file);
  }
}

/** A file under several names is sent once, as docker does. */
function withHardLinks(entries: readonly ContextEntry[], inodes: ReadonlyMap<string, string>): readonly ContextEntry[] {
  const first = new Map<string, string>();
  return entries.map((entry) => {
    const inode = inodes.get(entry.path);
    const sameAs = inode === undefined ? undefined : first.get(inode);
    if (inode !== undefined && sameAs === undefined) first.set(inode, entry.path);
    return sameAs === undefined ? entry : {...entry, sameAs};
  });
}

interface Walk {
  readonly root: string;
  readonly patterns: readonly IgnorePattern[];
  readonly entries: ContextEntry[];
  /** Of files with several names, by path. */
  readonly inodes: Map<string, string>;
  readonly signal: AbortSignal | undefined;
}

/** Undefined when there is no such file. */
async function readPatterns(root: string, name: string): Promise<IgnorePattern[] | undefined> {
  const file = join(root, name);
  try {
    return parseIgnoreFile(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw unreadable(error, file);
  }
}

function exceptionFor(path: string): IgnorePattern {
  return {text: path, exception: true, matches: (other) => other === path};
}

async function walk(within: Walk, folder: string, parent: ParentMatches | undefined): Promise<void> {
  within.signal?.throwIfAborted();
  const folders: {path: string; matches: ParentMatches}[] = [];
  await forEachParallel(await childrenOf(within.root, folder), lookups, async (child) => {
    const path = folder === '' ? child.name : `${folder}/${child.name}`;
    const {out, matches} = ignored(within.patterns, path, parent);
    if (!out) {
      const entry = await entryOf(within, path);
      if (entry !== undefined) within.entries.push(entry);
    }
    if (child.isDirectory() && (!out || mayHoldExceptions(within.patterns, path))) folders.push({path, matches});
  });
  for (const {path, matches} of folders) await walk(within, path, matches);
}

async function childrenOf(root: string, folder: string): Promise<Dirent[]> {
  const path = join(root, folder);
  const children = await readdir(path, {withFileTypes: true}).catch((error) => {
    throw unreadable(error, path);
  });
  const broken = children.find(({name}) => name.includes('\ufffd'));
  if (broken !== undefined) throw unsendable(path, `holds "${shown(broken.name)}", a name that is not UTF-8`);
  return children;
}

async function entryOf({root, inodes}: Walk, path: string): Promise<ContextEntry | undefined> {
  const file = join(root, path);
  try {
    const stat = await lstat(file);
    const common = {path, mode: stat.mode & 0o7777, mtimeMs: stat.mtimeMs};
    if (stat.isFile() && stat.nlink > 1) inodes.set(path, `${stat.dev} ${stat.ino}`);
    if (stat.isFile()) return {...common, kind: 'file', size: stat.size};
    if (stat.isDirectory()) return {...common, kind: 'folder', size: 0};
    if (stat.isSymbolicLink()) return {...common, kind: 'link', size: 0, target: await readlink(file)};
    if (stat.isSocket()) return undefined;
    throw unsendable(file, `is a ${kindOf(stat)}`);
  } catch (error) {
    throw unreadable(error, file);
  }
}

function kindOf(stat: Stats): string {
  return stat.isFIFO() ? 'named pipe' : 'device';
}

function unsendable(path: string, why: string): ProblemError {
  return new ProblemError({
    code: 'file-unreadable',
    message: `${shown(path)} ${why}; it cannot be sent to the engine.`,
    hint: 'Remove or rename it, or exclude it in .dockerignore.',
    file: shown(path),
  });
}

function noDockerfile(folder: string, dockerfile: string): ProblemError {
  return new ProblemError({
    code: 'not-found',
    message: `There is no ${shown(dockerfile)} in ${shown(folder)}.`,
    hint: 'The Dockerfile must lie inside the folder it is built from.',
    file: shown(join(folder, dockerfile)),
  });
}
