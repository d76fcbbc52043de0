import type {Instance} from 'ink';
import {render} from 'ink';
import type {ReactElement} from 'react';
import {AppRoot} from './AppRoot.tsx';
import {createInkInput} from './ink-stream.ts';
import type {DrawParts} from './open-terminal.ts';

/** Draws the tree through the compositor of an opened terminal, until it is unmounted. */
export function drawWithInk(tree: ReactElement, {terminal, compositor, router, theme}: DrawParts): Instance {
  return render(
    <AppRoot terminal={terminal} compositor={compositor} router={router} theme={theme}>
      {tree}
    </AppRoot>,
    {
      stdout: compositor.stream as unknown as NodeJS.WriteStream,
      stdin: createInkInput() as unknown as NodeJS.ReadStream,
      // Ink takes CI=1 for a machine nobody looks at and would draw nothing.
      interactive: true,
      patchConsole: false,
      exitOnCtrlC: false,
      maxFps: 60,
    },
  );
}
