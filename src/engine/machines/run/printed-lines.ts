import type {OutputLine, OutputView} from '../../output-text.ts';
import {leftOutWords} from '../../run/output.ts';
import {matcherOf} from '../../run/output-view.ts';
import {plainStyle, type Style, terminalLine, withoutStyle} from '../../run/terminal-text.ts';
import type {Block, KeptBytes} from './kept-bytes.ts';

/** Lines that are there and may still grow, one for each stream that has not ended its last. */
export interface OpenLine {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/**
 * What is kept as lines, as it is at this moment. Blocks hold whole lines, so that each is decoded by itself, once, and
 * only where somebody looks.
 */
export function printedLines(
  kept: KeptBytes,
  open: readonly OpenLine[],
  more: {readonly ended: boolean; readonly files: readonly string[]},
): OutputView {
  const gap = kept.leftOutBytes;
  const parts: Part[] = [
    ...kept.head.map(blockPart),
    ...(gap > 0 ? [fixed([{text: leftOutWords(gap)}])] : []),
    ...kept.tail.map(blockPart),
    ...(open.length > 0 ? [fixed(open.map(openLine))] : []),
  ];
  const lineCount = parts.reduce((sum, {count}) => sum + count, 0);
  return {
    lineCount,
    leftOutBytes: gap,
    ...more,
    lines(from, to) {
      const lines: OutputLine[] = [];
      let first = 0;
      for (const part of parts) {
        if (first >= to) break;
        if (first + part.count > from) lines.push(...part.lines().slice(Math.max(0, from - first), to - first));
        first += part.count;
      }
      return lines;
    },
    search(pattern) {
      const key = String(pattern);
      const matches = matcherOf(pattern);
      const found: number[] = [];
      let first = 0;
      for (const part of parts) {
        for (const index of part.search(key, matches)) found.push(first + index);
        first += part.count;
      }
      return found;
    },
  };
}

interface Part {
  readonly count: number;
  lines(): readonly OutputLine[];
  search(key: string, matches: (text: string) => boolean): readonly number[];
}

function fixed(lines: readonly OutputLine[]): Part {
  return {count: lines.length, lines: () => lines, search: (_, matches) => indexesOf(lines, matches)};
}

function openLine({bytes, at}: OpenLine): OutputLine {
  return {text: terminalLine(Buffer.from(bytes).toString('utf8'), plainStyle).text, at};
}

/** What was found out about a block, good for as long as nothing is added to it. */
interface Known {
  readonly used: number;
  readonly count: number;
  lines?: readonly OutputLine[];
  searched?: {readonly key: string; readonly found: readonly number[]};
}

const knownOf = new WeakMap<Block, Known>();

function blockPart(block: Block): Part {
  const {used} = block;
  let known = knownOf.get(block);
  if (known?.used !== used) {
    known = {used, count: newlines(block.bytes, used)};
    knownOf.set(block, known);
  }
  const now = known;
  const lines = () => {
    now.lines ??= decoded(block, used);
    return now.lines;
  };
  return {
    count: now.count,
    lines,
    search(key, matches) {
      if (now.searched?.key !== key) now.searched = {key, found: indexesOf(lines(), matches)};
      return now.searched.found;
    },
  };
}

function newlines(bytes: Buffer, used: number): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0 && at < used; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

function decoded({bytes, times, style: first}: Block, used: number): readonly OutputLine[] {
  const lines: OutputLine[] = [];
  let style: Style = first;
  let mark = 0;
  for (let from = 0; from < used; ) {
    const newline = bytes.indexOf(10, from);
    while (mark + 2 < times.length && (times[mark + 2] ?? 0) <= from) mark += 2;
    const line = terminalLine(bytes.toString('utf8', from, newline), style);
    style = line.style;
    lines.push({text: line.text, at: times[mark + 1] ?? 0});
    from = newline + 1;
  }
  return lines;
}

function indexesOf(lines: readonly OutputLine[], matches: (text: string) => boolean): readonly number[] {
  return lines.flatMap(({text}, index) => (matches(withoutStyle(text)) ? [index] : []));
}
