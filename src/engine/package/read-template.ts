/** Templates of a tree, read where they are asked for: while another one is rendered, which does not wait. */

import {closeSync, constants, fstatSync, openSync, readFileSync, realpathSync} from 'node:fs';
import {join, sep} from 'node:path';
import {displayText} from '../names.ts';
import {ProblemError} from '../problem.ts';
import type {LoadTemplate} from '../template/templates.ts';

/** Bytes; real ones have some kilobytes. */
const largestTemplate = 4 * 1024 * 1024;

/** The text of a template. Throws `file-unreadable`, also for what is no UTF-8. */
export function readTemplate(file: string): string {
  const bytes = readBounded(file);
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    throw unreadable(file, 'it is not written in UTF-8', 'Templates are read as UTF-8; save it so.');
  }
}

/**
 * What `include`, `import` and `extends` find: names count from the root, as Jinja2 counts them, and never lead out of
 * it. A link that does throws `path-leaves-tree`.
 */
export function templatesInside(root: string): LoadTemplate {
  return (name) => {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.length === 0 || parts.includes('..') || name.includes('\0')) return undefined;
    const path = join(root, ...parts);
    const real = realPath(path);
    if (real === undefined) return undefined;
    const inside = realpathSync(root);
    if (!real.startsWith(inside === sep ? sep : inside + sep)) {
      throw new ProblemError({
        code: 'path-leaves-tree',
        message: `The template ${displayText(name)} lies outside of ${displayText(root)}: a link leads to ${displayText(real)}.`,
        hint: 'Put a copy of it into the tree.',
        file: path,
      });
    }
    return {name: path, text: readTemplate(real)};
  };
}

/** Undefined for what is not there. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(path, code);
  }
}

function readBounded(file: string): Buffer {
  let descriptor: number | undefined;
  try {
    // Opening a pipe would wait for its other end.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) throw unreadable(file, 'it is no regular file');
    if (facts.size > largestTemplate) throw unreadable(file, `it is too large for a template (${facts.size} bytes)`);
    return readFileSync(descriptor);
  } catch (error) {
    throw error instanceof ProblemError ? error : unreadable(file, codeOf(error));
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

function unreadable(
  file: string,
  because: string,
  hint = `Look at it with: ls -la ${displayText(file)}`,
): ProblemError {
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'it is not there',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    ELOOP: 'its symbolic links lead in a circle',
  };
  return new ProblemError({
    code: 'file-unreadable',
    message: `${displayText(file)} cannot be read: ${known[because] ?? because}.`,
    hint,
    file,
  });
}
