/** What a pane on screen shows: rows that are painted outside Ink (docs/decisions: panes outside Ink). */
export interface PaneSource {
  /**
   * The rows for a pane of this size, top to bottom, at most `height` of them. A row is text with SGR colours only:
   * no other control characters, at most `width` cells wide. Called again on every paint; must be cheap.
   */
  rows(width: number, height: number): readonly string[];
  /** Calls the listener when rows would differ. Returns the function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Where the real cursor stands, when the pane has the focus. */
  cursor?(): {readonly column: number; readonly row: number} | undefined;
}
