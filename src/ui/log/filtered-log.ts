import type {ScreenClock} from '../terminal/clock.ts';
import {realClock} from '../terminal/clock.ts';
import type {LogLine, LogStore, LogText} from './log-text.ts';
import {startSearch} from './search.ts';

/** The lines of a log that have something in them. */
export interface FilteredLog extends LogStore {
  close(): void;
}

/** Lines looked at in one go: some milliseconds. */
const linesAtOnce = 512;

/**
 * The lines of a log with a plain text in them; capitals count only when the text has one. A long log is gone through
 * while other things go on, and what comes later is looked at as it comes.
 */
export function filterLog(log: LogStore, pattern: string, clock: ScreenClock = realClock): FilteredLog {
  const search = startSearch(pattern, 0);
  const listeners = new Set<() => void>();
  let stop: (() => void) | undefined;
  let found = foundIn(log.get(), []);
  let wasDone = false;

  function look(): void {
    stop = undefined;
    const text = log.get();
    search.step(text, linesAtOnce);
    const isDone = search.done();
    // Numbers of lines that were left out meanwhile mean others: what was found stays until all was looked at again.
    if (isDone || !wasDone) {
      found = foundIn(text, search.matches());
      for (const listener of [...listeners]) listener();
    }
    wasDone ||= isDone;
    if (!isDone) soon();
  }

  function soon(): void {
    stop ??= clock.after(1, look);
  }

  const unsubscribe = log.subscribe(soon);
  look();
  return {
    get: () => found,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      unsubscribe();
      stop?.();
      listeners.clear();
    },
  };
}

/** A text of these lines of another one. */
function foundIn(text: LogText, numbers: readonly number[]): LogText {
  return {
    lineCount: numbers.length,
    leftOutBytes: text.leftOutBytes,
    ended: text.ended,
    lines(from, to) {
      const lines: LogLine[] = [];
      const wanted = numbers.slice(Math.max(0, from), to);
      for (let at = 0; at < wanted.length; ) {
        let end = at + 1;
        while (end < wanted.length && wanted[end] === (wanted[end - 1] ?? 0) + 1) end += 1;
        const first = wanted[at] ?? 0;
        lines.push(...text.lines(first, first + end - at));
        at = end;
      }
      return lines;
    },
  };
}
