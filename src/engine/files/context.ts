import type {Dirent, Stats} from 'node:fs';
import {lstat, readdir, readFile, readlink, realpath} from 'node:fs/promises';
import {join} from 'node:path';
import {normalize} from 'node:path/posix';
import {ProblemError} from '../problem.ts';
import type {ContextEntry} from '../tools.ts';
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
 * Every entry of a build context that docker's classic builder would be sent, sorted by path. The Dockerfile and
 * .dockerignore go along whatever the patterns say. Sockets are left out, as docker does.
 */
export async function listContext(
  folder: string,
  dockerfile: string,
  signal?: AbortSignal,
): Promise<readonly ContextEntry[]> {
  const root = await realpath(folder).catch((error) => {
    throw unreadable(error, folder);
  });
  const always = new Set(['.dockerignore', normalize(dockerfile)]);
  const patterns = [...(await readPatterns(root)), ...[...always].map(exceptionFor)];
  const entries: ContextEntry[] = [];
  await walk({root, patterns, entries, signal}, '', undefined);
  if (!entries.some((entry) => entry.path === normalize(dockerfile))) throw noDockerfile(folder, dockerfile);
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface Walk {
  readonly root: string;
  readonly patterns: readonly IgnorePattern[];
  readonly entries: ContextEntry[];
  readonly signal: AbortSignal | undefined;
}

/** No .dockerignore: nothing is ignored. */
async function readPatterns(root: string): Promise<IgnorePattern[]> {
  const file = join(root, '.dockerignore');
  try {
    return parseIgnoreFile(await readFile(file, 'utf8'), file);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
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
      const entry = await entryOf(within.root, path);
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

async function entryOf(root: string, path: string): Promise<ContextEntry | undefined> {
  const file = join(root, path);
  try {
    const stat = await lstat(file);
    const common = {path, mode: stat.mode & 0o7777, mtimeMs: stat.mtimeMs};
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
