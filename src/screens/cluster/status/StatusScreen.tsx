import {Box} from 'ink';
import {useEffect, useMemo} from 'react';
import type {ClusterStatus, Problem} from '../../../engine/index.ts';
import type {Theme} from '../../../ui/theme/theme.ts';
import {useTheme} from '../../../ui/theme/use-theme.ts';
import {wrapAtMost} from '../../../ui/widgets/cells.ts';
import {List} from '../../../ui/widgets/List.tsx';
import {listLead} from '../../../ui/widgets/list-rows.ts';
import {cursorIndex} from '../../../ui/widgets/list-state.ts';
import {Panel} from '../../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../../ui/widgets/panel-edges.ts';
import {Rows} from '../../../ui/widgets/Rows.tsx';
import {type Row, row} from '../../../ui/widgets/rows.ts';
import type {AppModel} from '../../app-model.ts';
import {DetailPanel, detailInner} from '../../DetailPanel.tsx';
import {problemNote} from '../../problem-note.ts';
import {useNow} from '../../use-now.ts';
import {useStore} from '../../use-store.ts';
import {statusDetail} from './status-detail.ts';
import {problemsId} from './status-items.ts';
import {useStatusKeys} from './status-keys.ts';
import {nameCells, statusRow, statusTitle} from './status-rows.ts';

export interface StatusScreenProps {
  readonly app: AppModel;
  readonly status: ClusterStatus;
  readonly width: number;
  readonly height: number;
}

/** The running cluster: its machines, its parts, and what is wrong with the key that mends it. */
export function StatusScreen({app, status, width, height}: StatusScreenProps) {
  const theme = useTheme();
  const {problem, asking, items, tree, detailFocused, detailTop} = useStore(app.status);
  const now = useNow(app, true);
  const note = noteRows(status, problem, width - 2, theme);
  const layout = layoutFor(width, height - note.length);
  const page = Math.max(1, layout.listHeight - panelBorder);
  useEffect(() => app.status.unfoldFirst(page), [app, page]);
  const counts = items.find(({id}) => id === problemsId)?.says ?? '';
  const lines = app.status.lines();
  const keys = useMemo(() => lines.map(({item}) => item.id), [lines]);
  const cursor = cursorIndex(tree.list, keys);
  const chosen = lines[cursor]?.item;
  const detailColumns = detailInner(layout.detailWidth);
  const detailRows = useMemo(
    () => (chosen ? statusDetail(chosen, status, {width: detailColumns, theme, now}) : []),
    [chosen, status, detailColumns, theme, now],
  );
  const detailPage = layout.detailHeight - panelBorder;
  const highest = Math.max(0, detailRows.length - detailPage);
  const top = Math.min(detailTop, highest);
  useStatusKeys(app, {page, detailRows: detailRows.length, detailPage});

  const inner = {width: layout.listWidth - panelBorder, height: page};
  const names = useMemo(() => nameCells(lines, inner.width), [lines, inner.width]);
  const listPanel = (
    <Panel
      title={statusTitle(status.cluster, status.health, counts, theme)}
      aside={row(
        [...(asking ? ['asking'] : []), ...(lines.length > page ? [`${cursor + 1}/${lines.length}`] : [])].join(' '),
        'quiet',
      )}
      width={layout.listWidth}
      height={layout.listHeight}
      focused={!detailFocused}
    >
      <List
        length={lines.length}
        cursor={cursor}
        focused={!detailFocused}
        rowOf={(index) => {
          const line = lines[index];
          return line ? statusRow(line, {width: inner.width - listLead, names, theme, now}) : [];
        }}
        {...inner}
      />
    </Panel>
  );
  const detailPanel = (
    <DetailPanel
      title={chosen?.name}
      rows={detailRows}
      top={top}
      width={layout.detailWidth}
      height={layout.detailHeight}
      focused={detailFocused}
    />
  );
  return (
    <Box width={width} height={height} flexDirection="column" overflow="hidden">
      {note.length > 0 ? (
        <Box paddingX={1}>
          <Rows rows={note} width={width - 2} height={note.length} />
        </Box>
      ) : null}
      <Box flexDirection={layout.place === 'below' ? 'column' : 'row'}>
        {layout.place !== 'instead' || !detailFocused ? listPanel : null}
        {layout.place !== 'instead' || detailFocused ? detailPanel : null}
      </Box>
    </Box>
  );
}

/** Why nothing more is known than what is shown, and what to do. */
function noteRows({health}: ClusterStatus, problem: Problem | undefined, width: number, theme: Theme): readonly Row[] {
  if (problem) return problemNote(problem, width, 3, theme);
  if (health !== 'unreached') return [];
  const text =
    'No machine and no API server answered. Enter on a problem says why and what to do; m shows the machines, p checks them, and B boots a cluster that is not there yet.';
  return wrapAtMost(text, width, 3, theme.glyphs.ellipsis).map((line) => row(line, 'warning'));
}

/** Details stand beside the list where it is wide; below it where both have room, else in its place. */
function layoutFor(width: number, height: number) {
  const whole = {listWidth: width, listHeight: height, detailWidth: width, detailHeight: height};
  if (width >= 120) {
    const listWidth = Math.floor(width * 0.6);
    return {...whole, place: 'beside', listWidth, detailWidth: width - listWidth} as const;
  }
  if (height < 30) return {...whole, place: 'instead'} as const;
  const detailHeight = 12;
  return {...whole, place: 'below', listHeight: height - detailHeight, detailHeight} as const;
}
