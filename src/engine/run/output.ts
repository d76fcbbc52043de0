import {closeSync, fstatSync, readdirSync, statSync, unlinkSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {makeFolder, openFile} from '../sharing.ts';
import type {Clock} from '../tools.ts';
import type {Redactor} from './redact.ts';
import {diskFull} from './room.ts';

/** Where one task's output goes. */
export interface TaskOutput {
  write(bytes: Uint8Array | string): void;
  close(): void;
}

export interface OutputOptions {
  readonly runFolder: string;
  readonly task: string;
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** Bytes kept altogether; half of them from the beginning. */
  readonly bound?: number;
  /** Hears of a full disk; what comes after it is not kept. */
  onFull(problem: unknown): void;
}

/** One file of a task's output: the bytes from `start` on, counted in all the task ever gave. */
export interface OutputFile {
  readonly path: string;
  readonly start: number;
  readonly size: number;
}

const defaultBound = 16 * 1024 * 1024;
/** A file goes on over its bound to the end of a line, at most this far. */
const lineReach = 64 * 1024;

/**
 * Opens the output of a task, behind what earlier attempts left. `<task>.log` keeps the head; behind it the newest
 * of `<task>.log.<start>` keep the tail. `<task>.times` says about once a second which byte came when.
 */
export function openOutput(options: OutputOptions): TaskOutput {
  const {runFolder, task, redactor, clock, bound = defaultBound} = options;
  makeFolder(join(runFolder, 'output'));
  const files = [...outputFiles(runFolder, task)];
  let current = files.at(-1) ?? {path: outputPath(runFolder, task), start: 0, size: 0};
  const times = openFile(timesPath(runFolder, task), 'a');
  let file: number;
  try {
    file = openFile(current.path, 'a');
  } catch (error) {
    closeSync(times);
    throw error;
  }
  let size = fstatSync(file).size;
  let timeSaid = Number.NEGATIVE_INFINITY;
  // Full, or closed: a task that was left behind may still write.
  let over = false;

  const limit = () => (current.start === 0 ? bound / 2 : bound / 4);
  const keep = (bytes: Buffer) => {
    if (clock.monotonic() - timeSaid >= 1000) {
      timeSaid = clock.monotonic();
      writeSync(times, `${current.start + size} ${clock.now()}\n`);
    }
    writeAll(file, bytes);
    size += bytes.length;
  };
  const turn = () => {
    const start = current.start + size;
    const next = {path: `${outputPath(runFolder, task)}.${start}`, start, size: 0};
    // Opened first: when that fails there still is a file to be closed.
    const opened = openFile(next.path, 'a');
    closeSync(file);
    file = opened;
    current = next;
    size = 0;
    const tail = outputFiles(runFolder, task).filter((one) => one.start > 0);
    for (const old of tail.slice(0, -2)) unlinkSync(old.path);
  };
  const write = (bytes: Buffer) => {
    if (over) return;
    try {
      for (let rest = bytes; rest.length > 0; ) {
        const room = limit() - size;
        const cut = room >= rest.length ? rest.length : endOfLine(rest, Math.max(0, room), size - limit());
        keep(rest.subarray(0, cut));
        rest = rest.subarray(cut);
        if (size >= limit() && (rest.length > 0 || bytes.at(-1) === 10)) turn();
      }
    } catch (error) {
      over = true;
      options.onFull(diskFull(error, current.path) ?? error);
    }
  };

  return {
    write: (bytes) => write(redactor.push(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)),
    close() {
      write(redactor.flush());
      over = true;
      closeSync(file);
      closeSync(times);
    },
  };
}

/** The files a task's output is in, in order. Bytes between the end of one and the start of the next were left out. */
export function outputFiles(runFolder: string, task: string): readonly OutputFile[] {
  const folder = join(runFolder, 'output');
  const name = `${fileName(task)}.log`;
  const files: OutputFile[] = [];
  for (const entry of namesIn(folder)) {
    const start = entry === name ? 0 : entry.startsWith(`${name}.`) ? Number(entry.slice(name.length + 1)) : Number.NaN;
    if (!Number.isSafeInteger(start)) continue;
    const path = join(folder, entry);
    const size = statSync(path, {throwIfNoEntry: false})?.size;
    if (size !== undefined) files.push({path, start, size});
  }
  return files.sort((a, b) => a.start - b.start);
}

/** Bytes of a task's output that were left out because it was larger than its bound. */
export function leftOutBytes(runFolder: string, task: string): number {
  const files = outputFiles(runFolder, task);
  return files.reduce((sum, {start}, index) => {
    const before = files[index - 1];
    return before ? sum + start - before.start - before.size : sum;
  }, 0);
}

/** The line that stands for what was left out. */
export function leftOutWords(bytes: number): string {
  return `[${bytes.toLocaleString('en-US').replaceAll(',', ' ')} bytes left out here]`;
}

/** Which byte came when: lines of `offset epoch-milliseconds`. */
export function timesPath(runFolder: string, task: string): string {
  return join(runFolder, 'output', `${fileName(task)}.times`);
}

function outputPath(runFolder: string, task: string): string {
  return join(runFolder, 'output', `${fileName(task)}.log`);
}

/** Task ids hold slashes; `~` is not among their characters. */
function fileName(task: string): string {
  return task.replaceAll('/', '~');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Files change at the end of a line, so that no line lies in two of them, unless a line is too long for that. */
function endOfLine(bytes: Buffer, from: number, over: number): number {
  const end = bytes.indexOf(10, from) + 1;
  const reach = from + Math.max(1, lineReach - Math.max(0, over));
  return end > 0 && end <= reach ? end : Math.min(bytes.length, reach);
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
