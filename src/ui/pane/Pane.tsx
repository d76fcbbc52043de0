import type {BoxProps, DOMElement} from 'ink';
import {Box, measureElement} from 'ink';
import {useLayoutEffect, useRef} from 'react';
import type {PaneSource} from '../pane-source.ts';
import {useScreenSpots} from '../terminal/use-terminal.ts';

export interface PaneProps
  extends Pick<BoxProps, 'width' | 'height' | 'flexGrow' | 'flexShrink' | 'flexBasis' | 'minWidth' | 'minHeight'> {
  readonly source: PaneSource;
  /** The pane that has the focus is painted more often, and its cursor is shown. */
  readonly focused?: boolean;
}

/**
 * An empty box that is painted from its source, outside Ink. Fills what it is in unless it is given a size;
 * draw borders and titles around it.
 */
export function Pane({source, focused = false, flexGrow = 1, ...size}: PaneProps) {
  const spots = useScreenSpots();
  const box = useRef<DOMElement>(null);
  const hasFocus = useRef(focused);
  useLayoutEffect(
    () =>
      spots.addPane({
        source,
        get focused() {
          return hasFocus.current;
        },
        measure: () => (box.current ? measureElement(box.current) : undefined),
      }),
    [spots, source],
  );
  // Where it is the compositor measures with each frame; a hook that keeps it as state makes Ink draw everything twice.
  useLayoutEffect(() => {
    hasFocus.current = focused;
    spots.moved();
  });
  return <Box ref={box} flexGrow={flexGrow} {...size} />;
}
