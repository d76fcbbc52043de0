import type {Theme} from '../theme/theme.ts';
import {windowTop} from './list-state.ts';
import {type Row, rowText, spread} from './rows.ts';

export interface ListLook {
  readonly length: number;
  readonly cursor: number;
  readonly width: number;
  readonly height: number;
  readonly focused: boolean;
  /** Asked only for the rows that are shown, in `width - listLead` cells. */
  readonly rowOf: (index: number) => Row;
  readonly isMarked?: (index: number) => boolean;
  /** Names of the columns. */
  readonly header?: Row;
}

/** Cells before each row: the pointer and the mark. */
export const listLead = 2;

/** The rows of a list that are seen, and the index of the first of them, given the one before. */
export function listRows(
  {length, cursor, width, height, focused, rowOf, isMarked, header}: ListLook,
  topBefore: number,
  theme: Theme,
): {readonly rows: readonly Row[]; readonly top: number} {
  const head: readonly Row[] = header && height > 3 ? [[{text: ' '.repeat(listLead)}, ...header]] : [];
  const room = Math.max(1, height - head.length);
  const top = windowTop(topBefore, cursor, room, length);
  const rows: Row[] = [...head];
  for (let index = top; index < Math.min(length, top + room); index += 1) {
    const here = index === cursor;
    const body = rowOf(index);
    const pointer = here ? theme.glyphs.pointer : ' ';
    const mark = isMarked?.(index) ? theme.glyphs.marked : ' ';
    const selected = (): Row => [
      {text: rowText(spread([{text: pointer + mark}, ...body], [], width, theme.glyphs.ellipsis)), tone: 'selected'},
    ];
    rows.push(here && focused ? selected() : [{text: pointer, tone: 'focus'}, {text: mark, tone: 'accent'}, ...body]);
  }
  return {rows, top};
}
