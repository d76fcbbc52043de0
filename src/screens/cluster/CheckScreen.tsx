import {Box} from 'ink';
import {useEffect, useMemo} from 'react';
import {stateCounts} from '../../engine/index.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {wrap} from '../../ui/widgets/cells.ts';
import {List} from '../../ui/widgets/List.tsx';
import {moveKeys} from '../../ui/widgets/list-keys.ts';
import {listLead} from '../../ui/widgets/list-rows.ts';
import {cursorIndex, type ListAction, reduceList} from '../../ui/widgets/list-state.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {type Row, row} from '../../ui/widgets/rows.ts';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import {queryCommand} from '../command-line.ts';
import {DetailPanel, detailInner} from '../DetailPanel.tsx';
import {problemNote} from '../problem-note.ts';
import {showCommand} from '../show-command.tsx';
import {useStore} from '../use-store.ts';
import type {CheckView} from './check-model.ts';
import {checkDetail, checkRow} from './check-rows.ts';
import {layoutFor} from './cluster-layout.ts';

export interface CheckScreenProps {
  readonly app: AppModel;
  readonly width: number;
  readonly height: number;
}

/** Whether Kubernetes can go on the machines: every check, machines of the same result together. */
export function CheckScreen({app, width, height}: CheckScreenProps) {
  const theme = useTheme();
  const {checks} = app;
  const state = useStore(checks);
  const {folded, list, detailFocused, running} = state;
  useEffect(() => {
    const {endedAt, problem} = checks.get();
    if (endedAt === undefined && problem === undefined) void checks.run();
  }, [checks]);
  const layout = layoutFor(width, height);
  const keys = useMemo(() => folded.map(keyOf), [folded]);
  const cursor = cursorIndex(list, keys);
  const chosen = folded[cursor];
  const detailColumns = detailInner(layout.detailWidth);
  const detailRows = useMemo(
    () => (chosen ? checkDetail(chosen, detailColumns, theme) : []),
    [chosen, detailColumns, theme],
  );
  const page = Math.max(1, layout.listHeight - panelBorder);
  const detailPage = layout.detailHeight - panelBorder;
  const highest = Math.max(0, detailRows.length - detailPage);
  const top = Math.min(state.detailTop, highest);
  const act = (action: ListAction): void => {
    const now = checks.get();
    if (!now.detailFocused) {
      checks.set({list: reduceList(now.list, action, now.folded.map(keyOf)), detailTop: 0});
      return;
    }
    const target =
      action.type === 'move' ? now.detailTop + action.by : action.type === 'to' ? action.index : now.detailTop;
    checks.set({detailTop: Math.max(0, Math.min(highest, target))});
  };
  useKeyTable(
    [
      {
        keys: ['ctrl-r'],
        word: 'check again',
        help: 'Ask all machines again. Nothing is changed on any of them.',
        ...(running ? {disabled: 'The machines are being asked.'} : {}),
        run: () => void checks.run(),
      },
      {
        keys: ['tab', 'shift-tab', 'd', 'enter'],
        word: detailFocused ? 'list' : 'details',
        help: 'Go to what is said about the one under the cursor; again: back.',
        run: () => checks.set({detailFocused: !checks.get().detailFocused, detailTop: 0}),
      },
      ...moveKeys(act, page),
      {
        keys: ['!'],
        word: 'command',
        help: 'Show the headless command that checks the same.',
        quiet: true,
        run: () => showCommand(app, [['Check', queryCommand(app.settings, ['cluster', 'check'])]]),
      },
      {
        keys: ['esc'],
        word: 'back',
        help: 'Leave the details, then the checks; machines that are still asked are left alone.',
        run: () => {
          if (checks.get().detailFocused) checks.set({detailFocused: false, detailTop: 0});
          else {
            checks.stop();
            app.cluster.set({inChecks: false});
          }
        },
      },
    ],
    {layer: 'screen', title: 'Checks'},
  );

  const inner = {width: layout.listWidth - panelBorder, height: layout.listHeight - panelBorder};
  const listPanel = (
    <Panel
      title={row(titleOf(state), 'title')}
      aside={row(
        running ? `asking, ${state.through} through` : folded.length > page ? `${cursor + 1}/${folded.length}` : '',
        'quiet',
      )}
      width={layout.listWidth}
      height={layout.listHeight}
      focused={!detailFocused}
    >
      <List
        length={folded.length}
        cursor={cursor}
        focused={!detailFocused}
        rowOf={(index) => {
          const result = folded[index];
          return result ? checkRow(result, inner.width - listLead, theme) : [];
        }}
        empty={
          state.problem ? problemNote(state.problem, inner.width, inner.height, theme) : emptyRows(running, inner.width)
        }
        {...inner}
      />
    </Panel>
  );
  const detailPanel = (
    <DetailPanel
      title={chosen?.check}
      rows={detailRows}
      top={top}
      width={layout.detailWidth}
      height={layout.detailHeight}
      focused={detailFocused}
    />
  );
  const instead = detailFocused ? detailPanel : listPanel;
  return (
    <Box width={width} height={height} flexDirection={layout.place === 'below' ? 'column' : 'row'} overflow="hidden">
      {layout.place === 'instead' ? (
        instead
      ) : (
        <>
          {listPanel}
          {detailPanel}
        </>
      )}
    </Box>
  );
}

/** What stays the same when another result of the same kind comes. */
function keyOf({check, state, detail}: CheckView['folded'][number]): string {
  return `${check} ${state} ${state === 'ok' ? '' : detail}`;
}

function titleOf({folded}: CheckView): string {
  const counts = stateCounts(folded.flatMap(({results}) => results));
  return counts === '' ? 'Checks' : `Checks: ${counts}`;
}

function emptyRows(running: boolean, width: number): readonly Row[] {
  const text = running
    ? 'Asking all machines at once. Nothing is changed on any of them; one that does not answer holds nobody up.'
    : 'Nothing was checked. Ctrl-r asks the machines.';
  return wrap(text, Math.max(8, width - 2)).map((line) => [{text: ' '}, {text: line, tone: 'quiet' as const}]);
}
