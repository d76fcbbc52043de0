import type {Theme} from '../theme/theme.ts';
import {cellWidth, cut, fit, fitRight} from './cells.ts';
import type {ListState} from './list-state.ts';
import {type Row, row, type Span} from './rows.ts';

/** A column of a table: what it shows of an item, and the room it wants. */
export interface Column<T> {
  readonly title: string;
  /** Cells it takes where there is room; 0 leaves it out. */
  readonly width: number;
  /** Cells it can do with; absent: `width`. */
  readonly min?: number;
  /** Its share of what all columns leave over; absent: none. */
  readonly grow?: number;
  readonly align?: 'right';
  /** Where there is no room the column with the highest number disappears first; one of 0 never does. */
  readonly priority: number;
  /** Its text is cut where it is wider than the column. */
  readonly cell: (item: T, drawn: Drawn) => Span;
  /** The order of items by this column; absent: nobody sorts by it. */
  readonly compare?: (a: T, b: T) => number;
}

/** With what and when a cell is drawn. */
export interface Drawn {
  readonly theme: Theme;
  /** Epoch milliseconds, for ages. */
  readonly now: number;
}

/** Cells of each column in so much room, with one blank between two; 0 leaves a column out. */
export function columnWidths<T>(columns: readonly Column<T>[], width: number): readonly number[] {
  const least = columns.map((column) => column.min ?? column.width);
  const kept = new Set([...columns.keys()].filter((index) => columns[index]?.width !== 0));
  const taken = (cells: readonly number[]): number =>
    [...kept].reduce((sum, index) => sum + (cells[index] ?? 0), Math.max(0, kept.size - 1));
  for (const index of byPriority(columns).reverse()) {
    if (taken(least) <= width || columns[index]?.priority === 0) break;
    kept.delete(index);
  }
  const widths: number[] = columns.map((_, index) => (kept.has(index) ? (least[index] ?? 0) : 0));
  let left = width - taken(widths);
  for (const index of byPriority(columns).filter((at) => kept.has(at))) {
    const more = Math.max(0, Math.min(left, (columns[index]?.width ?? 0) - (widths[index] ?? 0)));
    widths[index] = (widths[index] ?? 0) + more;
    left -= more;
  }
  const shares = columns.map(({grow = 0}, index) => (kept.has(index) ? grow : 0));
  const all = shares.reduce((sum, share) => sum + share, 0);
  if (left > 0 && all > 0) {
    for (const [index, share] of shares.entries()) {
      widths[index] = (widths[index] ?? 0) + Math.floor((left * share) / all);
    }
  }
  // What must stay gives way to the terminal: the widest first.
  for (; left < 0; left += 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= 1) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** The names of the columns, with an arrow at the one the table is sorted by. */
export function tableHeader<T>(
  columns: readonly Column<T>[],
  widths: readonly number[],
  {sort, reversed = false}: Pick<ListState, 'sort' | 'reversed'>,
  theme: Theme,
): Row {
  const {up, down} = theme.glyphs.more;
  const cells = columns.flatMap(({title, align}, index) => {
    const width = widths[index] ?? 0;
    if (width === 0) return [];
    const arrow = sort === index + 1 ? (reversed ? down : up) : '';
    const text = cut(title, width - cellWidth(arrow), '') + arrow;
    return [align === 'right' ? fitRight(text, width) : fit(text, width)];
  });
  return row(cells.join(' '), 'quiet');
}

/** One item in one row. */
export function tableRow<T>(columns: readonly Column<T>[], widths: readonly number[], item: T, drawn: Drawn): Row {
  const {ellipsis} = drawn.theme.glyphs;
  return columns.flatMap(({cell, align}, index) => {
    const width = widths[index] ?? 0;
    if (width === 0) return [];
    const {text, tone} = cell(item, drawn);
    const span = {text: align === 'right' ? fitRight(text, width, ellipsis) : fit(text, width, ellipsis), tone};
    return widths.slice(0, index).some((before) => before > 0) ? [{text: ' '}, span] : [span];
  });
}

/** The items as the table is sorted: by a column, or as they came. Items that compare alike stay as they came. */
export function sortItems<T>(
  items: readonly T[],
  columns: readonly Column<T>[],
  {sort, reversed = false}: Pick<ListState, 'sort' | 'reversed'>,
): readonly T[] {
  const compare = columns[sort - 1]?.compare;
  if (!compare) return reversed ? items.toReversed() : items;
  return items.toSorted((a, b) => (reversed ? compare(b, a) : compare(a, b)));
}

/** What is sorted by next: a column that is shown, after the last one as the items came (0). */
export function nextSort<T>(columns: readonly Column<T>[], widths: readonly number[], sort: number): number {
  const next = columns.findIndex(
    ({compare}, index) => index + 1 > sort && compare !== undefined && (widths[index] ?? 0) > 0,
  );
  return next + 1;
}

/** Indexes of the columns, those that matter most first. */
function byPriority<T>(columns: readonly Column<T>[]): number[] {
  return [...columns.keys()].sort((a, b) => (columns[a]?.priority ?? 0) - (columns[b]?.priority ?? 0));
}
