import type {BoxProps, DOMElement} from 'ink';
import {Box, measureElement} from 'ink';
import type {PropsWithChildren} from 'react';
import {useLayoutEffect, useRef} from 'react';
import {useScreenSpots} from '../terminal/use-terminal.ts';

/**
 * A box that lies above everything drawn before it, panes included: the frame of a dialog. Place it with
 * `position="absolute"` and margins, or inside an absolute box that centres it. It hides what is under it.
 */
export function Overlay(props: PropsWithChildren<BoxProps>) {
  const spots = useScreenSpots();
  const box = useRef<DOMElement>(null);
  useLayoutEffect(
    () => spots.addOverlay({measure: () => (box.current ? measureElement(box.current) : undefined)}),
    [spots],
  );
  // Ink fills a box that has a background; a colour it does not know fills with plain spaces.
  return <Box ref={box} backgroundColor="plain" {...props} />;
}
