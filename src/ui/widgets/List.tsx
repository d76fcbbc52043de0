import {useRef} from 'react';
import {useTheme} from '../theme/use-theme.ts';
import {windowTop} from './list-state.ts';
import {Rows} from './Rows.tsx';
import {type Row, rowText, spread} from './rows.ts';

export interface ListProps {
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
  /** Shown when there is nothing: why, and which key makes the first one. */
  readonly empty?: readonly Row[];
}

/** Cells before each row: the pointer and the mark. */
export const listLead = 2;

/** A window onto a list of any length; only what is seen is drawn. */
export function List({length, cursor, width, height, focused, rowOf, isMarked, header, empty = []}: ListProps) {
  const theme = useTheme();
  const top = useRef(0);
  if (length === 0) return <Rows rows={empty} width={width} height={height} />;
  const head: readonly Row[] = header && height > 3 ? [[{text: ' '.repeat(listLead)}, ...header]] : [];
  const room = Math.max(1, height - head.length);
  top.current = windowTop(top.current, cursor, room, length);
  const rows: Row[] = [];
  for (let index = top.current; index < Math.min(length, top.current + room); index += 1) {
    const here = index === cursor;
    const marked = isMarked?.(index) ?? false;
    const body = rowOf(index);
    const pointer = here ? theme.glyphs.pointer : ' ';
    const mark = marked ? theme.glyphs.marked : ' ';
    rows.push(
      here && focused
        ? [
            {
              text: rowText(spread([{text: pointer + mark}, ...body], [], width, theme.glyphs.ellipsis)),
              tone: 'selected',
            },
          ]
        : [{text: pointer, tone: 'focus'}, {text: mark, tone: 'accent'}, ...body],
    );
  }
  return <Rows rows={[...head, ...rows]} width={width} height={height} />;
}
