import {closeSync, existsSync, openSync, writeSync} from 'node:fs';
import {join, resolve} from 'node:path';
import type {Problem} from '../../problem.ts';
import {unwritable} from '../../run/save-output.ts';
import {safeName} from '../../safe-name.ts';
import {makeFolder} from '../../sharing.ts';
import type {Stream} from './printed.ts';

/** The files of one machine's whole output. */
export interface OutputFiles {
  readonly paths: readonly string[];
  /**
   * Written at once: nothing piles up in memory when machines print faster than the disk takes it. Returns what went
   * wrong, the first time; then nothing more is written.
   */
  write(stream: Stream, bytes: Uint8Array): Problem | undefined;
  close(): void;
}

/**
 * Makes the folder, and sees that none of the files is there: nothing is run whose output could then not be kept.
 * Throws `file-unwritable`.
 */
export function prepareOutputFolder(folder: string, machines: readonly string[]): string {
  const path = resolve(folder);
  try {
    // Node's own recursive mkdir never ends below /proc.
    makeFolder(path);
  } catch (error) {
    throw unwritable(path, error as NodeJS.ErrnoException);
  }
  const taken = machines.flatMap((machine) => pathsIn(path, machine)).find((file) => existsSync(file));
  if (taken !== undefined) throw unwritable(taken, Object.assign(new Error('there already'), {code: 'EEXIST'}));
  return path;
}

/** Makes the two files, for this account alone. Throws `file-unwritable`, also for a file that is there. */
export function openOutputFiles(folder: string, machine: string): OutputFiles {
  const paths = pathsIn(folder, machine);
  const opened: number[] = [];
  const close = () => {
    for (const file of opened.splice(0)) closeSync(file);
  };
  for (const path of paths) {
    try {
      opened.push(openSync(path, 'wx', 0o600));
    } catch (error) {
      close();
      throw unwritable(path, error as NodeJS.ErrnoException);
    }
  }
  return {
    paths,
    write(stream, bytes) {
      const index = stream === 'stdout' ? 0 : 1;
      const file = opened[index];
      if (file === undefined) return undefined;
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
        return undefined;
      } catch (error) {
        close();
        return unwritable(paths[index] ?? folder, error as NodeJS.ErrnoException).problem;
      }
    },
    close,
  };
}

function pathsIn(folder: string, machine: string): readonly [string, string] {
  const name = join(folder, safeName(machine));
  return [`${name}.out`, `${name}.err`];
}
