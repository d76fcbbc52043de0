import type {PaneSource} from '../pane-source.ts';
import type {Rect} from './rect.ts';

/** A rectangle Ink left empty, painted from a source. `measure` gives where it is in the present layout. */
export interface PaneSpot {
  readonly source: PaneSource;
  readonly focused: boolean;
  measure(): Rect | undefined;
}

/** A rectangle that lies above all panes and is drawn by Ink: a dialog. */
export interface OverlaySpot {
  measure(): Rect | undefined;
}

/** Where an input of Ink's wants the real cursor. */
export interface CursorSpot {
  measure(): {readonly x: number; readonly y: number} | undefined;
}

/** What components may ask of the screen they are on. Each function that adds returns the one that takes away. */
export interface ScreenSpots {
  addPane(spot: PaneSpot): () => void;
  addOverlay(spot: OverlaySpot): () => void;
  addCursor(spot: CursorSpot): () => void;
  /** Places may have changed although Ink draws the same: measure again soon. */
  moved(): void;
}
