import type {PaneSource} from '../pane-source.ts';
import {cellWidth, withoutSgr} from '../terminal/cell-text.ts';
import type {ScreenClock} from '../terminal/clock.ts';
import {realClock} from '../terminal/clock.ts';
import type {Theme} from '../theme/theme.ts';
import {lineText} from './line-rows.ts';
import {createLineWindow} from './line-window.ts';
import type {LogStore} from './log-text.ts';
import type {LogAction, LogExtent} from './scroll.ts';
import {initialLogState, newLines, reduceLog, topOf} from './scroll.ts';
import type {LogSearch} from './search.ts';
import {firstAbove, nextMatch, startSearch} from './search.ts';

/** What to say about where a log view stands. */
export interface LogPosition {
  /** The last line that was shown when it was last painted, counted from 1; 0 before that, and when there is none. */
  readonly last: number;
  readonly total: number;
  readonly follow: boolean;
  readonly wrap: boolean;
  readonly timestamps: boolean;
  /** Lines that came since following stopped. */
  readonly newLines: number;
  /** Cells scrolled to the right. */
  readonly left: number;
  readonly leftOutBytes: number;
  readonly ended: boolean;
  /** `current` counts from 1; 0 when no match was gone to yet. `count` may still rise until it is `done`. */
  readonly search?: {
    readonly pattern: string;
    readonly count: number;
    readonly current: number;
    readonly done: boolean;
  };
}

/** A log in a pane. */
export interface LogView extends PaneSource {
  do(action: LogAction): void;
  /**
   * Marks every match and goes to the first one from here on; '' ends the search. A long log is searched while other
   * things go on: `searched` is called with the number of lines that match, once all were looked at.
   */
  search(pattern: string, searched?: (count: number) => void): void;
  /** Goes to the next (1) or previous (-1) matching line. */
  nextMatch(direction: 1 | -1): void;
  /** For useSyncExternalStore: the same object until it differs; changes come at most four times a second. */
  readonly position: {get(): LogPosition; subscribe(listener: () => void): () => void};
  close(): void;
}

export interface LogViewOptions {
  readonly theme: Theme;
  /** Shown while there is no line yet. */
  readonly empty?: string;
  readonly wrap?: boolean;
  readonly timestamps?: boolean;
  readonly clock?: ScreenClock;
}

/** Lines searched in one go: some milliseconds. */
const linesAtOnce = 512;

/** Milliseconds between two tellings of the position: it is drawn by Ink, which is dear. */
const positionEvery = 250;

