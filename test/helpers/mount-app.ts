import type {ReactElement} from 'react';
import {drawWithInk} from '../../src/ui/terminal/draw-with-ink.tsx';
import {type MountedApp, type MountOptions, openTerminal} from '../../src/ui/terminal/open-terminal.ts';

/** Shows the tree on the whole terminal: at once, or when what it is drawn with is loaded. */
export function mountApp(tree: ReactElement, options: MountOptions, loaded?: Promise<void>): MountedApp {
  return openTerminal(
    (parts) => (loaded === undefined ? drawWithInk(tree, parts) : loaded.then(() => drawWithInk(tree, parts))),
    options,
  );
}
