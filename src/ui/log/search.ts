import {withoutSgr} from '../terminal/cell-text.ts';
import type {LogText} from './log-text.ts';

/** A search in a log that looks at some lines at a time and keeps up with the log as it grows. */
export interface LogSearch {
  readonly pattern: string;
  /** With the `g` flag. */
  readonly expression: RegExp;
  /** Lines that match, of those looked at, in order. */
  matches(): readonly number[];
  /** Whether every line was looked at when `step` was last called. */
  done(): boolean;
  /** Looks at so many more lines: first from the place the search began at to the end, then those before it. */
  step(text: LogText, lines: number): void;
}

/** Starts a search for a plain text at a line. Capitals count only when the text has one. */
export function startSearch(pattern: string, from: number): LogSearch {
  const source = pattern.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  const expression = new RegExp(source, /\p{Lu}/u.test(pattern) ? 'g' : 'gi');
  const one = new RegExp(source, expression.flags.replace('g', ''));
  let before: number[] = [];
  let after: number[] = [];
  let all: readonly number[] | undefined;
  let ahead = from;
  let behind = 0;
  let leftOutBytes: number | undefined;
  let done = false;

  function look(text: LogText, first: number, end: number, found: number[]): void {
    for (const [i, line] of text.lines(first, end).entries())
      if (one.test(withoutSgr(line.text))) found.push(first + i);
    all = undefined;
  }

  return {
    pattern,
    expression,
    matches: () => (all ??= [...before, ...after]),
    done: () => done,
    step(text, lines) {
      const {lineCount} = text;
      // Where bytes were left out in the meantime all that follows has another number.
      if (lineCount < ahead || (leftOutBytes ?? text.leftOutBytes) !== text.leftOutBytes) {
        [before, after, all] = [[], [], undefined];
        ahead = Math.min(from, lineCount);
        behind = 0;
      }
      leftOutBytes = text.leftOutBytes;
      let left = lines;
      if (ahead < lineCount || ahead > from) {
        // The last line that was looked at may have grown.
        const start = Math.max(from, ahead - 1);
        if (after.at(-1) === start) after.pop();
        const end = Math.min(lineCount, ahead + left);
        look(text, start, end, after);
        left -= end - ahead;
        ahead = end;
      }
      if (ahead === lineCount && left > 0 && behind < Math.min(from, lineCount)) {
        const end = Math.min(from, lineCount, behind + left);
        look(text, behind, end, before);
        behind = end;
      }
      done = ahead === lineCount && behind >= Math.min(from, lineCount);
    },
  };
}

/** The matching line after (or before) a line, going round at the ends; undefined when nothing matches. */
export function nextMatch(matches: readonly number[], line: number, direction: 1 | -1): number | undefined {
  if (matches.length === 0) return undefined;
  const after = firstAbove(matches, line);
  if (direction === 1) return matches[after] ?? matches[0];
  const before = matches[after - 1] === line ? after - 2 : after - 1;
  return matches[before] ?? matches.at(-1);
}

/** How many matches there are up to and with this line: the number of the match on it. */
export function firstAbove(matches: readonly number[], line: number): number {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((matches[middle] ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return low;
}