export function createLogView(store: LogStore, options: LogViewOptions): LogView {
  const {theme, empty = '', clock = realClock} = options;
  let state = {
    ...initialLogState,
    wrap: options.wrap ?? initialLogState.wrap,
    timestamps: options.timestamps ?? initialLogState.timestamps,
  };
  let size = {width: 80, height: 24};
  let search: LogSearch | undefined;
  let currentMatch: number | undefined;
  /** Where to go once there is a match that way. */
  let going: {readonly from: number; readonly direction: 1 | -1} | undefined;
  let whenSearched: ((count: number) => void) | undefined;
  let stopSearching: (() => void) | undefined;
  let last = 0;
  let stopTelling: (() => void) | undefined;
  const window = createLineWindow(store);
  let position = positionNow();
  const painters = new Set<() => void>();
  const watchers = new Set<() => void>();

  const unsubscribe = store.subscribe(() => {
    window.changed();
    searchSoon();
    changed();
  });

  function extent(): LogExtent {
    const width = bodyWidth();
    return {
      lineCount: store.get().lineCount,
      height: size.height,
      width,
      rowsOf: (line) => window.rowCount(line, width, state.wrap),
    };
  }

  function bodyWidth(): number {
    return Math.max(1, size.width - (state.timestamps ? timeWidth : 0));
  }

  function changed(): void {
    for (const painter of [...painters]) painter();
    tell();
  }

  function tell(): void {
    if (watchers.size === 0 || stopTelling) return;
    stopTelling = clock.after(positionEvery, () => {
      stopTelling = undefined;
      for (const watcher of [...watchers]) watcher();
    });
  }

  function act(action: LogAction): void {
    const next = reduceLog(state, action, extent());
    if (next === state) return;
    state = next;
    changed();
  }

  /** Searches on for as long as nobody notices, and again a moment later until all lines were looked at. */
  function searchOn(): void {
    stopSearching = undefined;
    if (!search) return;
    search.step(store.get(), linesAtOnce);
    go();
    tell();
    if (!search.done()) {
      searchSoon();
      return;
    }
    whenSearched?.(search.matches().length);
    whenSearched = undefined;
  }

  function searchSoon(): void {
    if (search) stopSearching ??= clock.after(1, searchOn);
  }

  /** Goes to the match that is wanted, if it is known: round the end only when there is surely none before it. */
  function go(): void {
    if (!search || !going) return;
    const {from, direction} = going;
    const line = nextMatch(search.matches(), from, direction);
    if (line === undefined || (!search.done() && Math.sign(line - from) !== direction)) {
      if (search.done()) going = undefined;
      return;
    }
    going = undefined;
    currentMatch = line;
    act({type: 'show', line, ...cellsOfMatch(line)});
    changed();
  }

  /** The cells of the first match in a line, as it is drawn. */
  function cellsOfMatch(line: number): {from: number; to: number} | undefined {
    const bare = withoutSgr(lineText(window.at(line).text));
    const index = search ? bare.search(search.expression) : -1;
    if (!search || index < 0) return undefined;
    const from = cellWidth(bare.slice(0, index));
    return {from, to: from + cellWidth(bare.slice(index, index + search.pattern.length))};
  }

  function positionNow(): LogPosition {
    const text = store.get();
    const total = text.lineCount;
    return {
      last: Math.min(total, last),
      total,
      follow: state.follow,
      wrap: state.wrap,
      timestamps: state.timestamps,
      newLines: newLines(state, total),
      left: state.left,
      leftOutBytes: text.leftOutBytes,
      ended: text.ended,
      ...(search ? {search: searchNow(search, currentMatch)} : {}),
    };
  }

  return {
    rows(width, height) {
      if (width !== size.width || height !== size.height) {
        size = {width, height};
        tell();
      }
      const now = extent();
      if (now.lineCount === 0) return empty === '' ? [] : [theme.paint('quiet', empty)];
      const rows: string[] = [];
      const top = topOf(state, now);
      let {line} = top;
      for (let skip = top.row; rows.length < height && line < now.lineCount; line++, skip = 0) {
        const isCurrent = line === currentMatch;
        const drawn = window.rows(line, {
          width: bodyWidth(),
          wrap: state.wrap,
          left: state.left,
          match: search?.expression,
          mark: theme.begin(isCurrent ? 'currentMatch' : 'match') || '\x1b[7m',
        });
        for (const [i, row] of drawn.entries()) {
          if (i < skip || rows.length >= height) continue;
          rows.push(state.timestamps ? stamp(i === 0 ? window.at(line).at : undefined) + row : row);
        }
      }
      if (last !== line) {
        last = line;
        tell();
      }
      return rows;
    },
    subscribe(listener) {
      painters.add(listener);
      return () => painters.delete(listener);
    },
    do: act,
    search(pattern, searched) {
      whenSearched = searched;
      if (pattern !== search?.pattern) {
        const from = topOf(state, extent()).line;
        currentMatch = undefined;
        search = pattern === '' ? undefined : startSearch(pattern, from);
        going = search && {from: from - 1, direction: 1};
      }
      stopSearching?.();
      searchOn();
      changed();
    },
    nextMatch(direction) {
      going = {from: currentMatch ?? topOf(state, extent()).line, direction};
      go();
    },
    position: {
      get() {
        const now = positionNow();
        if (JSON.stringify(now) !== JSON.stringify(position)) position = now;
        return position;
      },
      subscribe(listener) {
        watchers.add(listener);
        return () => {
          watchers.delete(listener);
        };
      },
    },
    close() {
      unsubscribe();
      stopTelling?.();
      stopSearching?.();
      painters.clear();
      watchers.clear();
    },
  };

  function stamp(at: number | undefined): string {
    if (at === undefined) return ' '.repeat(timeWidth);
    return `${theme.paint('quiet', clockTime(at))} `;
  }
}

const timeWidth = 9;

function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

function searchNow(search: LogSearch, currentMatch: number | undefined): NonNullable<LogPosition['search']> {
  return {
    pattern: search.pattern,
    count: search.matches().length,
    current: currentMatch === undefined ? 0 : firstAbove(search.matches(), currentMatch),
    done: search.done(),
  };
}
