import type {Role, Theme} from '../theme/theme.ts';
import {cellWidth, cut} from './cells.ts';

export interface Span {
  readonly text: string;
  readonly tone?: Role | undefined;
}

/** One row of the screen: pieces of text side by side. */
export type Row = readonly Span[];

/** A row of one piece. */
export function row(text: string, tone?: Role): Row {
  return [{text, tone}];
}

/** Cells a row takes. */
export function rowWidth(spans: Row): number {
  return spans.reduce((sum, span) => sum + cellWidth(span.text), 0);
}

/** The row in exactly `width` cells: cut at its end, or padded with blanks. */
export function fitRow(spans: Row, width: number, ellipsis = '…'): Row {
  const total = rowWidth(spans);
  if (total === width) return spans;
  if (total < width) return [...spans, {text: ' '.repeat(width - total)}];
  const kept: Span[] = [];
  let left = Math.max(0, width);
  for (const span of spans) {
    const cells = cellWidth(span.text);
    if (cells < left) {
      kept.push(span);
      left -= cells;
      continue;
    }
    // The rest of the row may still need the mark that says something is missing.
    const text = cut(span === spans.at(-1) ? span.text : `${span.text}  `, left, ellipsis);
    kept.push({...span, text: text + ' '.repeat(left - cellWidth(text))});
    break;
  }
  return kept;
}

/** The row without the blanks at its end that nobody sees: those with no tone. */
export function withoutBlankEnd(spans: Row): Row {
  const last = spans.at(-1);
  if (last === undefined || last.tone !== undefined) return spans;
  const text = last.text.trimEnd();
  if (text === last.text) return spans;
  const before = spans.slice(0, -1);
  return text === '' ? withoutBlankEnd(before) : [...before, {text}];
}

/** Left and right part in one row of exactly `width` cells; the left one gives way. */
export function spread(left: Row, right: Row, width: number, ellipsis = '…'): Row {
  const rightCells = rowWidth(right);
  if (rightCells >= width) return fitRow(right, width, ellipsis);
  return [...fitRow(left, width - rightCells, ellipsis), ...right];
}

/** The row with all of it in the background: what a search did not find. */
export function quietRow(spans: Row): Row {
  return row(rowText(spans), 'quiet');
}

/** The plain text of a row, for tests and for copying. */
export function rowText(spans: Row): string {
  return spans.map((span) => span.text).join('');
}

/** The row with the colours of its tones, as SGR. */
export function paintRow(spans: Row, theme: Theme): string {
  return spans.map(({text, tone}) => (tone === undefined ? text : theme.paint(tone, text))).join('');
}
