import type {IBufferCell, Terminal} from '@xterm/headless';
import xterm from '@xterm/headless';
import stringWidth from 'string-width';
import {spinnerCell} from '../theme/theme.ts';
import {asciiCharacter} from './cell-text.ts';

/** One row of cells. A wide character stands in its first cell; its second cell is ''. A style is SGR parameters, '' for none. */
export interface CellRow {
  readonly characters: string[];
  readonly styles: string[];
}

/** A terminal in memory that Ink draws on, so that what Ink writes can be compared cell by cell. */
export interface ShadowScreen {
  /** `parsed` is called when the screen holds all of what was written so far. */
  write(data: string, parsed: () => void): void;
  resize(columns: number, rows: number): void;
  row(y: number): CellRow;
  /** Where Ink shows the cursor; undefined while it hides it. */
  cursor(): {readonly column: number; readonly row: number} | undefined;
  close(): void;
}

export interface ShadowScreenOptions {
  readonly columns: number;
  readonly rows: number;
  /** False leaves foreground and background colours out of the styles. */
  readonly colours: boolean;
  /** True replaces all that is not ASCII, but for the spinner's place. */
  readonly ascii: boolean;
}

export function createShadowScreen({columns, rows, colours, ascii}: ShadowScreenOptions): ShadowScreen {
  const terminal = new xterm.Terminal({cols: columns, rows, scrollback: 0, convertEol: true, allowProposedApi: true});
  takeInkWidths(terminal);
  let cursorShown = true;
  const watchCursor = (shown: boolean) => (parameters: (number | number[])[]) => {
    if (parameters.includes(25)) cursorShown = shown;
    return false;
  };
  terminal.parser.registerCsiHandler({prefix: '?', final: 'h'}, watchCursor(true));
  terminal.parser.registerCsiHandler({prefix: '?', final: 'l'}, watchCursor(false));
  // The alternate buffer does not reflow on resize; without autowrap a row that is too long stays one row.
  terminal.write('\x1b[?1049h\x1b[?7l\x1b[?25l');
  let cell: IBufferCell | undefined;
  return {
    write: (data, parsed) => terminal.write(data, parsed),
    resize: (newColumns, newRows) => terminal.resize(newColumns, newRows),
    row(y) {
      const width = terminal.cols;
      const characters = new Array<string>(width).fill(' ');
      const styles = new Array<string>(width).fill('');
      const line = terminal.buffer.active.getLine(y);
      for (let x = 0; line !== undefined && x < width; x++) {
        cell = line.getCell(x, cell);
        if (cell === undefined) break;
        characters[x] = cell.getWidth() === 0 ? '' : cell.getChars() || ' ';
        if (ascii) characters[x] = inAscii(characters[x] ?? ' ');
        if (!cell.isAttributeDefault()) styles[x] = styleOf(cell, colours);
      }
      return {characters, styles};
    },
    cursor: () =>
      cursorShown ? {column: terminal.buffer.active.cursorX, row: terminal.buffer.active.cursorY} : undefined,
    close: () => terminal.dispose(),
  };
}

/** Each half of a wide character becomes a character of its own. */
function inAscii(character: string): string {
  if (character === spinnerCell) return character;
  return character === '' ? '?' : asciiCharacter(character, 1);
}

/** xterm's own width table is older than Ink's; where they differ a row would shift. */
function takeInkWidths(terminal: Terminal): void {
  const widths = new Map<number, 0 | 1 | 2>();
  const wcwidth = (codepoint: number): 0 | 1 | 2 => {
    if (codepoint >= 0x20 && codepoint < 0x7f) return 1;
    let width = widths.get(codepoint);
    if (width === undefined) {
      width = Math.min(2, stringWidth(String.fromCodePoint(codepoint))) as 0 | 1 | 2;
      widths.set(codepoint, width);
    }
    return width;
  };
  terminal.unicode.register({
    version: 'ink',
    wcwidth,
    // Two bits of width above one bit that says whether the character joins the one before it.
    charProperties(codepoint, preceding) {
      const width = wcwidth(codepoint);
      const before = (preceding >> 1) & 3;
      return width === 0 && before > 0 ? (before << 1) | 1 : width << 1;
    },
  });
  terminal.unicode.activeVersion = 'ink';
}

function styleOf(cell: IBufferCell, colours: boolean): string {
  const parameters: string[] = [];
  if (cell.isBold()) parameters.push('1');
  if (cell.isDim()) parameters.push('2');
  if (cell.isItalic()) parameters.push('3');
  if (cell.isUnderline()) parameters.push('4');
  if (cell.isInverse()) parameters.push('7');
  if (cell.isStrikethrough()) parameters.push('9');
  if (colours) {
    if (cell.isFgPalette()) parameters.push(paletteColour(cell.getFgColor(), 30));
    else if (cell.isFgRGB()) parameters.push(`38;2;${rgb(cell.getFgColor())}`);
    if (cell.isBgPalette()) parameters.push(paletteColour(cell.getBgColor(), 40));
    else if (cell.isBgRGB()) parameters.push(`48;2;${rgb(cell.getBgColor())}`);
  }
  return parameters.join(';');
}

function paletteColour(index: number, base: 30 | 40): string {
  if (index < 8) return String(base + index);
  return index < 16 ? String(base + 52 + index) : `${base + 8};5;${index}`;
}

function rgb(colour: number): string {
  return `${colour >> 16};${(colour >> 8) & 255};${colour & 255}`;
}
