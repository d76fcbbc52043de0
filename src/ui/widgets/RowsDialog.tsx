import {useReducer, useRef} from 'react';
import type {KeyBinding} from '../keys/binding.ts';
import {Dialog, type DialogProps} from './Dialog.tsx';
import {dialogInside, rowsAroundBody} from './dialog-state.ts';
import {moveKeys} from './list-keys.ts';
import type {ListAction} from './list-state.ts';
import {Rows} from './Rows.tsx';
import {type Row, row} from './rows.ts';

export interface RowsDialogProps extends Omit<DialogProps, 'height' | 'children' | 'aside'> {
  /** What it says, in rows of this many cells. */
  readonly rowsOf: (width: number) => readonly Row[];
}

/** A dialog as high as what it says; where the screen is lower, one scrolls in it. */
export function RowsDialog({rowsOf, keys = [], ...dialog}: RowsDialogProps) {
  const {screen, typeName, buttons} = dialog;
  const top = useRef(0);
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const width = dialogInside(Math.min(dialog.width, screen.columns));
  const rows = rowsOf(width);
  const around = rowsAroundBody(buttons, {width, asksName: typeName !== undefined});
  const wanted = rows.length + 1 + around;
  const page = Math.max(1, Math.min(wanted, screen.rows) - around);
  const highest = Math.max(0, rows.length - page);
  const shown = Math.min(top.current, highest);
  const act = (action: ListAction): void => {
    const target = action.type === 'move' ? shown + action.by : action.type === 'to' ? action.index : shown;
    top.current = Math.max(0, Math.min(highest, target));
    redraw();
  };
  const scrolling: readonly KeyBinding[] = highest === 0 ? [] : moveKeys(act, page).map(named);
  const last = Math.min(rows.length, shown + page);
  return (
    <Dialog
      {...dialog}
      height={wanted}
      aside={highest === 0 ? [] : row(`${shown + 1}-${last} of ${rows.length}`, 'quiet')}
      keys={[...keys, ...scrolling]}
    >
      {(wide, high) => <Rows rows={rows.slice(shown)} width={wide} height={high} />}
    </Dialog>
  );
}

/** Nothing says that there is more but the numbers in the title: the footer names the key. */
function named(binding: KeyBinding): KeyBinding {
  return binding.word === 'down' ? {...binding, word: 'more', quiet: false} : binding;
}
