import type {LineLook} from './line-rows.ts';
import {countRows, lineRows, lineText} from './line-rows.ts';
import type {LogLine, LogStore} from './log-text.ts';

/** A look at the lines of a log that remembers those near by, and what was worked out about them. */
export interface LineWindow {
  at(line: number): LogLine;
  rowCount(line: number, width: number, wrap: boolean): number;
  rows(line: number, look: LineLook): readonly string[];
  /** The text has changed: ask for lines again. */
  changed(): void;
}

/** Lines asked for at once, and blocks kept. */
const block = 64;
const kept = 8;
/** Lines of which the drawing is kept. */
const keptLines = 1024;

export function createLineWindow(store: LogStore): LineWindow {
  const blocks = new Map<number, readonly LogLine[]>();
  const drawn = new Map<number, Drawn>();
  const nothing: LogLine = {text: ''};

  function at(line: number): LogLine {
    const number = Math.floor(line / block);
    let lines = blocks.get(number);
    if (!lines) {
      lines = store.get().lines(number * block, (number + 1) * block);
      if (blocks.size >= kept) blocks.clear();
      blocks.set(number, lines);
    }
    return lines[line - number * block] ?? nothing;
  }

  function known(line: number): Drawn {
    const {text} = at(line);
    const before = drawn.get(line);
    if (before?.raw === text) return before;
    if (drawn.size >= keptLines) drawn.clear();
    const fresh: Drawn = {raw: text, text: lineText(text)};
    drawn.set(line, fresh);
    return fresh;
  }

  return {
    at,
    rowCount(line, width, wrap) {
      const entry = known(line);
      const key = wrap ? width : 0;
      if (entry.countFor !== key) {
        entry.count = countRows(entry.text, width, wrap);
        entry.countFor = key;
      }
      return entry.count ?? 1;
    },
    rows(line, look) {
      const entry = known(line);
      const key = `${look.width} ${look.wrap} ${look.left} ${look.match?.source ?? ''} ${look.mark}`;
      if (entry.rowsFor !== key || !entry.rows) {
        entry.rows = lineRows(entry.text, look);
        entry.rowsFor = key;
      }
      return entry.rows;
    },
    changed: () => blocks.clear(),
  };
}

interface Drawn {
  readonly raw: string;
  readonly text: string;
  count?: number;
  countFor?: number;
  rows?: readonly string[];
  rowsFor?: string;
}
