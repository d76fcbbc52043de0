import {useMemo} from 'react';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {fit} from '../../ui/widgets/cells.ts';
import {List} from '../../ui/widgets/List.tsx';
import {listLead} from '../../ui/widgets/list-rows.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {quietRow, row} from '../../ui/widgets/rows.ts';
import {useNow} from '../use-now.ts';
import {useStore} from '../use-store.ts';
import {gridColumns, gridHeader, gridRow} from './grid-rows.ts';
import type {PlanPanelProps} from './PlanPanel.tsx';
import {gridSummary, placeIn, type RunGrid} from './run-grid.ts';
import {foundTasks} from './run-rows.ts';

interface GridPanelProps extends PlanPanelProps {
  readonly grid: RunGrid;
}

/** The plan with a row for each machine and a cell for each of its phases. */
export function GridPanel({app, model, grid, width, height, focused}: GridPanelProps) {
  const theme = useTheme();
  const view = useStore(model.view);
  const {held, plan} = useStore(model.choices);
  const {tasks} = view.state;
  useNow(app, view.summary.status === 'running' && tasks.some(({status}) => status === 'running'));
  const interrupted = view.summary.status === 'interrupted';
  const selected = model.selected();
  const cursor = placeIn(grid, selected);
  const found = useMemo(() => new Set(foundTasks(tasks, plan.filter).map(({id}) => id)), [tasks, plan.filter]);
  const inner = width - panelBorder;
  const rowWidth = inner - listLead;
  const columns = useMemo(() => gridColumns(grid, rowWidth), [grid, rowWidth]);
  const {separator, ellipsis} = theme.glyphs;
  const {rows} = grid;
  const here = rows[cursor.row]?.machine === undefined ? '' : ` ${separator} ${grid.phases[cursor.column] ?? ''}`;
  // The sum of it all is worth a row where one more machine is not.
  const hasSummary = height - panelBorder >= 5;
  const listHeight = height - panelBorder - (hasSummary ? 1 : 0);
  return (
    <Panel
      title={[
        {text: 'Plan', tone: 'title'},
        {text: here, tone: 'quiet'},
        ...(plan.filter === ''
          ? []
          : [{text: ` ${separator} find: ${plan.filter} (${found.size})`, tone: 'accent' as const}]),
      ]}
      aside={row(rows.length > listHeight - 1 ? `${cursor.row + 1}/${rows.length}` : '', 'quiet')}
      width={width}
      height={height}
      focused={focused}
    >
      {hasSummary ? (
        <Rows rows={[row(fit(` ${gridSummary(grid)}`, inner, ellipsis), 'quiet')]} width={inner} height={1} />
      ) : null}
      <List
        length={rows.length}
        cursor={cursor.row}
        width={inner}
        height={listHeight}
        focused={focused}
        header={gridHeader(grid, columns)}
        rowOf={(index) => {
          const shown = rows[index];
          if (!shown) return [];
          const running = shown.cells.find((task) => task?.status === 'running');
          const silentMs = running ? model.silentFor(running) : undefined;
          const look = {width: rowWidth, theme, up: model.up(), interrupted, silentMs};
          const made = gridRow(shown, selected, columns, look);
          return shown.cells.some((task) => task && found.has(task.id)) ? made : quietRow(made);
        }}
        isMarked={(index) => rows[index]?.cells.some((task) => task && held.includes(task.id)) ?? false}
      />
    </Panel>
  );
}
