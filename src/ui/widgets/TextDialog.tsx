import {plain, wrap} from './cells.ts';
import {Dialog} from './Dialog.tsx';
import type {DialogButton} from './dialog-state.ts';
import {Rows} from './Rows.tsx';
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
export function TextDialog({title, screen, texts, buttons, onCancel, danger = false}: TextDialogProps) {
  const width = Math.min(72, screen.columns);
  const rows = texts.flatMap((text, index) => [
    ...(index > 0 && screen.rows >= 15 ? [[]] : []),
    ...wrap(plain(text), width - 4).map((line) => row(line)),
  ]);
  return (
    <Dialog
      title={title}
      screen={screen}
      width={width}
      height={rows.length + 4}
      buttons={buttons}
      onCancel={onCancel}
      danger={danger}
    >
      {(bodyWidth, bodyHeight) => <Rows rows={rows} width={bodyWidth} height={bodyHeight} />}
    </Dialog>
  );
}
