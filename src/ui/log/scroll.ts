/** Where in a log somebody looks, and how. */
export interface LogState {
  /** The end is shown as it grows. */
  readonly follow: boolean;
  readonly wrap: boolean;
  readonly timestamps: boolean;
  /** What stands in the first row while not following: a line, and how many of its rows are above. */
  readonly top: Place;
  /** Cells scrolled to the right while not wrapping. */
  readonly left: number;
  /** How many lines there were when following stopped. */
  readonly seen: number;
}

export interface Place {
  readonly line: number;
  readonly row: number;
}

export type LogAction =
  | {readonly type: 'scroll'; readonly rows: number}
  /** A page is the height less one row, so that the last row seen stays in sight; 0.5 is half a page. */
  | {readonly type: 'page'; readonly pages: number}
  | {readonly type: 'start'}
  | {readonly type: 'end'}
  | {readonly type: 'follow'}
  | {readonly type: 'wrap'}
  | {readonly type: 'timestamps'}
  | {readonly type: 'sideways'; readonly columns: number}
  /** Brings a line into the middle, and the cells [from, to) of it into sight. */
  | {readonly type: 'show'; readonly line: number; readonly from?: number; readonly to?: number};

/** What the log is like now, as far as scrolling goes. */
export interface LogExtent {
  readonly lineCount: number;
  /** Rows of the pane. */
  readonly height: number;
  /** Cells of a row. */
  readonly width: number;
  /** Rows a line takes at the present width, at least 1. */
  rowsOf(line: number): number;
}

export const initialLogState: LogState = {
  follow: true,
  wrap: true,
  timestamps: false,
  top: {line: 0, row: 0},
  left: 0,
  seen: 0,
};

/** The state after an action. Looks only at lines near the place it moves from. */
export function reduceLog(state: LogState, action: LogAction, extent: LogExtent): LogState {
  switch (action.type) {
    case 'scroll':
      return moveBy(state, action.rows, extent);
    case 'page': {
      const page = Math.max(1, Math.floor((extent.height - 1) * Math.abs(action.pages)));
      return moveBy(state, Math.sign(action.pages) * page, extent);
    }
    case 'start':
      return standAt(state, {line: 0, row: 0}, extent);
    case 'end':
      return {...state, follow: true};
    case 'follow':
      return state.follow
        ? {...state, follow: false, top: endTop(extent), seen: extent.lineCount}
        : {...state, follow: true};
    case 'wrap':
      // The line in the first row stays there; which of its rows it was means nothing any more.
      return {...state, wrap: !state.wrap, left: 0, top: {line: state.top.line, row: 0}};
    case 'timestamps':
      return {...state, timestamps: !state.timestamps, top: {line: state.top.line, row: 0}};
    case 'sideways':
      return state.wrap ? state : {...state, left: Math.max(0, state.left + action.columns)};
    case 'show': {
      const line = Math.max(0, Math.min(action.line, extent.lineCount - 1));
      const shown = standAt(state, back({line, row: 0}, Math.floor(extent.height / 3), extent), extent);
      return {...shown, left: leftToShow(state, action.from ?? 0, action.to ?? 0, extent.width)};
    }
  }
}

/** How far to the right to scroll so that the cells [from, to) are seen: as it is where they are, else they come into the middle. */
function leftToShow({wrap, left}: LogState, from: number, to: number, width: number): number {
  if (wrap || (from >= left && to <= left + width)) return left;
  return to <= width ? 0 : Math.max(0, from - Math.floor(width / 2));
}

/** The place in the first row now. */
export function topOf(state: LogState, extent: LogExtent): Place {
  return state.follow ? endTop(extent) : earlier(state.top, endTop(extent));
}

/** Lines that came since following stopped. */
export function newLines(state: LogState, lineCount: number): number {
  return state.follow ? 0 : Math.max(0, lineCount - state.seen);
}

function moveBy(state: LogState, rows: number, extent: LogExtent): LogState {
  const from = topOf(state, extent);
  if (rows < 0) return standAt(state, back(from, -rows, extent), extent);
  const to = forth(from, rows, extent);
  const end = endTop(extent);
  return compare(to, end) >= 0 ? {...state, follow: true} : standAt(state, to, extent);
}

/** Stops following at a place, unless everything fits and there is nowhere to stand but the end. */
function standAt(state: LogState, place: Place, extent: LogExtent): LogState {
  if (compare(endTop(extent), {line: 0, row: 0}) === 0) return state;
  const top = earlier(place, endTop(extent));
  return {...state, follow: false, top, seen: state.follow ? extent.lineCount : state.seen};
}

/** The first row when the last line stands in the last row. */
function endTop(extent: LogExtent): Place {
  if (extent.lineCount === 0) return {line: 0, row: 0};
  const last = extent.lineCount - 1;
  return back({line: last, row: extent.rowsOf(last) - 1}, extent.height - 1, extent);
}

function back(from: Place, rows: number, extent: LogExtent): Place {
  let {line, row} = from;
  let left = rows;
  while (left > row) {
    if (line === 0) return {line: 0, row: 0};
    left -= row + 1;
    line--;
    row = extent.rowsOf(line) - 1;
  }
  row -= left;
  return {line, row};
}

function forth(from: Place, rows: number, extent: LogExtent): Place {
  let {line, row} = from;
  let left = rows;
  while (line < extent.lineCount - 1 && row + left >= extent.rowsOf(line)) {
    left -= extent.rowsOf(line) - row;
    line++;
    row = 0;
  }
  return {line, row: Math.min(row + left, Math.max(0, extent.rowsOf(line) - 1))};
}

function earlier(a: Place, b: Place): Place {
  return compare(a, b) <= 0 ? a : b;
}

function compare(a: Place, b: Place): number {
  return a.line - b.line || a.row - b.row;
}
