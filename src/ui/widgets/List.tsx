import {useRef} from 'react';
import {useTheme} from '../theme/use-theme.ts';
import {type ListLook, listRows} from './list-rows.ts';
import {Rows} from './Rows.tsx';
import type {Row} from './rows.ts';

export interface ListProps extends ListLook {
  /** Shown when there is nothing: why, and which key makes the first one. */
  readonly empty?: readonly Row[];
}

/** A window onto a list of any length; only what is seen is drawn. */
export function List({empty = [], ...list}: ListProps) {
  const theme = useTheme();
  const top = useRef(0);
  if (list.length === 0) return <Rows rows={empty} width={list.width} height={list.height} />;
  const window = listRows(list, top.current, theme);
  top.current = window.top;
  return <Rows rows={window.rows} width={list.width} height={list.height} />;
}
