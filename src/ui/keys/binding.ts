/**
 * One line of the key table. Footer, help and docs are drawn from these, so a key that is not in a table
 * does not exist.
 */
export interface KeyBinding {
  /** Names as the splitter gives them: 'j', 'G', 'ctrl-f', 'alt-1', 'up', 'pageup', 'enter', 'esc', 'tab', 'shift-tab', 'space'. */
  readonly keys: readonly string[];
  /** One or two words for the footer: 'build'. */
  readonly word: string;
  /** A sentence for the help. */
  readonly help: string;
  /** Why it cannot be used now and how to enable it; shown, and said when the key is pressed. */
  readonly disabled?: string;
  /** Left out of the footer (still in help): moves, ends, pages. */
  readonly quiet?: boolean;
  readonly run: () => void;
}
