// What the shipped program changes of Ink 8.0.0, whose frames cost more the more is on screen, not the more changes:
// it takes every text of every frame apart again and puts every row together cell by cell. What a text consists of and
// how wide it is does not change, and few rows do: kept from frame to frame, a frame costs a fifth and looks the same
// (test/scripts/ink-between-frames.test.ts). In development Ink runs as it is.
import {readFile} from 'node:fs/promises';
import type {OnLoadResult, Plugin} from 'esbuild';

/** Texts whose measures are kept: some screens of rows. */
const keptTexts = 4096;
const keptCaches = `
let kept = new OutputCaches();
function keptCaches() {
  if (kept.styledChars.size > ${keptTexts} || kept.widths.size > ${keptTexts}) kept = new OutputCaches();
  return kept;
}`;
// In place of two of the steps of Output.applyWriteOperation: the lines of a text, and what is seen of a line.
const keptLines = `
const linesOfTexts = new Map();
function keptLines(text, lines) {
  if (linesOfTexts.size > ${keptTexts}) linesOfTexts.clear();
  linesOfTexts.set(text, lines);
  return lines;
}
const slices = new Map();
function keptSlice(output, line, from, to) {
  const key = from + ' ' + to + ' ' + line;
  let slice = slices.get(key);
  if (slice === undefined) {
    if (slices.size > ${keptTexts}) slices.clear();
    slice = output.sliceLineToColumns(line, from, to);
    slices.set(key, slice);
  }
  return slice;
}`;

const keptWidth = `
const keptWidths = new Map();
function keptWidth(text) {
  let width = keptWidths.get(text);
  if (width === undefined) {
    if (keptWidths.size > ${keptTexts}) keptWidths.clear();
    width = widestLine(text);
    keptWidths.set(text, width);
  }
  return width;
}`;

const isPlain =
  'isScreenReaderEnabled || !(color || effectiveBackgroundColor || dimColor || bold || italic || underline || strikethrough || inverse)';
const keptSanitized = `
const sanitized = new Map();
function keptSanitized(text) {
  let clean = sanitized.get(text);
  if (clean === undefined) {
    if (sanitized.size > ${keptTexts}) sanitized.clear();
    clean = sanitizeAnsi(text);
    sanitized.set(text, clean);
  }
  return clean;
}`;

// In place of Output.get: a row that is written as in the frame before is not put together cell by cell again.
const keptRows = `
let rowsBefore = {width: 0, rows: []};
function keptRows(output) {
  const {width, height} = output;
  const writes = Array.from({length: height}, () => []);
  const clips = [];
  const placed = [];
  for (const operation of output.operations) {
    if (operation.type === 'clip') clips.push(intersectClips(clips.at(-1), operation.clip));
    else if (operation.type === 'unclip') clips.pop();
    else {
      const clip = clips.at(-1);
      const {x, y, text, transformers} = operation;
      let lines = 1;
      for (let at = text.indexOf('\\n'); at >= 0; at = text.indexOf('\\n', at + 1)) lines++;
      placed.push({operation, clip, from: Math.max(0, y), to: Math.min(height, y + lines)});
      for (let row = Math.max(0, y); row < Math.min(height, y + lines); row++)
        writes[row].push(x, y, text, clip?.x1, clip?.x2, clip?.y1, clip?.y2, transformers.length, ...transformers);
    }
  }
  const before = rowsBefore.width === width ? rowsBefore.rows : [];
  const isKept = writes.map((written, y) => before[y] !== undefined && sameWrites(written, before[y].written));
  const cells = writes.map((_, y) =>
    isKept[y] ? undefined : Array.from({length: width}, () => ({type: 'char', value: ' ', fullWidth: false, styles: []})),
  );
  for (const {operation, clip, from, to} of placed)
    if (!isKept.slice(from, to).every(Boolean)) output.applyWriteOperation(cells, operation, clip);
  const rows = writes.map((written, y) => ({
    written,
    text: cells[y] ? styledCharsToString(cells[y].filter((cell) => cell !== undefined)).trimEnd() : before[y].text,
  }));
  rowsBefore = {width, rows};
  return {output: rows.map(({text}) => text).join('\\n'), height};
}
function sameWrites(one, other) {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}`;

/** For esbuild: Ink with what did not change kept from frame to frame. */
export const keptBetweenFrames: Plugin = {
  name: 'kept-between-frames',
  setup(context) {
    const change = (file: string, changes: Readonly<Record<string, string>>, more = '') =>
      context.onLoad({filter: new RegExp(`ink[/\\\\]build[/\\\\]${file}\\.js$`)}, ({path}) =>
        changed(path, changes, more),
      );
    change(
      'output',
      {
        'caches = new OutputCaches();': 'caches = keptCaches();',
        'of this.caches.getStyledChars(text)': 'of linesOfTexts.has(text) ? [] : this.caches.getStyledChars(text)',
        'lines = characterLines.map(line => styledCharsToString(line))':
          'lines = linesOfTexts.get(text) ?? keptLines(text, characterLines.map(line => styledCharsToString(line)))',
        'return this.sliceLineToColumns(line, from, to)': 'return keptSlice(this, line, from, to)',
        '    get() {': '    get() { return keptRows(this);',
      },
      keptCaches + keptLines + keptRows,
    );
    change('squash-text-nodes', {'= sanitizeAnsi(': '= keptSanitized('}, keptSanitized);
    change('render-node-to-output', {'= widestLine(text)': '= keptWidth(text)'}, keptWidth);
    // A text without colours of its own has nothing to change; a new function for that would make its rows others.
    change('components[/\\\\]Text', {
      'isScreenReaderEnabled ? undefined : transform': `${isPlain} ? undefined : transform`,
    });
  },
};

/** A file of a library with some places changed, and lines after its end. */
async function changed(path: string, changes: Readonly<Record<string, string>>, more: string): Promise<OnLoadResult> {
  let text = await readFile(path, 'utf8');
  for (const [before, after] of Object.entries(changes)) {
    if (text.split(before).length !== 2) throw new Error(`${path} no longer has ${before}`);
    text = text.replace(before, after);
  }
  return {contents: `${text}\n${more}`, loader: 'js'};
}
