import {createHash} from 'node:crypto';
import {lstat, readdir, readlink} from 'node:fs/promises';
import {basename, dirname, join, posix} from 'node:path';
import {displayText} from '../names.ts';
import {ProblemError} from '../problem.ts';
import type {BuildRequest, ContextEntry, Files} from '../tools.ts';
import {mapParallel} from './parallel.ts';

/** From each path (forward slashes) to 'kind mode hash'. Two equal manifests give the same context. */
export type Manifest = Readonly<Record<string, string>>;

interface ContextLook {
  readonly dockerfile: string;
  readonly builder: BuildRequest['builder'];
  /** Files whose content must leave no trace, by path: their state says only that they are there. */
  readonly unhashed: ReadonlySet<string>;
}

/** What a build context holds after .dockerignore. */
export async function contextManifest(
  files: Files,
  folder: string,
  {dockerfile, builder, unhashed}: ContextLook,
  signal: AbortSignal,
): Promise<Manifest> {
  const entries = await files.listContext(folder, dockerfile, signal, builder);
  const open = entries.filter(({path}) => !unhashed.has(path));
  const closed = entries.filter(({path}) => unhashed.has(path));
  return {
    ...(await manifestOf(files, folder, open, signal)),
    ...Object.fromEntries(closed.map(({path, kind, mode}) => [path, `${kind} ${mode.toString(8)} not remembered`])),
  };
}

/**
 * What a folder, a file or a link holds, with nothing left out; the file itself is ''. Empty when nothing is there.
 * Throws `file-unreadable`.
 */
export async function treeManifest(files: Files, path: string, signal: AbortSignal): Promise<Manifest> {
  try {
    const found = await lstat(path);
    if (found.isDirectory()) return await manifestOf(files, path, await listTree(path, signal), signal);
    const folder = dirname(path);
    const entry = await entryOf(folder, basename(path));
    return entry ? {'': (await manifestOf(files, folder, [entry], signal))[entry.path] ?? ''} : {};
  } catch (error) {
    const {code, path: file = path} = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && file === path) return {};
    if (code === undefined || error instanceof ProblemError) throw error;
    throw unreadable(file, code, error);
  }
}

/** Paths that are not the same in both: changed, only in the first, or only in the second; sorted. */
export function differingPaths(before: Manifest, after: Manifest): string[] {
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => before[path] !== after[path]).sort();
}

/** The manifest with every path moved below a folder. */
export function movedBelow(folder: string, manifest: Manifest): Manifest {
  return Object.fromEntries(
    Object.entries(manifest).map(([path, state]) => [path === '' ? folder : posix.join(folder, path), state]),
  );
}

/** One hash for all of it; the same for equal manifests. */
export function contentKeyOf(manifest: Manifest): string {
  const lines = Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(lines)).digest('hex');
}

async function manifestOf(
  files: Files,
  folder: string,
  entries: readonly ContextEntry[],
  signal: AbortSignal,
): Promise<Manifest> {
  const hashes = await files.hashEntries(folder, entries, signal);
  return Object.fromEntries(
    entries.map(({path, kind, mode}) => [path, `${kind} ${mode.toString(8)} ${hashes.get(path) ?? ''}`]),
  );
}

function unreadable(file: string, code: string, cause: unknown): ProblemError {
  const why = code === 'EACCES' ? 'permission denied' : code === 'ENOENT' ? 'it is not there any more' : code;
  const message = `${displayText(file)} cannot be read: ${why}.`;
  return new ProblemError({code: 'file-unreadable', message, hint: 'Check its owner and mode.', file}, {cause});
}

function notText(folder: string, name: string): ProblemError {
  return new ProblemError({
    code: 'file-unreadable',
    message: `${displayText(folder)} holds "${displayText(name)}", a name that is not UTF-8; it cannot be sent to the engine.`,
    hint: 'Rename or remove it.',
    file: folder,
  });
}

/** Files looked at at once: enough to hide a network disk. */
const lookups = 32;

async function listTree(folder: string, signal: AbortSignal): Promise<readonly ContextEntry[]> {
  const entries: ContextEntry[] = [];
  const open = [''];
  for (const below of open) {
    signal.throwIfAborted();
    const names = await readdir(join(folder, below));
    const broken = names.find((name) => name.includes('\ufffd'));
    if (broken !== undefined) throw notText(join(folder, below), broken);
    const found = await mapParallel(names, lookups, (name) =>
      entryOf(folder, below === '' ? name : `${below}/${name}`),
    );
    for (const entry of found) {
      if (!entry) continue;
      entries.push(entry);
      if (entry.kind === 'folder') open.push(entry.path);
    }
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Undefined for sockets, pipes and devices, which neither a copy nor a context holds. */
async function entryOf(folder: string, path: string): Promise<ContextEntry | undefined> {
  const found = await lstat(join(folder, path));
  const entry = {path, mode: found.mode & 0o7777, size: found.size, mtimeMs: found.mtimeMs};
  if (found.isSymbolicLink()) return {...entry, kind: 'link', target: await readlink(join(folder, path))};
  if (found.isDirectory()) return {...entry, kind: 'folder'};
  return found.isFile() ? {...entry, kind: 'file'} : undefined;
}
