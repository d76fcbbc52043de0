/** Python's `textwrap.wrap`, without expanding tabs. */

import type {Meter} from '../../values/meter.ts';

export interface WrapStyle {
  readonly width: number;
  readonly breaksWords: boolean;
  readonly breaksHyphens: boolean;
}

export function wrapped(line: string, style: WrapStyle, meter: Meter): string[] {
  const pieces = line
    .split(style.breaksHyphens ? words : blanks)
    .filter((piece) => piece !== '' && piece !== undefined);
  pieces.reverse();
  const lines: string[] = [];
  while (pieces.length > 0) {
    if (isBlank(pieces.at(-1)) && lines.length > 0) pieces.pop();
    meter.spend(1 + (pieces.at(-1) ?? '').length / 64);
    const text = nextLine(pieces, style);
    if (text !== undefined) lines.push(text);
  }
  return lines;
}

function nextLine(pieces: string[], style: WrapStyle): string | undefined {
  const current: string[] = [];
  let length = 0;
  while (pieces.length > 0) {
    const size = [...(pieces.at(-1) as string)].length;
    if (length + size > style.width) break;
    current.push(pieces.pop() as string);
    length += size;
  }
  if (pieces.length > 0 && [...(pieces.at(-1) as string)].length > style.width) {
    breakWord(pieces, current, style, length);
  }
  if (isBlank(current.at(-1))) current.pop();
  return current.length > 0 ? current.join('') : undefined;
}

/** A word longer than a line goes on in the next one, or has a line for itself. */
function breakWord(pieces: string[], current: string[], style: WrapStyle, length: number): void {
  const room = style.width < 1 ? 1 : style.width - length;
  if (style.breaksWords) {
    const word = [...(pieces.pop() as string)];
    let end = room;
    if (style.breaksHyphens && word.length > room) {
      const hyphen = word.slice(0, room).lastIndexOf('-');
      if (hyphen > 0 && word.slice(0, hyphen).some((character) => character !== '-')) end = hyphen + 1;
    }
    current.push(word.slice(0, end).join(''));
    pieces.push(word.slice(end).join(''));
  } else if (current.length === 0) current.push(pieces.pop() as string);
}

function isBlank(piece: string | undefined): boolean {
  return piece !== undefined && /^[\t-\r ]+$/.test(piece);
}

const blanks = /([\t-\r ]+)/;
const letter = '[\\p{L}_]';
const punctuated = '[\\p{L}\\p{N}_!"\'&.,?]';
const space = '[\\t-\\r ]';
const words = new RegExp(
  `(${space}+|(?<=${punctuated})-{2,}(?=[\\p{L}\\p{N}_])|[^\\t-\\r ]+?(?:-(?:(?<=${letter}{2}-)|(?<=${letter}-${punctuated}-))(?=${letter}-?${letter})|(?=${space}|$)|(?<=${punctuated})(?=-{2,}[\\p{L}\\p{N}_])))`,
  'u',
);
