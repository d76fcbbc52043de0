import xterm from '@xterm/headless';
import type {RemoteShell, TerminalPicture, TerminalSession} from '../machine-tools.ts';
import type {Clock} from '../tools.ts';
import {createRowPainter} from './cell-rows.ts';
import {takeWidths} from './cell-widths.ts';
import {guardScreen} from './screen-guard.ts';
import {typedFor} from './typed-keys.ts';

/** Cells of a screen. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Lines that left the screen and can be scrolled back to. */
const keptLines = 5_000;

/** Bytes that wait to be drawn; the program is held back above, and let go on below half of it. */
const mostPending = 256 * 1024;

/** Bytes drawn in one go: others have their turn in between. */
const bytesAtOnce = 2 * 1024;

/** Milliseconds between two paints, at least. */
const paintEvery = 16;

/** Milliseconds a program may keep its half-drawn picture back (DEC 2026); one that forgets to show it is shown. */
const longestHold = 150;

/** Bytes of answers to what the program asks the terminal; a flood of questions would be typed into its shell. */
const answers = {most: 4096, everyMs: 100} as const;

const longestTitle = 200;

/**
 * A screen in memory for a program in a pty. What the program prints is drawn on it and goes no further; keys and the
 * terminal's answers go to the program. The size must be the one the source was opened with. Closing it hangs up.
 */
