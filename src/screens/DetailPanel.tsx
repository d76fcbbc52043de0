import {Box} from 'ink';
import {Panel} from '../ui/widgets/Panel.tsx';
import {panelBorder} from '../ui/widgets/panel-edges.ts';
import {Rows} from '../ui/widgets/Rows.tsx';
import {type Row, row} from '../ui/widgets/rows.ts';

export interface DetailPanelProps {
  /** Absent: nothing is under the cursor. */
  readonly title: string | undefined;
  /** As wide as `detailInner` of the panel's width. */
  readonly rows: readonly Row[];
  /** The first that is shown. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly focused: boolean;
}

/** What is said about the line under the cursor, beside its list, below it or in its place. */
export function DetailPanel({title, rows, top, width, height, focused}: DetailPanelProps) {
  const page = height - panelBorder;
  const place = `${top + 1}-${Math.min(rows.length, top + page)} of ${rows.length}`;
  return (
    <Panel
      title={row(title ?? 'Nothing chosen', 'title')}
      aside={rows.length > page ? row(place, 'quiet') : []}
      width={width}
      height={height}
      focused={focused}
    >
      <Box paddingX={1}>
        <Rows rows={rows.slice(top)} width={detailInner(width)} height={page} />
      </Box>
    </Panel>
  );
}

/** Columns that a row of details has in a panel so wide. */
export function detailInner(width: number): number {
  return width - panelBorder - 2;
}
