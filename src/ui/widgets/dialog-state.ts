import {cellWidth} from './cells.ts';
import {panelBorder} from './panel-edges.ts';

/** A button of a dialog. */
export interface DialogButton {
  readonly label: string;
  readonly run: () => void;
  /** Why it cannot be pressed now. */
  readonly disabled?: string | undefined;
}

/** Index of the button that has the focus after a move; goes round. */
export function nextButton(focus: number, by: number, amount: number): number {
  return amount === 0 ? 0 : (focus + by + amount) % amount;
}

/** The buttons in rows of this many cells, as many in each as fit: half a label says nothing of what a button does. */
export function buttonRows(buttons: readonly DialogButton[], width: number): readonly (readonly DialogButton[])[] {
  const rows: DialogButton[][] = [];
  let used = 0;
  for (const button of buttons) {
    const cells = cellWidth(button.label) + buttonEdges;
    const row = rows.at(-1);
    if (row && used + buttonGap + cells <= width) {
      row.push(button);
      used += buttonGap + cells;
    } else {
      rows.push([button]);
      used = cells;
    }
  }
  return rows;
}

/** Around the label of a button that has the focus; one that has not is narrower. */
const buttonEdges = 3;
const buttonGap = 2;

/** Rows of a dialog that are not its body. */
export function rowsAroundBody(
  buttons: readonly DialogButton[],
  {width, asksName}: {readonly width: number; readonly asksName: boolean},
): number {
  return panelBorder + buttonRows(buttons, width).length + (asksName ? rowsOfName : 0);
}

/** What is to be typed, the line it is typed into, and one between them and the body. */
const rowsOfName = 3;

/** Cells of a row of the body and of the buttons, in a dialog of this many. */
export function dialogInside(width: number): number {
  return width - panelBorder - 2;
}

/** Whether what was typed is the name a dialog asks for. Blanks around it do not count, case does. */
export function nameTyped(typed: string, name: string): boolean {
  return typed.trim() === name;
}
