import {spinnerCell} from '../theme/theme.ts';
import type {ScreenClock} from './clock.ts';
import type {InkStream} from './ink-stream.ts';
import {createInkStream} from './ink-stream.ts';
import type {PanePainter} from './pane-painter.ts';
import {createPanePainter} from './pane-painter.ts';
import type {Rect} from './rect.ts';
import {clipRect} from './rect.ts';
import {forgetCell, rowDiff, unknownRow} from './row-diff.ts';
import type {CursorSpot, OverlaySpot, ScreenSpots} from './screen-spots.ts';
import type {CellRow} from './shadow-screen.ts';
import {createShadowScreen} from './shadow-screen.ts';

/** The terminal as the compositor writes to it. */
interface CompositorOutput extends NodeJS.EventEmitter {
  readonly columns?: number;
  readonly rows?: number;
  readonly writableNeedDrain?: boolean;
  write(data: string): boolean;
}

export interface CompositorOptions {
  readonly output: CompositorOutput;
  readonly clock: ScreenClock;
  /** False when no colours may be written (NO_COLOR). */
  readonly colours: boolean;
  /** True when only ASCII may be written, also of what others gave us to show. */
  readonly ascii: boolean;
  readonly spinner: TurningGlyph;
}

/** What is shown where Ink drew a spinner: a glyph of one cell that changes by itself. */
interface TurningGlyph {
  glyph(): string;
  /** Calls back when there is another glyph to show. */
  subscribe(listener: () => void): () => void;
}

/**
 * The only writer to the terminal: puts together what Ink drew and what panes show, and writes the cells that
 * changed, one write a frame, nothing while the terminal does not keep up.
 */
export interface Compositor extends ScreenSpots {
  /** For Ink's `stdout`. */
  readonly stream: InkStream;
  /** Says that the terminal has another size; Ink draws again at once. */
  resize(columns: number, rows: number): void;
  /** Writes everything again: after somebody else wrote to the terminal. */
  redraw(): void;
  /** Writes nothing until resume, which draws everything. */
  pause(): void;
  resume(): void;
  close(): void;
}

