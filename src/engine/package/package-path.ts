/** Names inside a package: they become paths on a machine. */

/** What a folder of a package may be called, and a run. */
export function isJobName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name);
}

/**
 * Where `<dst>/<name>` lies below the job's folder; undefined for what leaves it or cannot be written plainly. As for
 * the originals, a slash at the beginning means nothing, and a `dst` may or may not begin with the job.
 */
export function packagePath(job: string, dst: string, name: string): string | undefined {
  const parts = `${dst}/${name}`.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length > 1 && parts[0] === job) parts.shift();
  const path = parts.join('/');
  // Backslashes: sha256sum writes them in another way. Control characters end lines, spaces at an end are not read.
  const isPlain = !/[\\\p{Cc}]|^ | $/u.test(path);
  if (path === '' || name.endsWith('/') || parts.includes('..') || !isPlain) return undefined;
  return Buffer.byteLength(path) > longestPath ? undefined : path;
}

/** Bytes; far below what any file system takes, with the home folder in front of it. */
const longestPath = 1000;
