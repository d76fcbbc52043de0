import {closeSync, openSync, readSync} from 'node:fs';
import type {OutputFile} from './output.ts';
import {plainStyle, type Style, styleAfter, terminalLine} from './terminal-text.ts';

/** A line of output, and the place of its first byte in all the task gave. */
export interface IndexedLine {
  readonly text: string;
  readonly offset: number;
}

/** Lines of a stretch of output that has no gaps. Memory grows with one mark for every 64 lines, not with the text. */
export interface OutputIndex {
  readonly start: number;
  readonly lineCount: number;
  /** Behind the last byte that was looked at. */
  readonly end: number;
  /** Takes note of more bytes, at most about a megabyte; false when there were none. */
  advance(files: readonly OutputFile[]): boolean;
  /** Lines [from, to), both within lineCount. */
  lines(files: readonly OutputFile[], from: number, to: number): readonly IndexedLine[];
}

const markEvery = 64;
const chunkBytes = 1024 * 1024;
/** Of one line no more than this is decoded. */
const longestLine = 256 * 1024;
const blocksKept = 32;

interface Mark {
  readonly offset: number;
  readonly style: Style;
}

/** An index of the bytes from `start` on. */
export function createOutputIndex(start: number): OutputIndex {
  const marks: Mark[] = [{offset: start, style: plainStyle}];
  const blocks = new Map<number, readonly IndexedLine[]>();
  let end = start;
  let ended = 0;
  let style = plainStyle;
  let lastNewline = start;

  const block = (files: readonly OutputFile[], number: number): readonly IndexedLine[] => {
    const kept = blocks.get(number);
    if (kept) return kept;
    const mark = marks[number];
    if (!mark) return [];
    const lines = decode(readRange(files, mark.offset, marks[number + 1]?.offset ?? end), mark);
    const whole = marks.length > number + 1;
    if (whole) {
      blocks.set(number, lines);
      for (const old of blocks.keys()) {
        if (blocks.size <= blocksKept) break;
        blocks.delete(old);
      }
    }
    return lines;
  };

  return {
    start,
    get lineCount() {
      return ended + (end > lastNewline ? 1 : 0);
    },
    get end() {
      return end;
    },
    advance(files) {
      const last = files.at(-1);
      const bytes = readRange(files, end, Math.min(end + chunkBytes, last ? last.start + last.size : end));
      if (bytes.length === 0) return false;
      // Control sequences cut by the end of the chunk only matter for the style, and lines end most of them.
      let from = 0;
      for (;;) {
        const newline = bytes.indexOf(10, from);
        const upTo = newline === -1 ? bytes.length : newline + 1;
        if (bytes.subarray(from, upTo).includes(27)) style = styleAfter(bytes.toString('latin1', from, upTo), style);
        if (newline === -1) break;
        from = upTo;
        ended++;
        lastNewline = end + upTo;
        if (ended % markEvery === 0) marks.push({offset: lastNewline, style});
      }
      end += bytes.length;
      return true;
    },
    lines(files, from, to) {
      const lines: IndexedLine[] = [];
      for (let number = Math.floor(from / markEvery); number * markEvery < to; number++) {
        const first = number * markEvery;
        lines.push(...block(files, number).slice(Math.max(0, from - first), Math.max(0, to - first)));
      }
      return lines;
    },
  };
}

function decode(bytes: Buffer, mark: Mark): readonly IndexedLine[] {
  const lines: IndexedLine[] = [];
  let {style} = mark;
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(10, from);
    const upTo = newline === -1 ? bytes.length : newline;
    const line = terminalLine(shown(bytes.subarray(from, upTo)).toString('utf8'), style);
    lines.push({text: line.text, offset: mark.offset + from});
    style = line.style;
    from = upTo + 1;
  }
  return lines;
}

/** Of a line that was overwritten again and again the end counts, of any other the beginning. */
function shown(line: Buffer): Buffer {
  if (line.length <= longestLine) return line;
  return line.includes(13) ? line.subarray(-longestLine) : line.subarray(0, longestLine);
}

function readRange(files: readonly OutputFile[], from: number, to: number): Buffer {
  const parts: Buffer[] = [];
  for (const {path, start, size} of files) {
    const first = Math.max(from, start);
    const length = Math.min(to, start + size) - first;
    if (length > 0) parts.push(readPart(path, first - start, length));
  }
  return parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
}

/** Empty when the file is gone: the writer drops the oldest of the tail. */
function readPart(path: string, position: number, length: number): Buffer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const bytes = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const more = readSync(file, bytes, read, length - read, position + read);
      if (more === 0) break;
      read += more;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(file);
  }
}
