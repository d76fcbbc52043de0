import type {ReactElement} from 'react';
import {wrap} from '../ui/widgets/cells.ts';
import {Panel} from '../ui/widgets/Panel.tsx';
import {panelBorder} from '../ui/widgets/panel-edges.ts';
import {Rows} from '../ui/widgets/Rows.tsx';
import {row} from '../ui/widgets/rows.ts';
import {Split} from '../ui/widgets/Split.tsx';
import {paneGrid} from './runs/pane-plan.ts';

interface ShownPane {
  /** Whose output it shows. */
  readonly id: string;
  /** Its number among the panes, from 0. */
  readonly place: number;
  readonly width: number;
  readonly height: number;
  readonly focused: boolean;
}

interface OutputPanesProps {
  /** What each pane shows; undefined: there is no other output. */
  readonly shown: readonly (string | undefined)[];
  /** The pane that has the focus, if one has. */
  readonly focus: number | undefined;
  /** Only that one is shown. */
  readonly zoomed: boolean;
  readonly size: {readonly width: number; readonly height: number};
  /** Why a pane is empty. Of several only the first says it. */
  readonly none: string;
  readonly children: (pane: ShownPane) => ReactElement;
}

/** Outputs beside and above each other. */
export function OutputPanes({shown, focus, zoomed, size, none, children}: OutputPanesProps) {
  const {width, height} = size;
  const {across, down} = paneGrid(shown.length, width, height);
  return (
    <Split across={across} down={down} width={width} height={height}>
      {(index, wide, high) => {
        const place = zoomed ? (focus ?? 0) : index;
        const pane = {place, width: wide, height: high, focused: focus === place};
        const id = shown[index];
        if (id !== undefined) return children({id, ...pane});
        return <EmptyPane key={`empty ${place}`} says={index === shown.indexOf(undefined) ? none : ''} {...pane} />;
      }}
    </Split>
  );
}

function EmptyPane({says, place, width, height, focused}: Omit<ShownPane, 'id'> & {readonly says: string}) {
  const words = wrap(says, Math.max(8, width - panelBorder - 1));
  return (
    <Panel title={row(`${place + 1}`, 'quiet')} width={width} height={height} focused={focused}>
      <Rows
        rows={words.map((line) => [{text: ' '}, {text: line, tone: 'quiet'}])}
        width={width - panelBorder}
        height={height - panelBorder}
      />
    </Panel>
  );
}
