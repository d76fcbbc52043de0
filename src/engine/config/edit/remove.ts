import type {EditContext} from './context.ts';
import {beginsLine, columnOf, lineEnd, lineStart, nextLine, wholeLines} from './lines.ts';
import type {Step} from './locate.ts';
import {refusal} from './refusal.ts';
import {setValue} from './set-value.ts';
import type {Splice} from './splice.ts';

/** Removes a key or an item with all its lines. */
export function remove(context: EditContext): readonly Splice[] {
  const {steps, text, place} = context;
  const step = steps.at(-1);
  if (!step) throw refusal(place, 0, 'A whole file is not removed this way.');
  const {collection, index, entry} = step;
  if (collection.entries.length === 1) {
    return setValue(
      {...context, spot: collection, steps: steps.slice(0, -1)},
      collection.kind === 'map' ? new Map() : [],
    );
  }
  if (collection.isFlow) return [{...flowRange(step, text), text: ''}];
  const next = collection.entries[index + 1];
  if (index === 0 && next && !beginsLine(text, entry.start)) {
    // It shares its line with the dash of the list around it, which stays for the next one.
    const between = text.slice(entry.end, next.start);
    const comment = between.split('\n').slice(1).join('\n').indexOf('#');
    const end = comment < 0 ? next.start : nextLine(text, entry.end) + comment;
    return [{start: entry.start, end, text: ''}];
  }
  const start = ownComment(text, entry.start);
  return [{...wholeLines(text, start, entry.end), text: ''}];
}

/** Where the comment lines right above it begin, at its own indentation. One at the head of the file is the file's. */
function ownComment(text: string, at: number): number {
  const column = columnOf(text, at);
  let start = lineStart(text, at);
  while (start > 0) {
    const above = lineStart(text, start - 1);
    const line = text.slice(above, lineEnd(text, above)).replace('\ufeff', '');
    if (line.indexOf('#') !== column || line.trimStart()[0] !== '#') return start;
    start = above;
  }
  return start === 0 ? lineStart(text, at) : start;
}

/** With one of the commas beside it. */
function flowRange({collection, index, entry}: Step, text: string): {readonly start: number; readonly end: number} {
  const next = collection.entries[index + 1];
  if (next) return {start: entry.start, end: next.start};
  const previous = collection.entries[index - 1];
  const start = previous?.end ?? entry.start;
  // A comment in between belongs to the one before; its comma then stays too, which is allowed at the end.
  return text.slice(start, entry.start).includes('#') ? {start: entry.start, end: entry.end} : {start, end: entry.end};
}
