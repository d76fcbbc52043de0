import {EventEmitter} from 'node:events';
import {setTimeout as sleep} from 'node:timers/promises';
import type {IBufferCell} from '@xterm/headless';
import xterm from '@xterm/headless';
import type {ReactElement} from 'react';
import type {MountedApp, MountOptions} from '../../src/ui/terminal/open-terminal.ts';
import {keyBytes} from './key-bytes.ts';
import {mountApp} from './mount-app.ts';

export interface ScreenOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly process?: MountOptions['process'];
  readonly clock?: MountOptions['clock'];
  readonly firstFrame?: MountOptions['firstFrame'];
  /** What the tree is drawn with is there when this resolves; absent: at once. */
  readonly loaded?: Promise<void>;
}

/** One cell as the person sees it. Colours are palette numbers or '#rrggbb'; undefined is the terminal's own. */
interface StyledCell {
  readonly text: string;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  readonly underline: boolean;
  readonly foreground?: number | string;
  readonly background?: number | string;
}

/** A terminal in memory with a person before it. */
export interface TestScreen {
  readonly app: MountedApp;
  /** All rows, trailing spaces cut. */
  text(): string;
  row(y: number): string;
  styledCell(x: number, y: number): StyledCell;
  /** Where the cursor is; undefined while hidden. */
  cursor(): {readonly column: number; readonly row: number} | undefined;
  /** Names of keys ('j', 'enter', 'ctrl-f', 'pagedown'), or raw text that is typed as it is. */
  press(...keys: readonly string[]): void;
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until the text is on screen; says what was there instead when it never comes. */
  shows(expected: string | RegExp, within?: number): Promise<void>;
  /** Waits until the text is not on screen any more. */
  hides(unwanted: string | RegExp, within?: number): Promise<void>;
  /** Waits until the condition holds. */
  until(condition: () => boolean, within?: number): Promise<void>;
  /** Waits until nothing is written any more. */
  settled(): Promise<void>;
  /** Bytes and writes since the beginning. */
  readonly written: {bytes: number; writes: number; all: string};
  /** True stops the terminal from reading; false lets it go on. */
  stall(stalled: boolean): void;
  kind(): 'normal' | 'alternate';
  close(): Promise<void>;
}

/** Shows the tree on a terminal in memory; what a test sees is what a person would see. */
export function openScreen(
  tree: ReactElement,
  {columns = 80, rows = 24, environment = {}, process, clock, firstFrame, loaded}: ScreenOptions = {},
): TestScreen {
  const terminal = new xterm.Terminal({cols: columns, rows, scrollback: 0, allowProposedApi: true});
  let cursorShown = true;
  for (const final of ['h', 'l']) {
    terminal.parser.registerCsiHandler({prefix: '?', final}, (parameters) => {
      if (parameters.includes(25)) cursorShown = final === 'h';
      return false;
    });
  }
  const written = {bytes: 0, writes: 0, all: ''};
  const stdout = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns,
    rows,
    writableNeedDrain: false,
    write(data: string, done?: () => void) {
      if (data !== '') {
        written.bytes += Buffer.byteLength(data);
        written.writes++;
        written.all = (written.all + data).slice(-1_000_000);
      }
      terminal.write(data, done);
      return !stdout.writableNeedDrain;
    },
  });
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true,
    raw: false,
    setRawMode: (raw: boolean) => Object.assign(stdin, {raw}),
    resume: () => stdin,
    pause: () => stdin,
  });
  const app = mountApp(
    tree,
    {
      stdin,
      stdout,
      environment: {TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8', ...environment},
      ...(process ? {process} : {}),
      ...(clock ? {clock} : {}),
      ...(firstFrame ? {firstFrame} : {}),
    },
    loaded,
  );
  // Lines of the alternate buffer keep their old length when the terminal becomes narrower.
  const row = (y: number) =>
    terminal.buffer.active.getLine(y)?.translateToString(false, 0, terminal.cols).trimEnd() ?? '';
  const text = () => Array.from({length: terminal.rows}, (_, y) => row(y)).join('\n');
  const has = (wanted: string | RegExp) => (typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text()));
  const until = async (condition: () => boolean, within = 5000, what = 'The condition never held') => {
    const end = Date.now() + within;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`${what}:\n${text()}`);
      await sleep(5);
    }
  };
  return {
    app,
    text,
    row,
    styledCell: (x, y) => styled(terminal.buffer.active.getLine(y)?.getCell(x)),
    cursor: () =>
      cursorShown ? {column: terminal.buffer.active.cursorX, row: terminal.buffer.active.cursorY} : undefined,
    press(...keys) {
      for (const key of keys) stdin.emit('data', Buffer.from(keyBytes(key)));
    },
    paste: (pasted) => stdin.emit('data', Buffer.from(`\x1b[200~${pasted}\x1b[201~`)),
    resize(newColumns, newRows) {
      Object.assign(stdout, {columns: newColumns, rows: newRows});
      terminal.resize(newColumns, newRows);
      stdout.emit('resize');
    },
    shows: (expected, within) => until(() => has(expected), within, `Never showed ${String(expected)}`),
    hides: (unwanted, within) => until(() => !has(unwanted), within, `Never stopped showing ${String(unwanted)}`),
    until: (condition, within) => until(condition, within),
    async settled() {
      let before = -1;
      while (before !== written.writes) {
        before = written.writes;
        await sleep(120);
      }
    },
    written,
    stall(stalled) {
      stdout.writableNeedDrain = stalled;
      if (!stalled) stdout.emit('drain');
    },
    kind: () => terminal.buffer.active.type,
    async close() {
      app.exit();
      await app.exited;
      terminal.dispose();
    },
  };
}

function styled(cell: IBufferCell | undefined): StyledCell {
  if (!cell) return {text: '', bold: false, dim: false, inverse: false, underline: false};
  const colour = (rgb: boolean, palette: boolean, value: number) =>
    rgb ? `#${value.toString(16).padStart(6, '0')}` : palette ? value : undefined;
  const foreground = colour(Boolean(cell.isFgRGB()), Boolean(cell.isFgPalette()), cell.getFgColor());
  const background = colour(Boolean(cell.isBgRGB()), Boolean(cell.isBgPalette()), cell.getBgColor());
  return {
    text: cell.getChars() || ' ',
    bold: Boolean(cell.isBold()),
    dim: Boolean(cell.isDim()),
    inverse: Boolean(cell.isInverse()),
    underline: Boolean(cell.isUnderline()),
    ...(foreground === undefined ? {} : {foreground}),
    ...(background === undefined ? {} : {background}),
  };
}
