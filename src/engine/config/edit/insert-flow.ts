/** Insertions into collections in flow style, and into what is empty. */

import type {EditContext} from './context.ts';
import {beginsLine, columnOf, lineEnd} from './lines.ts';
import type {Entry} from './outline.ts';
import {refusal} from './refusal.ts';
import type {Splice} from './splice.ts';

/** Puts an entry before the one that is `index` now. */
export function insertFlow({spot, text, layout}: EditContext, index: number, fresh: string): readonly Splice[] {
  const ownLine = (start: number) => layout.lineEnd + ' '.repeat(columnOf(text, start));
  const behind = spot.entries[index];
  const last = spot.entries.at(-1);
  if (behind) return [at(behind.start, `${fresh},${beginsLine(text, behind.start) ? ownLine(behind.start) : ' '}`)];
  if (!last) return [at(spot.start + 1, fresh)];
  const end = lineEnd(text, last.end);
  if (!beginsLine(text, last.start) || end >= spot.end) return [at(last.end, `, ${fresh}`)];
  // The others have a line each, so the new one gets its own, behind the comment of the last one.
  if (commaBehind(last, spot.end, text)) return [at(end, `${ownLine(last.start)}${fresh},`)];
  return [at(last.end, ','), at(end, ownLine(last.start) + fresh)];
}

interface First {
  flow(): string;
  /** The first line is not indented. */
  block(column: number): string;
  readonly column: number;
  /** Whether block style may begin on the line that is there (behind a dash). */
  readonly isInline: boolean;
}

/** Puts a first entry where null stands. */
export function insertFirst({spot, text, layout, place}: EditContext, first: First): readonly Splice[] {
  const isNull = spot.kind === 'empty' || /^(?:~|null|Null|NULL)$/.test(text.slice(spot.start, spot.end));
  if (!isNull) throw refusal(place, spot.start, 'Here stands a value of another kind, to which nothing can be added.');
  if (spot.kind !== 'empty') return [{start: spot.start, end: spot.end, text: first.flow()}];
  if (spot.inFlow) return [at(spot.behind, ` ${first.flow()}`)];
  const block = first.block(first.column);
  if (spot.outer < 0) return [atEnd(text, block, layout.lineEnd)];
  if (first.isInline) return [at(spot.behind, ` ${block}`)];
  return [at(lineEnd(text, spot.behind), layout.lineEnd + ' '.repeat(first.column) + block)];
}

/** Of a document that says nothing: comments stay above. */
function atEnd(text: string, block: string, lineBreak: string): Splice {
  const isWhole = text === '' || text.endsWith('\n') || text === '\ufeff';
  return at(text.length, isWhole ? block + lineBreak : lineBreak + block);
}

function at(offset: number, text: string): Splice {
  return {start: offset, end: offset, text};
}

/** Whether a comma stands between the last entry and the closing bracket. */
function commaBehind(last: Entry, closing: number, text: string): boolean {
  return text
    .slice(last.end, closing - 1)
    .split('\n')
    .some((line) => line.replace(/#.*$/, '').includes(','));
}
