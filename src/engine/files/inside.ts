import {readlink, realpath} from 'node:fs/promises';
import {dirname, isAbsolute, normalize, resolve, sep} from 'node:path';
import {ProblemError} from '../problem.ts';
import {errnoOf, shown, unreadable} from './file-problem.ts';

/** As many links in one path as Linux follows. */
const mostLinks = 40;

/**
 * The real path of a name inside a folder, every link on the way followed; the last parts need not be there yet.
 * Throws `path-leaves-tree` when the name is absolute, climbs out with '..' or is led out by a link: names come
 * from source trees, and what they name is copied, overwritten and removed.
 */
export async function resolveInside(root: string, name: string): Promise<string> {
  const base = await realpath(root).catch((error) => {
    throw unreadable(error, root);
  });
  const plain = normalize(name);
  if (name === '' || name.includes('\0') || isAbsolute(name) || plain === '..' || plain.startsWith(`..${sep}`)) {
    throw leaves(base, name, 'it does not name something below it');
  }
  const pending = plain.split(sep).filter((part) => part !== '' && part !== '.');
  let path = base;
  let links = 0;
  for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
    const next = resolve(path, part);
    const target = await linkTarget(next);
    if (target === undefined) {
      path = next;
    } else {
      if (++links > mostLinks) throw leaves(base, name, 'its links lead in a circle');
      if (isAbsolute(target)) path = sep;
      pending.unshift(...target.split(sep).filter((step) => step !== '' && step !== '.'));
    }
  }
  if (path !== base && !path.startsWith(base === sep ? sep : base + sep)) {
    throw leaves(base, name, `a link leads to ${shown(path)}`);
  }
  return path;
}

/** Where a link points; undefined for what is no link or not there. */
async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EINVAL' || code === 'ENOENT') return undefined;
    throw unreadable(error, code === 'ENOTDIR' ? dirname(path) : path);
  }
}

function leaves(root: string, name: string, why: string): ProblemError {
  return new ProblemError({
    code: 'path-leaves-tree',
    message: `The name "${shown(name)}" leaves ${shown(root)}: ${why}.`,
    hint: 'Use a path below that folder, without links that lead out of it.',
    file: shown(resolve(root, name)),
  });
}
