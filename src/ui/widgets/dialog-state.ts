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

/** Whether what was typed is the name a dialog asks for. Blanks around it do not count, case does. */
export function nameTyped(typed: string, name: string): boolean {
  return typed.trim() === name;
}
