import type {Writable} from 'node:stream';

/** One line below everything that was printed. It is written over, so it never stays behind. */
export interface StatusLine {
  /** Columns it may take now. */
  readonly columns: number;
  /** Whether the terminal draws more than ASCII. */
  readonly unicode: boolean;
  draw(text: string): void;
  /** Takes it away; called before any other line is printed. */
  erase(): void;
}

/** A status line on a terminal; `draw` cuts what does not fit, so that it never becomes two lines. */
export function openStatusLine(stream: Writable & {readonly columns?: number}, unicode: boolean): StatusLine {
  let drawn = '';
  return {
    // The last column stays free: some terminals go on to the next line as soon as it is written.
    get columns() {
      return (stream.columns ?? 80) - 1;
    },
    unicode,
    draw(text) {
      const line = cut(text, this.columns);
      if (line === drawn) return;
      drawn = line;
      stream.write(`\r${line}\u001b[K`);
    },
    erase() {
      if (drawn === '') return;
      drawn = '';
      stream.write('\r\u001b[K');
    },
  };
}

/** Everything past Latin, Greek and Cyrillic counts as two cells: a line that is too short does no harm. */
function cut(text: string, columns: number): string {
  let cells = 0;
  let line = '';
  for (const character of text) {
    cells += narrow.test(character) ? 1 : 2;
    if (cells > columns) return line;
    line += character;
  }
  return line;
}

/** Also the signs that we draw ourselves. */
const narrow = /[\u0020-\u04ff\u2013-\u2026\u2800-\u28ff]/;
