import {Box} from 'ink';
import {Fragment, type ReactNode} from 'react';

export interface SplitProps {
  readonly across: number;
  readonly down: number;
  readonly width: number;
  readonly height: number;
  /** Draws one place, counted left to right and top to bottom. */
  readonly children: (index: number, width: number, height: number) => ReactNode;
}

/** A grid of places that together take exactly this room. */
export function Split({across, down, width, height, children}: SplitProps) {
  const heights = shares(height, down);
  const widths = shares(width, across);
  return (
    <Box flexDirection="column" flexShrink={0} width={width} height={height} overflow="hidden">
      {heights.map(({at: y, size: high}) => (
        <Box key={y} width={width} height={high} flexShrink={0}>
          {widths.map(({at: x, size: wide}) => (
            <Fragment key={x}>{children(y * across + x, wide, high)}</Fragment>
          ))}
        </Box>
      ))}
    </Box>
  );
}

/** A length divided into parts that differ by one at most. */
function shares(length: number, parts: number): readonly {readonly at: number; readonly size: number}[] {
  const each = Math.floor(length / parts);
  return Array.from({length: parts}, (_, at) => ({at, size: each + (at < length - each * parts ? 1 : 0)}));
}
