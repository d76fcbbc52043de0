import stringWidth from 'string-width';

/** Colours and styles that are switched on, by what they set: one code for each. */
export type Style = ReadonlyMap<string, string>;

export const plainStyle: Style = new Map();

const tabWidth = 8;
/** Columns of a line that are kept; a terminal would have wrapped long before. */
const widest = 16_384;

// Control characters, and marks that turn the order in which text is shown.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const special = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const colours = /\u001b\[([\d;:]*)m/g;
// In order: strings (OSC, DCS, SOS, PM, APC) with their text, CSI with parameters and final, other escapes, one character.
const pieces =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)?|(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~]?)|\u001b[ -/]*[0-~]?|[\s\S]/gu;

/**
 * One line of terminal output as the terminal would show it in the end: overwritten text is gone, tabs are spaces,
 * colours stay (every line carries its own, and ends plain), all other control sequences are removed.
 * Also returns the style the next line begins with.
 */
export function terminalLine(raw: string, style: Style): {readonly text: string; readonly style: Style} {
  const line = raw.endsWith('\r') ? raw.replace(/\r+$/, '') : raw;
  if (line.length <= widest) {
    if (!special.test(line)) return {text: styled(line, style), style};
    if (!special.test(withoutStyle(line))) return coloured(line, style);
  }

  const cells: {text: string; style: Style}[] = [];
  let column = 0;
  let now = style;
  const put = (text: string) => {
    if (column >= widest) return;
    while (cells.length < column) cells.push({text: ' ', style: plainStyle});
    cells[column++] = {text, style: now};
  };
  for (const [piece, parameters, final] of line.matchAll(pieces)) {
    if (final !== undefined) {
      if (final === 'm') now = withCodes(now, parameters ?? '');
      else column = Math.min(widest, moved(cells, column, final, parameters ?? ''));
      continue;
    }
    if (piece.length > 2 || special.test(piece)) {
      if (piece === '\r') column = 0;
      else if (piece === '\b') column = Math.max(0, column - 1);
      else if (piece === '\t') for (let left = tabWidth - (column % tabWidth); left > 0; left--) put(' ');
      continue;
    }
    const width = piece < '\u0300' ? 1 : stringWidth(piece);
    const last = cells[column - 1];
    if (width === 0 && last) last.text += piece;
    else put(piece);
    // The right half of a wide character is a cell of its own without text.
    if (width === 2) put('');
  }
  return {text: joined(cells), style: now};
}

/** Of a line with nothing special but colours, which most lines of builds are: no need to go cell by cell. */
function coloured(line: string, style: Style): {readonly text: string; readonly style: Style} {
  let text = '';
  let now = style;
  let from = 0;
  for (const match of line.matchAll(colours)) {
    text += styled(line.slice(from, match.index), now);
    now = withCodes(now, match[1] ?? '');
    from = match.index + match[0].length;
  }
  return {text: text + styled(line.slice(from), now), style: now};
}

/** The style after all that a piece of output switches on and off. */
export function styleAfter(text: string, style: Style): Style {
  if (!text.includes('\u001b[')) return style;
  let now = style;
  for (const [, codes] of text.matchAll(colours)) now = withCodes(now, codes ?? '');
  return now;
}

/** A line without its colours. */
export function withoutStyle(text: string): string {
  return text.includes('\u001b') ? text.replace(colours, '') : text;
}

/** Where the cursor goes, or what it erases, within the line; moves between lines are not shown. */
function moved(cells: {text: string; style: Style}[], column: number, final: string, parameters: string): number {
  const count = Math.max(1, Number.parseInt(parameters, 10) || 1);
  switch (final) {
    case 'C':
      return column + count;
    case 'D':
      return Math.max(0, column - count);
    case 'G':
      return count - 1;
    case 'K':
      if (parameters === '1') cells.fill({text: ' ', style: plainStyle}, 0, Math.min(column + 1, cells.length));
      else cells.length = parameters === '2' ? 0 : Math.min(column, cells.length);
      return column;
    default:
      return column;
  }
}

function withCodes(style: Style, parameters: string): Style {
  const next = new Map(style);
  const codes = parameters === '' ? ['0'] : parameters.split(';');
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? '';
    const number = Number.parseInt(code, 10) || 0;
    if (number === 38 || number === 48 || number === 58) {
      // 38;5;n and 38;2;r;g;b; with colons it is one code by itself.
      const length = code.includes(':') ? 1 : codes[index + 1] === '5' ? 3 : 5;
      next.set(String(number), codes.slice(index, index + length).join(';'));
      index += length - 1;
    } else if (number === 0) next.clear();
    else if (number === 22) for (const slot of ['1', '2']) next.delete(slot);
    else if (number >= 23 && number <= 29) next.delete(String(number - 20));
    else if (number === 39 || number === 49 || number === 59) next.delete(String(number - 1));
    else if ((number >= 30 && number <= 37) || (number >= 90 && number <= 97)) next.set('38', code);
    else if ((number >= 40 && number <= 47) || (number >= 100 && number <= 107)) next.set('48', code);
    else if (number >= 1 && number <= 9) next.set(String(number), code);
  }
  return next;
}

function joined(cells: readonly {readonly text: string; readonly style: Style}[]): string {
  let out = '';
  let run = '';
  let style = plainStyle;
  for (const cell of cells) {
    if (cell.style !== style) {
      out += styled(run, style);
      run = '';
      style = cell.style;
    }
    run += cell.text;
  }
  return out + styled(run, style);
}

function styled(text: string, style: Style): string {
  return text === '' || style.size === 0 ? text : `\u001b[${[...style.values()].join(';')}m${text}\u001b[0m`;
}
