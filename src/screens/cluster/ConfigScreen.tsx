import {Box} from 'ink';
import {useMemo} from 'react';
import type {ConfigReading, Problem} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {plain, wrap} from '../../ui/widgets/cells.ts';
import {List} from '../../ui/widgets/List.tsx';
import {listLead} from '../../ui/widgets/list-rows.ts';
import {cursorIndex} from '../../ui/widgets/list-state.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {quietRow, type Row, row} from '../../ui/widgets/rows.ts';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import type {AppModel} from '../app-model.ts';
import {DetailPanel, detailInner} from '../DetailPanel.tsx';
import {problemNote} from '../problem-note.ts';
import {layoutFor} from './cluster-layout.ts';
import type {ClusterState} from './cluster-state.ts';
import {chosenOf, filterConfig, placeOf, problemKeys} from './config-actions.ts';
import {finishChange} from './config-changes.ts';
import {useConfigKeys} from './config-keys.ts';
import {configLook, problemRow, valueDetail} from './config-rows.ts';
import type {ShownConfig} from './config-shown.ts';
import {configTitle} from './config-title.ts';

export interface ConfigScreenProps {
  readonly app: AppModel;
  readonly state: ClusterState;
  readonly reading: ConfigReading;
  readonly width: number;
  readonly height: number;
}

/** The configuration as templates see it: every value with where it comes from, and what is wrong. */
export function ConfigScreen({app, state, reading, width, height}: ConfigScreenProps) {
  const theme = useTheme();
  const shown = app.cluster.shown();
  const bodyHeight = Math.max(3, height - (state.filtering || state.editing ? 1 : 0));
  const layout = layoutFor(width, bodyHeight);
  const {item, problem} = chosenOf(app);
  const detailColumns = detailInner(layout.detailWidth);
  const detailRows = useMemo((): readonly Row[] => {
    if (item) return valueDetail(item, reading, detailColumns, theme);
    return problem ? problemDetail(problem, reading, detailColumns, theme) : [];
  }, [item, problem, reading, detailColumns, theme]);
  const page = Math.max(1, layout.listHeight - panelBorder - 1);
  const detailPage = layout.detailHeight - panelBorder;
  useConfigKeys(app, state, {page, detailRows: detailRows.length, detailPage});

  const rows = state.view === 'problems' ? reading.problems.length : shown.lines.length;
  const cursor =
    state.view === 'problems'
      ? cursorIndex(state.problems, problemKeys(reading.problems))
      : cursorIndex(state.trees[state.view].list, shown.keys);
  const inner = {width: layout.listWidth - panelBorder, height: layout.listHeight - panelBorder};
  const list = (
    <Panel
      title={configTitle(state, reading, shown.found.size, inner.width - 2 - asideCells, theme)}
      aside={rows > page ? row(`${cursor + 1}/${rows}`, 'quiet') : []}
      width={layout.listWidth}
      height={layout.listHeight}
      focused={!state.detailFocused}
    >
      {state.view === 'problems' ? (
        <ProblemList state={state} reading={reading} cursor={cursor} {...inner} />
      ) : (
        <ValueTree state={state} reading={reading} cursor={cursor} shown={shown} {...inner} />
      )}
    </Panel>
  );
  const top = Math.min(state.detailTop, Math.max(0, detailRows.length - detailPage));
  const detail = (
    <DetailPanel
      title={item?.node.key ?? (problem ? placeOf(problem, reading) || 'Problem' : undefined)}
      rows={detailRows}
      top={top}
      width={layout.detailWidth}
      height={layout.detailHeight}
      focused={state.detailFocused}
    />
  );
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      <Box width={width} height={bodyHeight} flexShrink={0} flexDirection={layout.place === 'below' ? 'column' : 'row'}>
        {layout.place === 'instead' ? (
          state.detailFocused ? (
            detail
          ) : (
            list
          )
        ) : (
          <>
            {list}
            {detail}
          </>
        )}
      </Box>
      {state.filtering ? (
        <TextInput
          prompt="/"
          title="Filter"
          width={width}
          initial={state.filter}
          words={['keep', 'show all']}
          onChange={(text) => filterConfig(app, text)}
          onSubmit={() => app.cluster.set({filtering: false})}
          onCancel={() => {
            filterConfig(app, '');
            app.cluster.set({filtering: false});
          }}
        />
      ) : null}
      {state.editing ? (
        <TextInput
          key={`${state.editing.file} ${state.editing.key}`}
          prompt={editPrompt(state.editing.key, width, theme)}
          title="Change a value"
          width={width}
          initial={state.editing.text}
          words={['write', 'leave as it is']}
          onSubmit={(typed) => void finishChange(app, typed)}
          onCancel={() => app.cluster.set({editing: undefined})}
        />
      ) : null}
    </Box>
  );
}

/** The end of the key says most. */
function editPrompt(key: string, width: number, theme: Theme): string {
  const room = Math.floor(width / 2);
  const shown = plain(key);
  return shown.length <= room ? `${shown}: ` : `${theme.glyphs.ellipsis}${shown.slice(-room)}: `;
}

/** What '1000/1000' takes of the title's line. */
const asideCells = 12;

interface ListRoom {
  readonly state: ClusterState;
  readonly reading: ConfigReading;
  readonly cursor: number;
  readonly width: number;
  readonly height: number;
}

interface ValueTreeProps extends ListRoom {
  readonly shown: ShownConfig;
}

function ValueTree({state, reading, cursor, shown, width, height}: ValueTreeProps) {
  const theme = useTheme();
  const look = useMemo(
    () => configLook(shown, reading.draft?.folder ?? '', width - listLead, theme),
    [shown, reading, width, theme],
  );
  const say = (text: string): readonly Row[] =>
    wrap(text, Math.max(8, width - 2)).map((line) => [{text: ' '}, {text: line}]);
  return (
    <List
      length={shown.lines.length}
      cursor={cursor}
      width={width}
      height={height}
      focused={!state.detailFocused}
      header={look.header}
      rowOf={(index) => {
        const line = look.rowOf(index);
        const isWay = state.filter !== '' && !shown.found.has(shown.keys[index] ?? '');
        return isWay ? quietRow(line) : line;
      }}
      empty={
        state.filter !== ''
          ? say(`Nothing matches "${plain(state.filter)}". Esc shows everything.`)
          : say(
              reading.draft
                ? 'There is nothing in this view.'
                : 'Nothing can be shown before this is mended: [ says what is wrong.',
            )
      }
    />
  );
}

function ProblemList({state, reading, cursor, width, height}: ListRoom) {
  const theme = useTheme();
  const {problems} = reading;
  return (
    <List
      length={problems.length}
      cursor={cursor}
      width={width}
      height={height}
      focused={!state.detailFocused}
      rowOf={(index) => {
        const problem = problems[index];
        return problem ? problemRow(problem, placeOf(problem, reading), theme) : [];
      }}
      empty={[row(' Nothing is wrong with this configuration.', 'ok')]}
    />
  );
}

function problemDetail(problem: Problem, reading: ConfigReading, width: number, theme: Theme): readonly Row[] {
  const place = placeOf(problem, reading);
  const about = [place, ...(problem.key === undefined ? [] : [plain(problem.key)])].filter((part) => part !== '');
  return [
    ...problemNote(problem, width, 100, theme),
    ...wrap(about.join('  '), Math.max(8, width - 2)).map((line) => row(`  ${line}`, 'quiet')),
  ];
}
