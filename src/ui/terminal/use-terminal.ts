import type {DOMElement} from 'ink';
import {measureElement} from 'ink';
import type {RefObject} from 'react';
import {createContext, use, useEffect, useRef} from 'react';
import type {ScreenSpots} from './screen-spots.ts';

/** What components may do with the terminal as a whole. */
export interface AppTerminal {
  /** Ends the app; the line is printed on the normal screen. With an error the app ends as crashed. */
  exit(summaryLine?: string, error?: unknown): void;
  /**
   * Gives the terminal to somebody else (an editor, a pager) until the promise settles. The signal is aborted when the
   * app ends meanwhile: then it must end too.
   */
  suspend<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Writes the whole screen again. */
  redraw(): void;
  /** Copies text to the clipboard of the person's terminal (OSC 52). */
  copy(text: string): void;
}

/** The terminal of the app; set by mountApp. */
export const TerminalContext = createContext<(AppTerminal & {readonly spots: ScreenSpots}) | undefined>(undefined);

export function useTerminal(): AppTerminal {
  return useMounted();
}

/** Where panes, overlays and cursors are announced. */
export function useScreenSpots(): ScreenSpots {
  return useMounted().spots;
}

/** Puts the real cursor into a box of Ink's, at this column and row of it; nowhere when undefined. */
export function useCursorIn(
  box: RefObject<DOMElement | null>,
  at: {readonly column: number; readonly row: number} | undefined,
): void {
  const spots = useScreenSpots();
  const latest = useRef(at);
  const wanted = at !== undefined;
  useEffect(() => {
    latest.current = at;
    spots.moved();
  });
  useEffect(() => {
    if (!wanted) return;
    return spots.addCursor({
      measure() {
        if (!box.current || !latest.current) return undefined;
        const {x, y} = measureElement(box.current);
        return {x: x + latest.current.column, y: y + latest.current.row};
      },
    });
  }, [spots, box, wanted]);
}

function useMounted(): AppTerminal & {readonly spots: ScreenSpots} {
  const terminal = use(TerminalContext);
  if (!terminal) throw new Error('The terminal is used outside of mountApp.');
  return terminal;
}
