import {withoutSgr} from '../terminal/cell-text.ts';
import type {LogText} from './log-text.ts';

/** A search in a log that keeps up with it as it grows. */
export interface LogSearch {
  readonly pattern: string;
  readonly expression: RegExp;
  /** Lines that match, in order. */
  readonly matches: readonly number[];
  /** How many lines have been looked at. */
  readonly searched: number;
}

/** Starts a search for a plain text. Capitals count only when the text has one. */
export function startSearch(pattern: string, text: LogText): LogSearch {
  const expression = new RegExp(pattern.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'), /\p{Lu}/u.test(pattern) ? 'g' : 'gi');
  return {pattern, expression, matches: text.search(expression), searched: text.lineCount};
}

/** Looks at what came since; the last line is looked at again because it may have grown. */
export function continueSearch(search: LogSearch, text: LogText): LogSearch {
  if (text.lineCount < search.searched) return startSearch(search.pattern, text);
  const from = Math.max(0, search.searched - 1);
  if (text.lineCount === search.searched && text.lineCount === 0) return search;
  const found: number[] = [];
  for (const [i, line] of text.lines(from, text.lineCount).entries()) {
    search.expression.lastIndex = 0;
    if (search.expression.test(withoutSgr(line.text))) found.push(from + i);
  }
  search.expression.lastIndex = 0;
  const before = search.matches.at(-1) === from ? search.matches.slice(0, -1) : search.matches;
  const matches = found.length === 0 && before === search.matches ? before : [...before, ...found];
  return {...search, matches, searched: text.lineCount};
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
