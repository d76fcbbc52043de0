import {stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import {possibleFiles} from './config/sources.ts';
import {watchFolders} from './run/watch.ts';
import type {Clock} from './tools.ts';

/** Events get lost on network folders, and none come from what a link leads to. */
const pollMs = 2000;

/**
 * Calls back when a file of a configuration has changed, come or gone; not for what else happens in its folder. At
 * most one look at the files goes on at a time.
 */
export function watchConfig(config: string, clock: Clock, changed: () => void): {close(): void} {
  const files = possibleFiles(config);
  const folders = [...new Set(files.map((file) => dirname(file)))];
  let seen: string | undefined;
  let looking = false;
  let lookAgain = false;
  let closed = false;

  const look = async (): Promise<void> => {
    if (looking) {
      lookAgain = true;
      return;
    }
    looking = true;
    const now = (await Promise.all(files.map(factsOf))).join('\n');
    looking = false;
    if (closed) return;
    const before = seen;
    seen = now;
    if (before !== undefined && before !== now) changed();
    if (lookAgain) {
      lookAgain = false;
      await look();
    }
  };
  const watch = watchFolders(folders, clock, pollMs, () => void look());
  void look();
  return {
    close() {
      closed = true;
      watch.close();
    },
  };
}

/** What tells a changed file from the one before; links followed, since that is what is read. */
async function factsOf(file: string): Promise<string> {
  return stat(file, {bigint: true}).then(
    ({ino, size, mtimeNs, ctimeNs}) => [ino, size, mtimeNs, ctimeNs].join(' '),
    ({code}: NodeJS.ErrnoException) => code ?? '',
  );
}
