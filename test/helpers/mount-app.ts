import type {ReactElement} from 'react';
import {drawWithInk} from '../../src/ui/terminal/draw-with-ink.tsx';
import {type MountedApp, type MountOptions, openTerminal} from '../../src/ui/terminal/open-terminal.ts';

/** Shows the tree on the whole terminal at once, as the program does when everything is loaded. */
export function mountApp(tree: ReactElement, options: MountOptions): MountedApp {
  return openTerminal((parts) => drawWithInk(tree, parts), options);
}
