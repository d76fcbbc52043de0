import {cellWidth, cut} from './cells.ts';

/** What a piece of text means; the theme decides how that looks, also without colours. */
export type Tone =
  | 'ok'
  | 'running'
  | 'waiting'
  | 'warning'
  | 'failed'
  | 'skipped'
  | 'unknown'
  | 'accent'
  | 'quiet'
  | 'key';

export interface Span {
  readonly text: string;
  readonly tone?: Tone | undefined;
  readonly bold?: boolean | undefined;
  /** The row under the cursor, a button with the focus. */
  readonly inverse?: boolean | undefined;
}

/** One row of the screen: pieces of text side by side. */
export type Row = readonly Span[];

/** A row of one piece. */
export function row(text: string, tone?: Tone, bold?: boolean): Row {
  return [{text, tone, bold}];
}

/** Cells a row takes. */
export function rowWidth(spans: Row): number {
  return spans.reduce((sum, span) => sum + cellWidth(span.text), 0);
}

/** The row in exactly `width` cells: cut at its end, or padded with blanks. */
export function fitRow(spans: Row, width: number, ellipsis = '…'): Row {
  const total = rowWidth(spans);
  if (total === width) return spans;
  if (total < width) return [...spans, {text: ' '.repeat(width - total), inverse: spans.at(-1)?.inverse}];
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

/** Left and right part in one row of exactly `width` cells; the left one gives way. */
export function spread(left: Row, right: Row, width: number, ellipsis = '…'): Row {
  const rightCells = rowWidth(right);
  if (rightCells >= width) return fitRow(right, width, ellipsis);
  return [...fitRow(left, width - rightCells, ellipsis), ...right];
}

/** The plain text of a row, for tests and for copying. */
export function rowText(spans: Row): string {
  return spans.map((span) => span.text).join('');
}
