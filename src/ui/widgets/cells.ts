import stringWidth from 'string-width';

/** Terminal cells a text takes: 2 for a Chinese character, 0 for a combining mark. */
export function cellWidth(text: string): number {
  return isPlain(text) || isNarrow(text) ? text.length : stringWidth(text);
}

/** The text in exactly `width` cells: padded with blanks, or cut with an ellipsis where it is longer. */
export function fit(text: string, width: number, ellipsis = '…'): string {
  if (width <= 0) return '';
  const taken = cellWidth(text);
  if (taken === width) return text;
  if (taken < width) return text + ' '.repeat(width - taken);
  return padEnd(cut(text, width, ellipsis), width);
}

/** The text in exactly `width` cells, at the right. */
export function fitRight(text: string, width: number, ellipsis = '…'): string {
  const short = cut(text, width, ellipsis);
  return ' '.repeat(Math.max(0, width - cellWidth(short))) + short;
}

/** The text in at most `width` cells; what is cut off is marked with the ellipsis. */
export function cut(text: string, width: number, ellipsis = '…'): string {
  if (width <= 0) return '';
  if (cellWidth(text) <= width) return text;
  const mark = cellWidth(ellipsis) <= width ? ellipsis : '';
  return takeCells(text, width - cellWidth(mark)) + mark;
}

/** Breaks a text at blanks into lines of at most `width` cells; a word longer than that is broken anywhere. */
export function wrap(text: string, width: number): readonly string[] {
  if (width <= 0) return [];
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      let rest = word;
      if (line !== '' && cellWidth(line) + 1 + cellWidth(rest) > width) {
        lines.push(line);
        line = '';
      }
      while (cellWidth(rest) > width) {
        const head = takeCells(rest, width);
        if (head !== '') lines.push(head);
        // A single character can be wider than the line: there is no way to show it.
        rest = rest.slice(head.length || firstCharacter(rest).length);
      }
      line = line === '' ? rest : `${line} ${rest}`;
    }
    lines.push(line);
  }
  return lines;
}

/** Breaks a text into at most so many lines; where it would take more the last one is cut. */
export function wrapAtMost(text: string, width: number, lines: number, ellipsis = '…'): readonly string[] {
  const all = wrap(text, width);
  if (all.length <= lines) return all;
  const kept = all.slice(0, Math.max(0, lines - 1));
  return lines <= 0 ? [] : [...kept, cut(all.slice(kept.length).join(' '), width, ellipsis)];
}

/** Foreign text made fit for one row: control characters and escape sequences are gone, tabs are blanks. */
export function plain(text: string): string {
  if (isPlain(text)) return text;
  return text
    .replaceAll(escapeSequence, '')
    .replaceAll(/[\t\n\r]+/g, ' ')
    .replaceAll(unshowable, '')
    .replaceAll(ofUnsureWidth, '');
}

function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** The letters of Western Europe, lines, blocks and the signs of our own: each takes one cell, and measuring it takes long. */
function isNarrow(text: string): boolean {
  return /^[\x20-\x7e\xa1-\xac\xae-\xff–—•…↑↓─-▟▸●✓✗]*$/.test(text);
}

const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'});

/** As many whole characters from the front as fit. */
function takeCells(text: string, width: number): string {
  if (isPlain(text)) return text.slice(0, Math.max(0, width));
  let taken = '';
  let used = 0;
  for (const {segment} of segmenter.segment(text)) {
    const cells = stringWidth(segment);
    if (used + cells > width) break;
    taken += segment;
    used += cells;
  }
  return taken;
}

function firstCharacter(text: string): string {
  for (const {segment} of segmenter.segment(text)) return segment;
  return text;
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cellWidth(text)));
}

// CSI, OSC (ended by BEL or ST) and two-character escapes.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of control characters
const escapeSequence = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[ -/]*[0-~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach the screen
const unshowable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g;
// Soft hyphens, joiners, marks of direction: nobody sees them, and terminals disagree about the cells they take.
const ofUnsureWidth = /\p{Default_Ignorable_Code_Point}/gu;
