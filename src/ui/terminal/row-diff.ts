import {isUnsure} from './cell-text.ts';
import type {CellRow} from './shadow-screen.ts';

/** Stands for a cell of which nobody knows what the terminal shows. */
const unknown = '\u0001';

/** Unchanged cells between two changes that are cheaper to write again than to jump over. */
const jump = 6;

export function unknownRow(columns: number): CellRow {
  return {characters: new Array<string>(columns).fill(unknown), styles: new Array<string>(columns).fill('')};
}

export function forgetCell(shown: CellRow, x: number): void {
  shown.characters[x] = unknown;
}

/**
 * What to write so that row `y` of the terminal, which shows `shown`, shows `next`; `shown` is brought up to date.
 * Cells where `covered` is set belong to someone else and are left alone.
 */
export function rowDiff(y: number, wanted: CellRow, shown: CellRow, covered: Uint8Array | undefined): string {
  const next = covered ? withoutHalves(wanted, covered) : wanted;
  const width = shown.characters.length;
  const blankFrom = blankTail(next, covered, width);
  let out = '';
  for (let x = 0; x < width; x++) {
    if (covered?.[x] || sameCell(next, shown, x)) continue;
    // Both halves of a wide character change together, so a difference never begins between them.
    let end = changedUntil(next, shown, covered, x);
    out += `\x1b[${y + 1};${x + 1}H`;
    if (end > blankFrom + 3 && width > blankFrom) {
      out += `${runs(y, next, x, blankFrom)}\x1b[K`;
      end = width;
    } else {
      out += runs(y, next, x, end);
    }
    for (let i = x; i < end; i++) {
      shown.characters[i] = next.characters[i] ?? ' ';
      shown.styles[i] = next.styles[i] ?? '';
    }
    x = end - 1;
  }
  return out;
}

/** A wide character of which one half is covered becomes a space. */
function withoutHalves(row: CellRow, covered: Uint8Array): CellRow {
  const characters = row.characters.slice();
  for (let x = 0; x < characters.length; x++) {
    if (covered[x]) continue;
    if (characters[x] === '' && (x === 0 || covered[x - 1])) characters[x] = ' ';
    else if (characters[x] !== '' && row.characters[x + 1] === '' && covered[x + 1]) characters[x] = ' ';
  }
  return {characters, styles: row.styles};
}

/** The first cell of the empty rest of the row; its width when the rest is not empty or not all ours. */
function blankTail(next: CellRow, covered: Uint8Array | undefined, width: number): number {
  let x = width;
  while (x > 0 && !covered?.[x - 1] && next.characters[x - 1] === ' ' && next.styles[x - 1] === '') x--;
  return x;
}

function changedUntil(next: CellRow, shown: CellRow, covered: Uint8Array | undefined, from: number): number {
  let end = from + 1;
  for (let x = end; x < shown.characters.length && !covered?.[x] && x - end <= jump; x++) {
    if (!sameCell(next, shown, x)) end = x + 1;
  }
  return end;
}

function sameCell(a: CellRow, b: CellRow, x: number): boolean {
  return a.characters[x] === b.characters[x] && a.styles[x] === b.styles[x];
}

/** The cells [from, to) of the row, written from there on. */
function runs(y: number, row: CellRow, from: number, to: number): string {
  let out = '';
  let style = '';
  for (let x = from; x < to; x++) {
    const character = row.characters[x] ?? ' ';
    const wanted = row.styles[x] ?? '';
    if (wanted !== style && character !== '') {
      out += wanted === '' ? '\x1b[m' : `\x1b[0;${wanted}m`;
      style = wanted;
    }
    const width = row.characters[x + 1] === '' ? 2 : 1;
    if (character === '' || !isUnsure(character)) {
      out += character;
      continue;
    }
    // Where the terminal takes it for wider or narrower than we do, nothing but it is in the wrong place.
    const at = (cell: number): string => `\x1b[${y + 1};${cell + 1}H`;
    out += `${width > 1 ? `  ${at(x)}` : ''}${character}${at(x + width)}`;
  }
  return style === '' ? out : `${out}\x1b[m`;
}
