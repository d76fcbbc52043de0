import {closeSync, fsyncSync, writeSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {unreadable} from '../files/file-problem.ts';
import {writeFile} from '../files/write-file.ts';
import {ProblemError} from '../problem.ts';
import type {PinStore} from '../remote/pins.ts';
import type {Lock} from '../run/lock.ts';
import {diskFull} from '../run/room.ts';
import {notWritable, openFile, rightsIn} from '../sharing.ts';
import {makeStateFolder} from '../state.ts';

/**
 * The host keys that were accepted for a cluster, in its state folder: `known_hosts` as ssh reads it too, and
 * `host-keys.jsonl` with a line for every acceptance. Both are for all accounts that share the folder (sharing.ts).
 */
export function pinStore(stateFolder: string): PinStore {
  const file = join(stateFolder, 'known_hosts');
  const journal = join(stateFolder, 'host-keys.jsonl');
  const read = async () => {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw unreadable(error, file);
    }
  };
  return {
    file,
    read,
    async change(make) {
      await makeStateFolder(stateFolder);
      const lock = await takeTurn(join(stateFolder, 'locks'));
      try {
        const before = await read();
        const after = make(before);
        if (after !== before) await writeFile(file, after, rightsIn(stateFolder).file);
      } finally {
        lock.release();
      }
    },
    async journal(lines) {
      await makeStateFolder(stateFolder);
      try {
        const opened = openFile(journal, 'a');
        try {
          // One write: lines of two accounts that accept at the same time do not mix.
          writeSync(opened, lines.map((line) => `${line}\n`).join(''));
          fsyncSync(opened);
        } finally {
          closeSync(opened);
        }
      } catch (error) {
        throw notWritable(error, journal) ?? diskFull(error, journal) ?? error;
      }
    },
  };
}

/** Nobody holds this lock for longer than it takes to write a small file. */
async function takeTurn(folder: string): Promise<Lock> {
  const {takeLock} = await import('../run/lock.ts');
  for (let tries = 1; ; tries++) {
    try {
      return takeLock(folder, 'host-keys', 'of host keys', Date.now());
    } catch (error) {
      const isHeld = error instanceof ProblemError && error.problem.code === 'lock-held';
      if (!isHeld || tries >= mostTries) throw error;
      await sleep(pauseMs);
    }
  }
}

const mostTries = 200;
const pauseMs = 25;
