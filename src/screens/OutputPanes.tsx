import type {ReactElement} from 'react';
import {Split} from '../ui/widgets/Split.tsx';
import {paneGrid} from './runs/pane-plan.ts';

interface ShownPane {
  /** Whose output it shows; undefined: there is no other. */
  readonly id: string | undefined;
  /** Its number among the panes, from 0. */
  readonly place: number;
  readonly width: number;
  readonly height: number;
  readonly focused: boolean;
}

interface OutputPanesProps {
  readonly shown: readonly (string | undefined)[];
  /** The pane that has the focus, if one has. */
  readonly focus: number | undefined;
  /** Only that one is shown. */
  readonly zoomed: boolean;
  readonly size: {readonly width: number; readonly height: number};
  readonly children: (pane: ShownPane) => ReactElement;
}

/** Outputs beside and above each other. */
export function OutputPanes({shown, focus, zoomed, size, children}: OutputPanesProps) {
  const {width, height} = size;
  const {across, down} = paneGrid(shown.length, width, height);
  return (
    <Split across={across} down={down} width={width} height={height}>
      {(index, wide, high) => {
        const place = zoomed ? (focus ?? 0) : index;
        return children({id: shown[index], place, width: wide, height: high, focused: focus === place});
      }}
    </Split>
  );
}
