import {closeSync, existsSync, fdatasyncSync, fstatSync, fsyncSync, openSync, readSync, writeSync} from 'node:fs';
import {dirname} from 'node:path';
import {parseJson} from '../json.ts';
import {openFile} from '../sharing.ts';
import {isRunEvent} from './checks.ts';
import type {RunEvent} from './events.ts';
import {diskFull} from './room.ts';

/** The journal as its one writer sees it. */
export interface Journal {
  /** Appends one record with a single write; on the disk when it returns, except for progress. Throws `disk-full`. */
  append(event: RunEvent): void;
  close(): void;
}

/** How bytes reach the disk; tests bring one that fails. */
export interface JournalDisk {
  write(file: number, bytes: Uint8Array): number;
  sync(file: number): void;
}

const realDisk: JournalDisk = {write: (file, bytes) => writeSync(file, bytes), sync: fdatasyncSync};

/** Opens a journal for appending and makes it if it is not there. A torn last line is closed off first. */
export function openJournal(path: string, disk: JournalDisk = realDisk): Journal {
  const fresh = !existsSync(path);
  const file = openFile(path, 'a+');
  if (fresh) syncFolder(dirname(path));
  let torn = endsInTheMiddle(file);

  return {
    append(event) {
      const line = Buffer.from(`${torn ? '\n' : ''}${JSON.stringify(event)}\n`);
      try {
        const written = disk.write(file, line);
        torn = written < line.length;
        if (torn) throw Object.assign(new Error('no space left for a whole record'), {code: 'ENOSPC'});
        if (event.type !== 'task-progress') disk.sync(file);
      } catch (error) {
        throw diskFull(error, path) ?? error;
      }
    },
    close: () => closeSync(file),
  };
}

export interface JournalPart {
  readonly events: readonly RunEvent[];
  /** Where to go on reading: behind the last whole line. */
  readonly offset: number;
}

/**
 * The records from an offset on. A last line without its end is left for the next call; a whole line that is no
 * record (torn by a crash) is passed over. Without a journal: no records.
 */
export function readJournal(path: string, offset = 0): JournalPart {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {events: [], offset};
    throw error;
  }
  try {
    const bytes = readFrom(file, offset);
    const end = bytes.lastIndexOf(10) + 1;
    const lines = bytes.subarray(0, end).toString('utf8').split('\n');
    return {events: lines.flatMap(recordOf), offset: offset + end};
  } finally {
    closeSync(file);
  }
}

function endsInTheMiddle(file: number): boolean {
  const {size} = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== 10;
}

function readFrom(file: number, offset: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
  let read = 0;
  while (read < bytes.length) {
    const more = readSync(file, bytes, read, bytes.length - read, offset + read);
    if (more === 0) break;
    read += more;
  }
  return bytes.subarray(0, read);
}

function recordOf(line: string): RunEvent[] {
  const value = parseJson(line);
  return isRunEvent(value) ? [value] : [];
}

/** A new file is only safe once its folder is on the disk too. */
function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
