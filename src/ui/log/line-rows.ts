import {isAscii, isReset, pieces, printable, sliceCells, withoutSgr} from '../terminal/cell-text.ts';

/** How a line is drawn. */
export interface LineLook {
  /** Cells there are for it. */
  readonly width: number;
  readonly wrap: boolean;
  /** Cells scrolled to the right; only without wrap. */
  readonly left: number;
  /** What is marked in it: a pattern with the `g` flag. */
  readonly match?: RegExp | undefined;
  /** The SGR sequence that marks. */
  readonly mark: string;
}

/** Characters of a line that are drawn; a longer one ends with a note. */
const longest = 16_384;

/** What is drawn of a line's text: colours and printable characters, not longer than can be drawn quickly. */
export function lineText(text: string): string {
  if (text.length <= longest) return printable(text);
  return `${printable(text.slice(0, longest))}\x1b[0m … ${text.length - longest} more characters`;
}

/** How many rows a cleaned line takes. */
export function countRows(text: string, width: number, wrap: boolean): number {
  if (!wrap || width < 1) return 1;
  const bare = withoutSgr(text);
  // Without wide characters every row but the last is full.
  if (isAscii(bare)) return Math.max(1, Math.ceil(bare.length / width));
  return wrapped(text, width, [], '').length;
}

/** The rows of a cleaned line; each starts with the colours in force there and ends without any. */
export function lineRows(text: string, {width, wrap, left, match, mark}: LineLook): readonly string[] {
  const marks = match ? matches(withoutSgr(text), match) : [];
  if (wrap && width >= 1) return wrapped(text, width, marks, mark);
  const whole = marks.length > 0 ? (wrapped(text, Number.POSITIVE_INFINITY, marks, mark)[0] ?? '') : text;
  return [sliceCells(whole, left, left + width)];
}

type Span = readonly [from: number, to: number];

function matches(bare: string, pattern: RegExp): Span[] {
  const spans: Span[] = [];
  for (const found of bare.matchAll(pattern)) {
    if (found[0] !== '') spans.push([found.index, found.index + found[0].length]);
  }
  return spans;
}

function wrapped(text: string, width: number, marks: readonly Span[], mark: string): string[] {
  const rows: string[] = [];
  let row = '';
  let x = 0;
  let colours = '';
  let at = 0;
  let next = 0;
  let marking = false;
  const endRow = () => {
    rows.push(row.includes('\x1b') ? `${row}\x1b[0m` : row);
    row = marking ? mark : colours;
    x = 0;
  };
  for (const piece of pieces(text)) {
    if (piece.type === 'sgr') {
      colours = isReset(piece.text) ? '' : colours + piece.text;
      if (!marking) row += piece.text;
      continue;
    }
    const span = marks[next];
    if (marking && span && at >= span[1]) {
      marking = false;
      next++;
      row += `\x1b[0m${colours}`;
    }
    const coming = marks[next];
    if (!marking && coming && at >= coming[0]) {
      marking = true;
      row += `\x1b[0m${mark}`;
    }
    if (x + piece.width > width && x > 0) endRow();
    row += piece.width > width ? '?' : piece.text;
    x += Math.min(piece.width, width);
    at += piece.text.length;
  }
  endRow();
  return rows;
}
