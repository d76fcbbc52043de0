import {cellWidth, printable, sliceCells, withoutColours} from './cell-text.ts';
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

export function createPanePainter(spot: PaneSpot, colours: boolean): PanePainter {
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
        const text = colours ? printable(row) : withoutColours(printable(row));
        for (const [from, to] of freeSpans(y, area, above)) {
          out += `\x1b[${y + 1};${from + 1}H${fitted(text, from - whole.x, to - whole.x)}`;
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

/** Exactly the cells [from, to) of the row; what it is too short for is erased. */
function fitted(row: string, from: number, to: number): string {
  const width = to - from;
  let text = row;
  let used = from === 0 ? cellWidth(text) : Number.POSITIVE_INFINITY;
  if (used > width) {
    text = sliceCells(row, from, to);
    used = cellWidth(text);
  }
  const coloured = text.includes('\x1b');
  return `${text}${coloured ? '\x1b[m' : ''}${used < width ? `\x1b[${width - used}X` : ''}`;
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
