import {plain, wrap} from './cells.ts';
import type {DialogButton} from './dialog-state.ts';
import {RowsDialog} from './RowsDialog.tsx';
import {row} from './rows.ts';

export interface TextDialogProps {
  readonly title: string;
  readonly screen: {readonly columns: number; readonly rows: number};
  /** Paragraphs. */
  readonly texts: readonly string[];
  readonly buttons: readonly DialogButton[];
  readonly onCancel: () => void;
  readonly danger?: boolean;
}

/** A question in sentences. */
export function TextDialog({texts, danger = false, ...dialog}: TextDialogProps) {
  return (
    <RowsDialog
      {...dialog}
      danger={danger}
      width={72}
      rowsOf={(width) =>
        texts.flatMap((text, index) => [
          ...(index > 0 && dialog.screen.rows >= 15 ? [[]] : []),
          ...wrap(plain(text), width).map((line) => row(line)),
        ])
      }
    />
  );
}
