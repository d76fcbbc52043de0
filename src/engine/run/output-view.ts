import {closeSync, fstatSync, openSync, readSync} from 'node:fs';
import type {OutputLine, OutputView} from '../output-text.ts';
import {createStore, type LiveStore} from '../store.ts';
import type {Clock} from '../tools.ts';
import {leftOutWords, type OutputFile, outputFiles, timesPath} from './output.ts';
import {createOutputIndex, type IndexedLine, type OutputIndex} from './output-index.ts';
import type {RunReader} from './run-reader.ts';
import {withoutStyle} from './terminal-text.ts';
import {mayPass, watchFolders} from './watch.ts';

const pollMs = 1000;

/** The output of one task of a run, kept up to date until closed. */
export function watchOutput(reader: RunReader, task: string, clock: Clock): LiveStore<OutputView> {
  const {folder, output} = reader.run;
  const text = createOutputText(folder, task);
  const stopped = new AbortController();
  const isEnded = () => !['waiting', 'running'].includes(taskStatus(reader, task)) || !isAlive(reader);
  const view = (whole: boolean): OutputView => text.view(whole && isEnded());
  let whole = !text.refresh();
  let shown = view(whole);
  const store = createStore(shown);
  let busy = false;

  // Much output is taken in pieces, so that whoever shows it stays awake.
  const look = async () => {
    if (busy) return;
    busy = true;
    try {
      do {
        reader.refresh();
        whole = !text.refresh();
        const next = view(whole);
        if (text.changed() || next.ended !== shown.ended) {
          shown = next;
          store.set(next);
        }
        if (!whole) await clock.sleep(0, stopped.signal);
      } while (!whole && !stopped.signal.aborted);
    } catch (error) {
      if (!stopped.signal.aborted && !mayPass(error)) throw error;
    } finally {
      busy = false;
    }
  };
  const watch = watchFolders([folder, output], clock, pollMs, () => void look());
  void look();

  return {
    get: store.get,
    subscribe: store.subscribe,
    close() {
      stopped.abort();
      watch.close();
    },
  };
}

function taskStatus(reader: RunReader, task: string): string {
  return reader.state.tasks.find(({id}) => id === task)?.status ?? 'waiting';
}

function isAlive({status}: RunReader): boolean {
  return status === 'waiting' || status === 'running';
}

/** The text of a task's output over its files, read on with each refresh. */
export interface OutputText {
  /** Reads on, at most about a megabyte; true while there is more. */
  refresh(): boolean;
  /** Whether the last refreshes found something; asking resets it. */
  changed(): boolean;
  view(ended: boolean): OutputView;
}

export function createOutputText(runFolder: string, task: string): OutputText {
  const times = createTimes(timesPath(runFolder, task));
  let files: readonly OutputFile[] = [];
  let head = createOutputIndex(0);
  let tail: OutputIndex | undefined;
  let searched: Searched | undefined;
  let dirty = true;

  const headFiles = () => files.filter(({start}) => start === 0);
  const tailFiles = () => files.filter(({start}) => start > 0);
  const leftOut = () => (tail ? tail.start - head.end : 0);
  const all = (from: number, to: number): readonly OutputLine[] => {
    const gap = leftOut() > 0 ? 1 : 0;
    const lines: OutputLine[] = head.lines(headFiles(), clamp(from, head), clamp(to, head)).map(times.dated);
    if (gap && from <= head.lineCount && to > head.lineCount) lines.push({text: leftOutWords(leftOut())});
    if (tail) {
      const before = head.lineCount + gap;
      lines.push(...tail.lines(tailFiles(), clamp(from - before, tail), clamp(to - before, tail)).map(times.dated));
    }
    return lines;
  };
  const count = () => head.lineCount + (leftOut() > 0 ? 1 : 0) + (tail?.lineCount ?? 0);

  return {
    refresh() {
      files = outputFiles(runFolder, task);
      times.refresh();
      const first = tailFiles()[0];
      // Another task's attempt never takes bytes back; a shorter head can only be another file.
      if (head.end > (headFiles()[0]?.size ?? 0)) {
        head = createOutputIndex(0);
        searched = undefined;
        dirty = true;
      }
      if (head.advance(headFiles())) {
        dirty = true;
        return true;
      }
      if (first && tail?.start !== first.start) {
        tail = createOutputIndex(first.start);
        searched = undefined;
        dirty = true;
      }
      const more = tail?.advance(tailFiles()) ?? false;
      dirty ||= more;
      return more;
    },
    changed() {
      const was = dirty;
      dirty = false;
      return was;
    },
    view: (ended) => ({
      lineCount: count(),
      leftOutBytes: leftOut(),
      lastAt: times.last(),
      ended,
      lines: all,
      search(pattern) {
        searched = searchOn(searched, pattern, count(), all);
        return searched.found;
      },
      files: files.map(({path}) => path),
    }),
  };
}

interface Searched {
  readonly key: string;
  /** Lines that were looked at and will not change any more. */
  readonly lines: number;
  readonly found: readonly number[];
}

/** Goes on where the last search for the same ended; the last line may still grow and is looked at again. */
function searchOn(
  before: Searched | undefined,
  pattern: string | RegExp,
  count: number,
  lines: (from: number, to: number) => readonly OutputLine[],
): Searched {
  const key = typeof pattern === 'string' ? `text ${pattern}` : `${pattern.flags} ${pattern.source}`;
  const known = before?.key === key && before.lines <= count ? before : {lines: 0, found: []};
  const matches = matcherOf(pattern);
  const found = known.found.filter((index) => index < known.lines);
  const step = 1024;
  for (let from = known.lines; from < count; from += step)
    for (const [index, {text}] of lines(from, Math.min(count, from + step)).entries())
      if (matches(withoutStyle(text))) found.push(from + index);
  return {key, lines: Math.max(0, count - 1), found};
}

/** A text in small letters finds large ones too. */
export function matcherOf(pattern: string | RegExp): (text: string) => boolean {
  if (typeof pattern !== 'string') {
    const expression = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
    return (text) => expression.test(text);
  }
  if (pattern === '') return () => false;
  return pattern === pattern.toLowerCase()
    ? (text) => text.toLowerCase().includes(pattern)
    : (text) => text.includes(pattern);
}

/** When which byte came, read on with each refresh. */
interface Times {
  refresh(): void;
  /** When the last byte came. */
  last(): number | undefined;
  dated(line: IndexedLine): OutputLine;
}

function createTimes(path: string): Times {
  const offsets: number[] = [];
  const epochs: number[] = [];
  let read = 0;
  return {
    refresh() {
      const text = readFrom(path, read);
      const whole = text.lastIndexOf(10) + 1;
      read += whole;
      for (const line of text.subarray(0, whole).toString('latin1').split('\n')) {
        const [offset, epoch] = line.split(' ').map(Number);
        if (offset === undefined || epoch === undefined || Number.isNaN(offset + epoch)) continue;
        offsets.push(offset);
        epochs.push(epoch);
      }
    },
    last: () => epochs.at(-1),
    dated({text, offset}) {
      let low = 0;
      let high = offsets.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((offsets[middle] ?? 0) <= offset) low = middle + 1;
        else high = middle;
      }
      const at = epochs[low - 1];
      return at === undefined ? {text} : {text, at};
    },
  };
}

function readFrom(path: string, from: number): Buffer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - from));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
}

function clamp(line: number, index: OutputIndex): number {
  return Math.max(0, Math.min(line, index.lineCount));
}
