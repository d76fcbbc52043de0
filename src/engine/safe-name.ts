import {createHash} from 'node:crypto';

/** Enough of a SHA-256 to tell a few engines, trees or configurations apart. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** A file name of its own for every image name: what is not plain becomes a hash. */
export function safeName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\./, '_');
  return plain === name && name.length <= 100 ? name : `${plain.slice(0, 80)}-${shortHash(name)}`;
}
