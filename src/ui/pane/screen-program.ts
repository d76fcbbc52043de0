import type {PaneSource} from '../pane-source.ts';

/** A program with a screen in memory. */
export interface ScreenProgram {
  readonly screen: {get(): ScreenPicture; subscribe(listener: () => void): () => void};
  /** Whole keys and pastes, as the terminal sent them. */
  write(sent: string): void;
  resize(columns: number, rows: number): void;
  /** Lines scrolled back; 0: at the end. */
  scroll(lines: number): void;
}

/** What a program shows. Rows are text with SGR alone. */
export interface ScreenPicture {
  readonly columns: number;
  readonly rows: readonly string[];
  /** Absent: hidden, or scrolled away. */
  readonly cursor?: {readonly column: number; readonly row: number};
  readonly title?: string;
  /** Lines above the first row. */
  readonly above: number;
  readonly scrolled: number;
}

/** The screen of a program as a pane. While the program has another size than the pane, its upper left part. */
export function screenSource({screen}: ScreenProgram): PaneSource {
  let high = 0;
  return {
    rows(_, height) {
      high = height;
      return screen.get().rows.slice(0, height);
    },
    subscribe: screen.subscribe,
    cursor() {
      const {cursor} = screen.get();
      return cursor && cursor.row < high ? cursor : undefined;
    },
  };
}