export function openTerminalScreen(source: RemoteShell, size: ScreenSize, clock: Clock): TerminalSession {
  const {columns, rows} = bounded(size);
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: keptLines,
    allowProposedApi: true,
    // It would say on our own screen what it does not understand.
    logLevel: 'off',
  });
  takeWidths(terminal);
  guardScreen(terminal);
  const painter = createRowPainter();
  const decoder = new TextDecoder();
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let cursorShown = true;
  let title: string | undefined;
  let pending = 0;
  let paused = false;
  let isEnded = false;
  let answered = {bytes: 0, since: clock.monotonic()};
  let lastPaint = Number.NEGATIVE_INFINITY;
  let heldSince: number | undefined;
  let wait: {readonly until: number; stop(): void} | undefined;
  let stale = true;
  let picture = draw(undefined);

  for (const final of ['h', 'l']) {
    terminal.parser.registerCsiHandler({prefix: '?', final}, (parameters) => {
      if (parameters.includes(25)) cursorShown = final === 'h';
      return false;
    });
  }
  terminal.parser.registerCsiHandler({intermediates: '!', final: 'p'}, showCursor);
  terminal.parser.registerEscHandler({final: 'c'}, showCursor);
  terminal.onTitleChange((text) => {
    title = text.slice(0, longestTitle).replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '') || undefined;
  });
  terminal.onData(answer);
  terminal.onWriteParsed(changed);
  source.onOutput(take);
  const ended = source.ended.then(
    async (end) => {
      await finish();
      return end;
    },
    async (error: unknown) => {
      await finish();
      throw error;
    },
  );
  // Whoever asks hears of it; nobody has to.
  ended.catch(() => undefined);

  function showCursor(): boolean {
    cursorShown = true;
    return false;
  }

  function take(bytes: Uint8Array): void {
    if (closing.signal.aborted) return;
    for (let at = 0; at < bytes.length; at += bytesAtOnce) {
      const part = bytes.subarray(at, at + bytesAtOnce);
      pending += part.length;
      terminal.write(part, () => {
        pending -= part.length;
        if (paused && pending < mostPending / 2) letGo();
      });
    }
    if (!paused && pending > mostPending) {
      paused = true;
      source.pause();
    }
  }

  function letGo(): void {
    paused = false;
    if (!closing.signal.aborted) source.resume();
  }

  /** Resolves when all that came is on the screen. */
  async function finish(): Promise<void> {
    isEnded = true;
    await new Promise<void>((resolve) => {
      if (closing.signal.aborted) resolve();
      closing.signal.addEventListener('abort', () => resolve(), {once: true});
      if (!closing.signal.aborted) terminal.write('', resolve);
    });
    changed();
  }

  function answer(data: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: answers begin with ESC.
    if (isEnded || closing.signal.aborted || !/^\x1b[\x1b\x20-\x7e]+$/.test(data)) return;
    const now = clock.monotonic();
    if (now - answered.since > answers.everyMs) answered = {bytes: 0, since: now};
    if (answered.bytes + data.length > answers.most) return;
    answered.bytes += data.length;
    source.write(data);
  }

  /** Something may look different: painted now, or when its time has come. */
  function changed(): void {
    if (closing.signal.aborted) return;
    if (listeners.size === 0) {
      stale = true;
      return;
    }
    const now = clock.monotonic();
    heldSince = terminal.modes.synchronizedOutputMode ? (heldSince ?? now) : undefined;
    const until = heldSince === undefined ? lastPaint + paintEvery : heldSince + longestHold;
    if (until <= now) {
      paint();
    } else if (!wait || wait.until > until) {
      wait?.stop();
      wait = waitUntil(until, now);
    }
  }

  function waitUntil(until: number, now: number): {readonly until: number; stop(): void} {
    const stop = new AbortController();
    clock.sleep(until - now, stop.signal).then(paint, () => undefined);
    return {until, stop: () => stop.abort()};
  }

  function paint(): void {
    wait?.stop();
    wait = undefined;
    heldSince = undefined;
    lastPaint = clock.monotonic();
    const before = picture;
    picture = draw(before);
    if (picture !== before) for (const listener of [...listeners]) listener();
  }

  /** The picture as it is now; the one before where nothing differs. */
  function draw(before: TerminalPicture | undefined): TerminalPicture {
    stale = false;
    const {active} = terminal.buffer;
    const {viewportY, baseY, cursorX, cursorY} = active;
    const row = cursorY + baseY - viewportY;
    const next: TerminalPicture = {
      columns: terminal.cols,
      rows: Array.from({length: terminal.rows}, (_, y) => painter.row(active.getLine(viewportY + y), terminal.cols)),
      above: viewportY,
      scrolled: baseY - viewportY,
      ...(title === undefined ? {} : {title}),
      ...(cursorShown && !isEnded && row < terminal.rows
        ? {cursor: {column: Math.min(cursorX, terminal.cols - 1), row}}
        : {}),
    };
    return before !== undefined && isSame(before, next) ? before : next;
  }

  return {
    screen: {
      get() {
        if (stale && !closing.signal.aborted) picture = draw(picture);
        return picture;
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => {
          listeners.delete(listener);
        };
      },
      close: () => listeners.clear(),
    },
    write(bytes) {
      if (isEnded || closing.signal.aborted) return;
      const text = typeof bytes === 'string' ? bytes : decoder.decode(bytes, {stream: true});
      const typed = typedFor(terminal.modes, text);
      if (typed === '') return;
      if (terminal.buffer.active.viewportY < terminal.buffer.active.baseY) {
        terminal.scrollToBottom();
        changed();
      }
      source.write(typed);
    },
    resize(newColumns, newRows) {
      const next = bounded({columns: newColumns, rows: newRows});
      if (closing.signal.aborted || (next.columns === terminal.cols && next.rows === terminal.rows)) return;
      terminal.resize(next.columns, next.rows);
      if (!isEnded) source.resize(next.columns, next.rows);
      changed();
    },
    scroll(lines) {
      if (closing.signal.aborted) return;
      terminal.scrollToLine(Math.max(0, terminal.buffer.active.baseY - Math.max(0, Math.floor(lines))));
      changed();
    },
    ended,
    close() {
      if (closing.signal.aborted) return;
      closing.abort(new Error('The terminal was closed.'));
      wait?.stop();
      listeners.clear();
      source.close();
      terminal.dispose();
    },
  };
}

/** xterm knows no screen of one column, and nobody has one of ten thousand. */
function bounded({columns, rows}: ScreenSize): ScreenSize {
  const between = (value: number, least: number): number => Math.min(1000, Math.max(least, Math.floor(value) || least));
  return {columns: between(columns, 2), rows: between(rows, 1)};
}

function isSame(a: TerminalPicture, b: TerminalPicture): boolean {
  return (
    a.columns === b.columns &&
    a.above === b.above &&
    a.scrolled === b.scrolled &&
    a.title === b.title &&
    a.cursor?.column === b.cursor?.column &&
    a.cursor?.row === b.cursor?.row &&
    a.rows.length === b.rows.length &&
    a.rows.every((row, y) => row === b.rows[y])
  );
}
