/** Reading a source tree: what cannot be read, and what leads out of the tree, is noted and never followed. */

import {lstat, readdir, readFile, readlink, realpath, stat} from 'node:fs/promises';
import {basename, dirname, isAbsolute, join, relative, resolve, sep} from 'node:path';
import {displayText} from '../names.ts';
import type {Problem, Severity} from '../problem.ts';

export interface Tree {
  /** The folder nothing may lead out of, symbolic links resolved. */
  readonly root: string;
  /** The folder the era's tools run in, below or equal to the root. */
  readonly toolRoot: string;
  readonly problems: Problem[];
}

export interface Entry {
  readonly name: string;
  /** dangling: a symbolic link to what is not there. */
  readonly kind: 'file' | 'folder' | 'other' | 'dangling';
  readonly isLink: boolean;
}

/** Larger than any file of names or instructions; what is larger is a mistake and would only fill memory. */
const largestText = 4 * 1024 * 1024;

/**
 * The entries of a folder, sorted by name; symbolic links count as what they point to. None when the folder is not
 * there. A link out of the tree is noted (as `leaving` says) and left out.
 */
export async function listFolder(tree: Tree, folder: string, leaving: Severity = 'error'): Promise<Entry[]> {
  if ((await kindOf(tree, folder)) !== 'folder') return [];
  try {
    const entries = await readdir(folder, {withFileTypes: true});
    const listed = await Promise.all(
      entries.map(async (entry): Promise<Entry | undefined> => {
        const {name} = entry;
        if (!entry.isSymbolicLink()) {
          return {name, kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other', isLink: false};
        }
        const kind = await kindOf(tree, join(folder, name), leaving);
        return kind === 'none' ? undefined : {name, kind, isLink: true};
      }),
    );
    return listed.filter((entry) => entry !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    noteUnreadable(tree, folder, error);
    return [];
  }
}

/** What a path is, links followed; 'none' also for what leads out of the tree, which is noted. */
export async function kindOf(tree: Tree, path: string, leaving: Severity = 'error'): Promise<Entry['kind'] | 'none'> {
  let isLink = false;
  try {
    // Most paths that are asked for are not there: this answers without looking at every folder above.
    isLink = (await lstat(path)).isSymbolicLink();
    const real = await realOfExistingPart(path);
    if (!isInside(tree.root, real)) {
      await noteLeaving(tree, path, real, leaving);
      return 'none';
    }
    const facts = await stat(real);
    return facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (!isAbsent(error)) noteUnreadable(tree, path, error);
    return isLink && isAbsent(error) ? 'dangling' : 'none';
  }
}

/** Whether a regular file is there. What is there and is none (a folder, a pipe, a dangling link) is noted. */
export async function isRegularFile(tree: Tree, path: string): Promise<boolean> {
  const kind = await kindOf(tree, path);
  if (kind === 'file' || kind === 'none') return kind === 'file';
  const because = kind === 'dangling' ? 'is a symbolic link to what is not there' : 'is not a regular file';
  note(tree, {code: 'file-unreadable', message: `${shownPath(tree, path)} ${because}.`, file: path});
  return false;
}

/** The text of a file, or undefined after the reason was noted; a file that is not there is the caller's to judge. */
export async function readText(tree: Tree, path: string): Promise<string | undefined> {
  // Opening a pipe or a device would wait for ever.
  if (!(await isRegularFile(tree, path))) return undefined;
  try {
    const {size} = await stat(path);
    if (size <= largestText) return await readFile(path, 'utf8');
    const message = `${shownPath(tree, path)} is too large to be read (${size} bytes, at most ${largestText}).`;
    note(tree, {code: 'file-unreadable', message, file: path});
  } catch (error) {
    noteUnreadable(tree, path, error);
  }
  return undefined;
}

/**
 * A name that the tree gives (copy-list, template-list), resolved from a folder of it. Undefined when it leads out
 * of the tree, by its text or by a symbolic link on the way, after that was noted at the place it is written.
 */
export async function resolveName(
  tree: Tree,
  from: string,
  name: string,
  written: {readonly file: string; readonly line?: number; readonly what: string},
): Promise<string | undefined> {
  const path = resolve(from, name);
  const real = name.includes('\0') ? '' : await realOfExistingPart(path).catch(() => '');
  if (!isAbsolute(name) && isInside(tree.root, path) && isInside(tree.root, real)) return path;
  note(tree, {
    code: 'path-leaves-tree',
    message: `${written.what} names ${displayText(name)}, which is outside of the tree.`,
    hint: `Name something below ${tree.root}, relative to ${from}; or open the folder above if it belongs to the tree.`,
    file: written.file,
    ...(written.line === undefined ? {} : {line: written.line}),
  });
  return undefined;
}

export function note(tree: Tree, problem: Problem): void {
  const same = (other: Problem) =>
    other.file === problem.file && other.line === problem.line && other.message === problem.message;
  if (!tree.problems.some(same)) tree.problems.push(problem);
}

/** Relative to the root, fit for a message. */
export function shownPath(tree: Tree, path: string): string {
  return displayText(relative(tree.root, path) || path);
}

/** Relative to the tool root, with forward slashes. */
export function toolPath(tree: Tree, path: string): string {
  return relative(tree.toolRoot, path).split(sep).join('/');
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

async function noteLeaving(tree: Tree, path: string, real: string, severity: Severity): Promise<void> {
  const target = await readlink(path).catch(() => real);
  note(tree, {
    code: 'path-leaves-tree',
    ...(severity === 'error' ? {} : {severity}),
    message: `${shownPath(tree, path)} is a symbolic link to ${displayText(target)}, which is outside of the tree.`,
    hint: 'Put a copy of what it points to into the tree, or remove the link; it is not followed.',
    file: path,
  });
}

function noteUnreadable(tree: Tree, path: string, error: unknown): void {
  const {code} = error as NodeJS.ErrnoException;
  const because =
    code === 'EACCES' || code === 'EPERM'
      ? 'permission denied'
      : code === 'ELOOP'
        ? 'its symbolic links lead in a circle'
        : (code ?? String(error));
  note(tree, {
    code: 'file-unreadable',
    message: `${shownPath(tree, path)} cannot be read: ${because}.`,
    hint: `Look at it with: ls -la ${displayText(dirname(path))}`,
    file: path,
  });
}

/** Links resolved as far as the path exists, and where a dangling link would lead: writing through it makes that. */
async function realOfExistingPart(path: string, links = 40): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    const parent = dirname(path);
    if (parent === path || links === 0) return path;
    const here = await realOfExistingPart(parent, links);
    const target = await readlink(path).catch(() => undefined);
    return target === undefined ? join(here, basename(path)) : realOfExistingPart(resolve(here, target), links - 1);
  }
}

function isAbsent(error: unknown): boolean {
  const {code} = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
