import {shortHash} from '../safe-name.ts';

/** A name of a tree as part of a task's id: safe characters, and a hash where that loses something. */
export function plainId(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-')
    .replace(/^\.+/, '-');
  return plain === name ? plain : `${plain.slice(0, 80)}-${shortHash(name)}`;
}
