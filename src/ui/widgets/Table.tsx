import {useMemo} from 'react';
import {useTheme} from '../theme/use-theme.ts';
import {List} from './List.tsx';
import {listLead} from './list-rows.ts';
import type {ListState} from './list-state.ts';
import type {Row} from './rows.ts';
import {type Column, columnWidths, tableHeader, tableRow} from './table-columns.ts';

export interface TableProps<T> {
  /** Filtered and sorted. */
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly cursor: number;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly sorted: Pick<ListState, 'sort' | 'reversed'>;
  readonly width: number;
  readonly height: number;
  readonly focused: boolean;
  readonly isMarked?: (item: T) => boolean;
  /** Shown when there is nothing: why, and which key makes the first one. */
  readonly empty?: readonly Row[];
}

/** Items in columns; only the rows that are seen are made, however many there are. */
export function Table<T>({items, columns, now, sorted, isMarked, empty, ...list}: TableProps<T>) {
  const theme = useTheme();
  const {width} = list;
  const widths = useMemo(() => columnWidths(columns, width - listLead), [columns, width]);
  return (
    <List
      length={items.length}
      {...list}
      header={tableHeader(columns, widths, sorted, theme)}
      rowOf={(index) => {
        const item = items[index];
        return item === undefined ? [] : tableRow(columns, widths, item, {theme, now});
      }}
      {...(isMarked ? {isMarked: (index: number) => items[index] !== undefined && isMarked(items[index])} : {})}
      {...(empty ? {empty} : {})}
    />
  );
}
