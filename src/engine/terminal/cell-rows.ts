import type {IBufferCell, IBufferLine} from '@xterm/headless';
import stringWidth from 'string-width';

/** Draws rows of a screen in memory as text with SGR alone. */
export interface RowPainter {
  /** At most `columns` cells; blank cells at the end are left out. */
  row(line: IBufferLine | undefined, columns: number): string;
}

export function createRowPainter(): RowPainter {
  let cell: IBufferCell | undefined;
  const shown = createCellTexts();
  return {
    row(line, columns) {
      if (!line) return '';
      const runs: Run[] = [];
      let run: Run = {style: '', texts: [], joins: false};
      let covered = 0;
      /** Runs up to here, and texts of the last one, hold something to be seen. */
      let seen = {runs: 0, texts: 0};
      for (let x = 0; x < columns; x++) {
        cell = line.getCell(x, cell);
        if (!cell) break;
        // The right half of a wide character; where that is gone it is a cell like any other.
        if (x < covered) continue;
        const width = Math.max(1, cell.getWidth());
        covered = x + width;
        const style = cell.isAttributeDefault() ? '' : styleOf(cell);
        if (style !== run.style || runs.length === 0) {
          run = {style, texts: [], joins: false};
          runs.push(run);
        }
        const chars = cell.getWidth() === 0 || covered > columns || cell.isInvisible() ? '' : cell.getChars();
        const text = shown(chars, width, columns - x);
        run.texts.push(text);
        if (text > '\u024f' && !plain.test(text)) run.joins = true;
        if (style !== '' || text !== ' ') seen = {runs: runs.length, texts: run.texts.length};
      }
      let out = '';
      for (const [index, {style, texts, joins}] of runs.slice(0, seen.runs).entries()) {
        const open = style === '' ? '\x1b[m' : `\x1b[0;${style}m`;
        const visible = index === seen.runs - 1 ? texts.slice(0, seen.texts) : texts;
        out += (style === '' && index === 0 ? '' : open) + visible.join(joins && areJoined(visible) ? open : '');
      }
      return runs[seen.runs - 1]?.style ? `${out}\x1b[m` : out;
    },
  };
}

/** Cells of the same look, one text each. */
interface Run {
  readonly style: string;
  readonly texts: string[];
  /** Whether a person might see fewer characters than there are cells: flags, syllables, clusters of letters. */
  joins: boolean;
}

/** Scripts and symbols of which no two make one character together. */
const plain =
  /^[ -\u02ff\u0370-\u0482\u048a-\u052f\u2000-\u205f\u20a0-\u20bf\u2100-\u2bff\u3000-\u3029\u3031-\u3098\u309b-\ua4cf\uac00-\ud7a3\ue000-\ufaff\uff01-\uff60]$/;

/**
 * Neighbours that Unicode takes for one character would be given the cells of one; a colour that stays as it is keeps
 * them apart.
 */
function areJoined(texts: readonly string[]): boolean {
  return [...segmenter.segment(texts.join(''))].length !== texts.length;
}

const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});

const mostKept = 4096;

/** What stands for the characters of one cell: as wide as the cell, and nothing that acts on a terminal. */
function createCellTexts(): (chars: string, width: number, room: number) => string {
  const kept = new Map<string, string>();
  return (chars, width, room) => {
    if (chars === '') return ' '.repeat(Math.min(width, room));
    if (chars.length === 1 && chars >= ' ' && chars <= '~') return chars;
    const key = `${width}${chars}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const text = chars.replace(unseen, '');
    const fits = text !== '' && stringWidth(text) === width && [...segmenter.segment(text)].length === 1;
    const result = fits ? text : `${text === '' ? ' ' : '\ufffd'}${' '.repeat(width - 1)}`;
    if (kept.size >= mostKept) kept.clear();
    kept.set(key, result);
    return result;
  };
}

/** Controls, joiners, variation selectors, and what turns the direction of text. */
const unseen = /[\p{Cc}\u2028\u2029]|\p{Default_Ignorable_Code_Point}|\p{Cs}/gu;

/** SGR parameters, '' for none. What is concealed is drawn as blanks, since not every terminal hides it. */
function styleOf(cell: IBufferCell): string {
  const parameters: string[] = [];
  if (cell.isBold()) parameters.push('1');
  if (cell.isDim()) parameters.push('2');
  if (cell.isItalic()) parameters.push('3');
  if (cell.isUnderline()) parameters.push('4');
  if (cell.isInverse()) parameters.push('7');
  if (cell.isStrikethrough()) parameters.push('9');
  if (cell.isFgPalette()) parameters.push(paletteColour(cell.getFgColor(), 30));
  else if (cell.isFgRGB()) parameters.push(`38;2;${rgb(cell.getFgColor())}`);
  if (cell.isBgPalette()) parameters.push(paletteColour(cell.getBgColor(), 40));
  else if (cell.isBgRGB()) parameters.push(`48;2;${rgb(cell.getBgColor())}`);
  return parameters.join(';');
}

function paletteColour(index: number, base: 30 | 40): string {
  if (index < 8) return String(base + index);
  return index < 16 ? String(base + 52 + index) : `${base + 8};5;${index}`;
}

function rgb(colour: number): string {
  return `${colour >> 16};${(colour >> 8) & 255};${colour & 255}`;
}