export function createCompositor({output, clock, colours, ascii, spinner}: CompositorOptions): Compositor {
  let columns = output.columns || 80;
  let rows = output.rows || 24;
  const shadow = createShadowScreen({columns, rows, colours, ascii});
  const painters = new Set<PanePainter>();
  const overlays = new Set<OverlaySpot>();
  const cursors = new Set<CursorSpot>();
  let shown: CellRow[] = Array.from({length: rows}, () => unknownRow(columns));
  let covered: (Uint8Array | undefined)[] = [];
  let cursorShown = '';
  let unparsed = 0;
  let inkChanged = false;
  let paused = false;
  let closed = false;
  let stopTick: (() => void) | undefined;
  let stopMeasure: (() => void) | undefined;
  let turning: number[] = [];
  let stopTurning: (() => void) | undefined;

  const stream = createInkStream(columns, rows, (data) => {
    if (closed) return;
    unparsed++;
    shadow.write(data, () => {
      unparsed--;
      inkChanged = true;
      if (unparsed === 0) frame();
    });
  });

  /** Writes what Ink changed, and panes that had to move with it. */
  function frame(): void {
    if (closed || paused || output.writableNeedDrain) return;
    stopMeasure?.();
    stopMeasure = undefined;
    const moved = place();
    let out = inkChanged || moved ? drawBase() : '';
    inkChanged = false;
    if (moved) out += paintMoved();
    flush(out);
    schedule();
  }

  /** A pane that stayed where it was waits for its time. */
  function paintMoved(): string {
    let out = '';
    for (const painter of painters) if (painter.isNew) out += paintNow(painter);
    return out;
  }

  function drawBase(): string {
    let out = '';
    turning = [];
    for (let y = 0; y < rows; y++) {
      const row = shown[y];
      const wanted = shadow.row(y);
      if (wanted.characters.includes(spinnerCell)) turning.push(y);
      if (row) out += rowDiff(y, turned(wanted), row, covered[y]);
    }
    if (turning.length > 0) stopTurning ??= spinner.subscribe(turn);
    else standStill();
    return out;
  }

  function turned(row: CellRow): CellRow {
    for (let x = row.characters.indexOf(spinnerCell); x >= 0; x = row.characters.indexOf(spinnerCell, x)) {
      row.characters[x] = spinner.glyph();
    }
    return row;
  }

  /** Writes the next frame of what turns, without asking Ink. */
  function turn(): void {
    // A frame that is on its way brings it along.
    if (closed || paused || unparsed > 0 || output.writableNeedDrain) return;
    let out = '';
    for (const y of turning) {
      const row = shown[y];
      if (row) out += rowDiff(y, turned(shadow.row(y)), row, covered[y]);
    }
    flush(out);
  }

  function standStill(): void {
    stopTurning?.();
    stopTurning = undefined;
  }

  /** Finds out where panes and overlays are now; true when any of them moved. */
  function place(): boolean {
    const above: Rect[] = [];
    for (const overlay of overlays) {
      const rect = overlay.measure();
      const visible = rect && clipRect(rect, columns, rows);
      if (visible) above.push(visible);
    }
    let moved = false;
    for (const painter of painters) if (painter.place(columns, rows, above)) moved = true;
    if (!moved && covered.length === rows) return false;
    hand(ownership());
    return true;
  }

  function ownership(): (Uint8Array | undefined)[] {
    const next: (Uint8Array | undefined)[] = new Array(rows).fill(undefined);
    for (const painter of painters) {
      const {area} = painter;
      if (!area) continue;
      for (let y = area.y; y < area.y + area.height; y++) {
        const row = next[y] ?? new Uint8Array(columns);
        painter.cover(y, row);
        next[y] = row;
      }
    }
    return next;
  }

  /** Cells that change hands show what their last owner wrote, which the new one does not know. */
  function hand(next: (Uint8Array | undefined)[]): void {
    for (let y = 0; y < rows; y++) {
      const before = covered[y];
      const after = next[y];
      const row = shown[y];
      if (!row || (!before && !after)) continue;
      for (let x = 0; x < columns; x++) if (before?.[x] && !after?.[x]) forgetCell(row, x);
    }
    covered = next;
  }

  /** Paints the panes whose time has come. */
  function tick(): void {
    stopTick = undefined;
    // What Ink drew is often the answer to a key: it goes first, and the panes are looked at again after it.
    if (closed || paused || unparsed > 0 || output.writableNeedDrain) return;
    const now = clock.now();
    let out = '';
    for (const painter of painters) {
      const due = painter.due();
      if (painter.area && due !== undefined && due <= now) out += paintNow(painter);
    }
    flush(out);
    schedule();
  }

  function paintNow(painter: PanePainter): string {
    const out = painter.paint();
    painter.painted(clock.now());
    return out;
  }

  function schedule(): void {
    if (closed || paused || stopTick || output.writableNeedDrain) return;
    let next = Number.POSITIVE_INFINITY;
    for (const painter of painters) {
      const due = painter.area && painter.due();
      if (due !== undefined) next = Math.min(next, due);
    }
    if (next !== Number.POSITIVE_INFINITY) stopTick = clock.after(Math.max(0, next - clock.now()), tick);
  }

  /** One write: the changes, and the cursor where it belongs. */
  function flush(changes: string): void {
    const cursor = cursorSequence();
    if (changes === '' && cursor === cursorShown) return;
    // The cursor is hidden while cells change, so that it is not seen running over the screen.
    const hide = changes !== '' && cursorShown !== hidden ? hidden : '';
    const show = changes !== '' ? (cursor === hidden ? '' : cursor) : cursor;
    cursorShown = cursor;
    output.write(`\x1b[?2026h${hide}${changes}${show}\x1b[?2026l`);
  }

  function cursorSequence(): string {
    const at = focusedPaneCursor() ?? inputCursor() ?? inkCursor();
    return at && at.x < columns && at.y < rows ? `\x1b[${at.y + 1};${at.x + 1}H\x1b[?25h` : hidden;
  }

  function focusedPaneCursor(): {x: number; y: number} | undefined {
    if (overlays.size > 0) return undefined;
    for (const {spot, area} of painters) {
      const at = spot.focused && area ? spot.source.cursor?.() : undefined;
      if (at && area) return {x: area.x + Math.min(at.column, area.width - 1), y: area.y + at.row};
    }
    return undefined;
  }

  function inputCursor(): {x: number; y: number} | undefined {
    return [...cursors].at(-1)?.measure();
  }

  function inkCursor(): {x: number; y: number} | undefined {
    const at = shadow.cursor();
    return at && {x: at.column, y: at.row};
  }

  function forgetAll(): void {
    shown = Array.from({length: rows}, () => unknownRow(columns));
    covered = [];
    cursorShown = '';
    for (const painter of painters) painter.forget();
  }

  function redraw(): void {
    forgetAll();
    inkChanged = true;
    const moved = place();
    if (closed || paused || output.writableNeedDrain) return;
    let out = drawBase();
    inkChanged = false;
    if (moved) out += paintMoved();
    flush(out);
    schedule();
  }

  function moved(): void {
    if (closed) return;
    // Ink's next frame measures, and comes within 17 ms; this is for the case that its text stays the same.
    stopMeasure ??= clock.after(40, () => {
      stopMeasure = undefined;
      if (unparsed === 0) frame();
    });
  }

  const drained = () => {
    if (unparsed === 0) frame();
    tick();
  };
  output.on('drain', drained);

  return {
    stream,
    addPane(spot) {
      const painter = createPanePainter(spot, {colours, ascii});
      painters.add(painter);
      const unsubscribe = spot.source.subscribe(() => {
        painter.changed();
        schedule();
      });
      moved();
      return () => {
        unsubscribe();
        if (!painters.delete(painter)) return;
        covered = handBack(painter, covered);
        inkChanged = true;
        moved();
      };
    },
    addOverlay(spot) {
      overlays.add(spot);
      moved();
      return () => {
        overlays.delete(spot);
        moved();
      };
    },
    addCursor(spot) {
      cursors.add(spot);
      moved();
      return () => {
        cursors.delete(spot);
        moved();
      };
    },
    moved,
    resize(newColumns, newRows) {
      columns = newColumns;
      rows = newRows;
      shadow.resize(columns, rows);
      forgetAll();
      inkChanged = true;
      Object.assign(stream, {columns, rows});
      stream.emit('resize');
      moved();
    },
    redraw,
    pause() {
      paused = true;
      stopTick?.();
      stopTick = undefined;
    },
    resume() {
      paused = false;
      redraw();
    },
    close() {
      closed = true;
      standStill();
      stopTick?.();
      stopMeasure?.();
      output.off('drain', drained);
      shadow.close();
    },
  };

  /** The cells of a pane that is gone are Ink's again. */
  function handBack(painter: PanePainter, before: (Uint8Array | undefined)[]): (Uint8Array | undefined)[] {
    const {area} = painter;
    if (!area) return before;
    const next = ownership();
    hand(next);
    return next;
  }
}

const hidden = '\x1b[?25l';
