import {createKeyInput} from '../keys/key-input.ts';
import {createKeyRouter, type KeyRouter} from '../keys/router.ts';
import type {InputEvent} from '../keys/splitter.ts';
import {createAnimationClock, spinnerGlyph} from '../theme/animation.ts';
import {createTheme, type Theme} from '../theme/theme.ts';
import {asciiOnly, printable} from './cell-text.ts';
import type {ScreenClock} from './clock.ts';
import {realClock} from './clock.ts';
import {type Compositor, createCompositor} from './compositor.ts';
import type {AppEnd, AppProcess} from './process-events.ts';
import {isFromKeyboard, watchProcess} from './process-events.ts';
import {NoFullScreen, terminalKind} from './terminal-kind.ts';
import {afterGuestSequence, enterSequence, leaveSequence, setNonBlocking} from './terminal-modes.ts';
import type {AppTerminal} from './use-terminal.ts';

export interface MountOptions {
  readonly stdin: AppInput;
  readonly stdout: AppOutput;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where signals and crashes are heard of; absent: they are left to the caller. main gives `process`. */
  readonly process?: AppProcess;
  readonly clock?: ScreenClock;
  /** Write ASCII only. */
  readonly ascii?: boolean;
  /** Rows to show at once, from the top, while Ink is still being set up: text with SGR alone. */
  readonly firstFrame?: (columns: number, rows: number, theme: Theme) => readonly string[];
  /** Nothing moves by itself: no spinners. */
  readonly still?: boolean;
}

/** The keyboard: process.stdin, or a test's. */
export interface AppInput extends NodeJS.EventEmitter {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  ref?(): unknown;
  unref?(): unknown;
}

/** The terminal: process.stdout, or a test's. */
export interface AppOutput extends NodeJS.EventEmitter {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly writableNeedDrain?: boolean;
  readonly writableLength?: number;
  write(data: string, written?: () => void): boolean;
}

export interface MountedApp extends AppTerminal {
  /** Settles when the terminal is given back (or takes no more); never rejects. */
  readonly exited: Promise<AppEnd>;
}

/** A smaller terminal is not worth a frame of its own. */
const smallestFirstFrame = {columns: 60, rows: 15};

/** What the one who draws gets: the terminal for the app, and what it draws through. */
export interface DrawParts {
  readonly terminal: AppTerminal;
  readonly compositor: Compositor;
  readonly router: KeyRouter;
  readonly theme: Theme;
}

/** The app as it is drawn: an instance of Ink. */
interface Drawn {
  unmount(): void;
  waitUntilExit(): Promise<unknown>;
}

/**
 * Takes the whole terminal and lets `draw` draw on it until the app exits; draw may take its time to load what it draws
 * with. Throws NoFullScreen where the terminal cannot be had.
 */
