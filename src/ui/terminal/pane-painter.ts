import {
  asciiOnly,
  cellWidth,
  isAscii,
  isUnsure,
  pieces,
  printable,
  sliceCells,
  withoutColours,
  withoutSgr,
} from './cell-text.ts';
import type {Rect} from './rect.ts';
import {clipRect, sameRect} from './rect.ts';
import type {PaneSpot} from './screen-spots.ts';

/** How often a pane is painted at most, in milliseconds: the one a person types into must feel immediate. */
const paintEvery = {focused: 16, other: 50} as const;

/** Keeps what one pane shows on the terminal and writes only the rows that differ. */
export interface PanePainter {
  readonly spot: PaneSpot;
  /** Where the pane is on screen; undefined while it is nowhere. */
  readonly area: Rect | undefined;
  /** True until it is painted where it is now. */
  readonly isNew: boolean;
  /** Says where the pane is now, below these overlays; true when anything changed. */
  place(columns: number, rows: number, overlays: readonly Rect[]): boolean;
  /** Marks the cells of row `y` that are the pane's. */
  cover(y: number, covered: Uint8Array): void;
  /** What must be written so that the terminal shows the present rows. */
  paint(): string;
  /** The next paint writes everything. */
  forget(): void;
  /** Milliseconds (of the clock) when it may be painted again; undefined when nothing changed since the last paint. */
  due(): number | undefined;
  changed(): void;
  painted(now: number): void;
}

export function createPanePainter(
  spot: PaneSpot,
  {colours, ascii}: {readonly colours: boolean; readonly ascii: boolean},
): PanePainter {
  let whole: Rect | undefined;
  let area: Rect | undefined;
  let above: readonly Rect[] = [];
  let shown: (string | undefined)[] = [];
  let dirty = true;
  let lastPaint = Number.NEGATIVE_INFINITY;
  return {
    spot,
    get area() {
      return area;
    },
    get isNew() {
      return shown.length === 0;
    },
    place(columns, rows, overlays) {
      const measured = spot.measure();
      const next = measured && clipRect(measured, columns, rows);
      const overlapping = next ? overlays.filter((overlay) => meet(overlay, next)) : [];
      const same =
        sameRect(next, area) &&
        sameRect(measured, whole) &&
        overlapping.length === above.length &&
        overlapping.every((overlay, i) => sameRect(overlay, above[i]));
      if (same) return false;
      whole = measured;
      area = next;
      above = overlapping;
      shown = [];
      dirty = true;
      lastPaint = Number.NEGATIVE_INFINITY;
      return true;
    },
    cover(y, covered) {
      if (!area || y < area.y || y >= area.y + area.height) return;
      for (const [from, to] of freeSpans(y, area, above)) covered.fill(1, from, to);
    },
    paint() {
      dirty = false;
      if (!area || !whole) return '';
      const rows = spot.source.rows(whole.width, whole.height);
      let out = '';
      for (let y = area.y; y < area.y + area.height; y++) {
        const row = rows[y - whole.y] ?? '';
        if (row === shown[y - area.y]) continue;
        shown[y - area.y] = row;
        const shownText = ascii ? asciiOnly(printable(row)) : printable(row);
        const text = colours ? shownText : withoutColours(shownText);
        for (const [from, to] of freeSpans(y, area, above)) {
          out += fitted(text, {y, x: whole.x, from: from - whole.x, to: to - whole.x});
        }
      }
      return out;
    },
    forget() {
      shown = [];
      dirty = true;
    },
    due: () => (dirty ? lastPaint + (spot.focused ? paintEvery.focused : paintEvery.other) : undefined),
    changed() {
      dirty = true;
    },
    painted(now) {
      lastPaint = now;
    },
  };
}

/** Where a row of a pane that begins at (x, y) is written: its cells [from, to). */
interface RowPlace {
  readonly x: number;
  readonly y: number;
  readonly from: number;
  readonly to: number;
}

/** Writes exactly these cells of the row; what it is too short for is erased. */
function fitted(row: string, {x, y, from, to}: RowPlace): string {
  const width = to - from;
  let text = row;
  let used = from === 0 ? cellWidth(text) : Number.POSITIVE_INFINITY;
  if (used > width) {
    text = sliceCells(row, from, to);
    used = cellWidth(text);
  }
  const coloured = text.includes('\x1b');
  const at = (cell: number): string => `\x1b[${y + 1};${x + from + cell + 1}H`;
  return `${at(0)}${inPlace(text, width, at)}${coloured ? '\x1b[m' : ''}${used < width ? `\x1b[${width - used}X` : ''}`;
}

/**
 * The text with the cursor put right after each character that terminals disagree about: where one is wider or narrower
 * than we take it for, what follows is in its place all the same, and the border stays.
 */
function inPlace(text: string, width: number, at: (cell: number) => string): string {
  if (isAscii(withoutSgr(text))) return text;
  let out = '';
  let cell = 0;
  for (const piece of pieces(text)) {
    if (piece.type === 'sgr' || !isUnsure(piece.text)) {
      out += piece.text;
      cell += piece.type === 'sgr' ? 0 : piece.width;
      continue;
    }
    // What was there before must not be seen where it is narrower; at the end there is no room for wider ones.
    if (piece.width > 1) out += ' '.repeat(piece.width) + at(cell);
    if (piece.width < 2 || cell + piece.width * 2 <= width) out += piece.text;
    cell += piece.width;
    out += at(cell);
  }
  return out;
}

/** The columns of row `y` of an area that no overlay lies on. */
function freeSpans(y: number, area: Rect, overlays: readonly Rect[]): [number, number][] {
  let spans: [number, number][] = [[area.x, area.x + area.width]];
  for (const overlay of overlays) {
    if (y < overlay.y || y >= overlay.y + overlay.height) continue;
    const end = overlay.x + overlay.width;
    spans = spans.flatMap(([from, to]): [number, number][] => {
      const left: [number, number] = [from, Math.min(to, overlay.x)];
      const right: [number, number] = [Math.max(from, end), to];
      return [left, right].filter(([a, b]) => a < b);
    });
  }
  return spans;
}

function meet(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