export function openTerminal(draw: (parts: DrawParts) => Drawn | Promise<Drawn>, options: MountOptions): MountedApp {
  const {stdin, stdout, environment, clock = realClock} = options;
  const kind = terminalKind({stdin, stdout, environment});
  if (kind !== 'full') throw new NoFullScreen(kind);

  const theme = createTheme({environment, ...(options.ascii === undefined ? {} : {ascii: options.ascii})});
  const animation = createAnimationClock(clock, {still: options.still ?? false});
  const compositor = createCompositor({
    output: stdout,
    clock,
    colours: theme.depth !== 'none',
    ascii: theme.ascii,
    spinner: {glyph: () => spinnerGlyph(animation, theme), subscribe: animation.subscribe},
  });
  const router = createKeyRouter();
  const keys = createKeyInput(clock, takeKey);
  let settle: (how: AppEnd) => void = () => {};
  const exited = new Promise<AppEnd>((resolve) => {
    settle = resolve;
  });
  let state: 'shown' | 'suspended' | 'lent' | 'ended' = 'shown';
  let guest: Guest | undefined;
  let ink: Drawn | undefined;
  /** What was typed before there was anybody to hear it. */
  const early: (Buffer | string)[] = [];

  takeTerminal();
  stdin.on('data', takeBytes);
  stdin.on('end', terminalGone);
  stdin.on('close', terminalGone);
  stdin.on('error', terminalGone);
  stdout.on('error', terminalGone);
  stdout.on('resize', resized);
  const watch = options.process && watchProcess(options.process, {end, stopAsked: stopForShell, continued, leaving});

  const terminal: AppTerminal = {
    exit(summaryLine, error) {
      if (error === undefined) end({reason: 'exit', code: 0}, summaryLine);
      else end({reason: 'crash', code: 70, error}, summaryLine);
    },
    suspend,
    redraw: () => compositor.redraw(),
    copy(text) {
      if (state === 'shown') stdout.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`);
    },
  };
  showFirstFrame();
  const drawing = draw({terminal, compositor, router, theme});
  if (drawing instanceof Promise) drawing.then(drawn, crashed);
  else drawn(drawing);
  return {exited, ...terminal};

  function drawn(instance: Drawn): void {
    ink = instance;
    // It may have ended while it was drawn first, or before.
    if (state === 'ended') ink.unmount();
    ink.waitUntilExit().then(() => end({reason: 'exit', code: 0}), crashed);
    for (const data of early.splice(0)) takeBytes(data);
  }

  function crashed(error: unknown): void {
    end({reason: 'crash', code: 70, error});
  }

  function takeBytes(data: Buffer | string): void {
    if (!ink) early.push(data);
    else if (state === 'shown') keys.push(data);
  }

  /** Gives whether the key went to a program that is typed into: then it changed nothing here. */
  function takeKey(event: InputEvent): boolean {
    if (state !== 'shown') return false;
    if (router.takesRaw(event)) return router.dispatch(event);
    if (event.type === 'key' && event.name === 'ctrl-z' && watch) stopForShell();
    else if (event.type === 'key' && event.name === 'ctrl-l') compositor.redraw();
    else router.dispatch(event);
    return false;
  }

  function resized(): void {
    if (stdout.columns && stdout.rows) compositor.resize(stdout.columns, stdout.rows);
  }

  function terminalGone(): void {
    end({reason: 'terminal gone', code: 129});
  }

  function takeTerminal(): void {
    setWaiting(false);
    stdin.setRawMode?.(true);
    stdin.ref?.();
    stdin.resume();
    stdout.write(enterSequence);
  }

  function showFirstFrame(): void {
    const {columns = 80, rows = 24} = stdout;
    const {columns: least, rows: fewest} = smallestFirstFrame;
    if (!options.firstFrame || columns < least || rows < fewest) return;
    const shown = options.firstFrame(columns, rows, theme).slice(0, rows);
    const text = (row: string) => (theme.ascii ? asciiOnly(printable(row)) : printable(row));
    stdout.write(`\x1b[?2026h${shown.map((row, y) => `\x1b[${y + 1}H${text(row)}`).join('')}\x1b[m\x1b[?2026l`);
  }

  function giveTerminal(then = ''): void {
    stdin.pause();
    try {
      stdin.setRawMode?.(false);
    } catch {
      // The terminal is gone: there is nothing left to give back.
    }
    stdout.write(leaveSequence + then);
  }

  async function suspend<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (state !== 'shown') throw new Error('The terminal is not ours to give away now.');
    pauseScreen('lent');
    const leave = new AbortController();
    const going = run(leave.signal);
    guest = {leave, gone: going.then(nothing, nothing)};
    try {
      return await going;
    } finally {
      guest = undefined;
      takeBack();
    }
  }

  function takeBack(): void {
    if (state !== 'lent') return;
    stdout.write(afterGuestSequence);
    resumeScreen();
  }

  function pauseScreen(how: 'suspended' | 'lent'): void {
    state = how;
    compositor.pause();
    giveTerminal();
    setWaiting(true);
  }

  function resumeScreen(): void {
    if (state !== 'suspended' && state !== 'lent') return;
    state = 'shown';
    takeTerminal();
    resized();
    compositor.resume();
  }

  /** Ctrl-Z: the shell gets its terminal, and we the screen back when it continues us. */
  function stopForShell(): void {
    // The one who has the terminal stops by itself; the shell waits for us.
    if (state === 'lent') watch?.stopAlone();
    if (state !== 'shown' || !watch) return;
    pauseScreen('suspended');
    watch.stop();
    // Where no shell waits for us nothing stops and no SIGCONT comes; then we just go on.
    clock.after(100, () => {
      if (state === 'suspended') resumeScreen();
    });
  }

  function continued(): void {
    if (state === 'suspended') {
      resumeScreen();
    } else if (state === 'shown') {
      // Stopped without notice (SIGSTOP): the shell has changed the modes, and Node believes they are as it left them.
      stdin.setRawMode?.(false);
      takeTerminal();
      resized();
      compositor.redraw();
    }
  }

  function leaving(): void {
    if (state !== 'shown') return;
    state = 'ended';
    compositor.close();
    if (!stdout.writableNeedDrain) setWaiting(true);
    giveTerminal();
  }

  function end(how: AppEnd, line?: string): void {
    if (state === 'ended') return;
    // Meant for the one who has the terminal: all before it hear of Ctrl-c.
    if (state === 'lent' && how.reason === 'signal' && isFromKeyboard(how.code)) return;
    const wasShown = state === 'shown';
    state = 'ended';
    keys.close();
    animation.close();
    compositor.close();
    stdin.off('data', takeBytes);
    stdin.off('end', terminalGone);
    stdin.off('close', terminalGone);
    stdout.off('resize', resized);
    try {
      ink?.unmount();
    } finally {
      const leaving = guest;
      const said = [line, how.reason === 'crash' ? crashText(how.error) : undefined].filter((text) => text);
      const last = said.map((text) => `${text}\n`).join('');
      const leave = (): void => {
        if (wasShown) giveTerminal(last);
        else if (last) stdout.write(last);
        stdin.unref?.();
        settleWhenWritten(how);
      };
      if (leaving) sendAway(leaving, leave);
      else leave();
    }
  }

  /** Who has the terminal gives it back before the shell does; who does not go is left behind. */
  function sendAway({leave, gone}: Guest, then: () => void): void {
    const giveUp = clock.after(2000, done);
    let isDone = false;
    leave.abort(new Error('The app ends.'));
    void gone.then(done);

    function done(): void {
      if (isDone) return;
      isDone = true;
      giveUp();
      then();
    }
  }

  /** A terminal that does not read must not keep the app from ending. */
  function settleWhenWritten(how: AppEnd): void {
    const done = () => {
      // Not before: Ink's library for signals kills the process when nobody else listens.
      watch?.close();
      settle(how);
    };
    const giveUp = clock.after(1000, done);
    stdout.write('', () => {
      giveUp();
      setWaiting(true);
      done();
    });
  }

  /** Whether writes wait for the terminal. Before one that does not read, none may, not even the last ones. */
  function setWaiting(waits: boolean): void {
    setNonBlocking(stdout, !waits);
    if (options.process?.stderr) setNonBlocking(options.process.stderr, !waits);
  }
}

/** Somebody else who has the terminal for a while. */
interface Guest {
  readonly leave: AbortController;
  readonly gone: Promise<void>;
}

function nothing(): void {}

function crashText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
