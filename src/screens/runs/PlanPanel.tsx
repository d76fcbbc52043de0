import {taskTitle} from '../../engine/index.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {cellWidth} from '../../ui/widgets/cells.ts';
import {List} from '../../ui/widgets/List.tsx';
import {listLead} from '../../ui/widgets/list-rows.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {quietRow, row} from '../../ui/widgets/rows.ts';
import type {AppModel} from '../app-model.ts';
import {useNow} from '../use-now.ts';
import {useStore} from '../use-store.ts';
import type {RunModel} from './run-model.ts';
import {foundTasks, taskRow} from './run-rows.ts';

export interface PlanPanelProps {
  readonly app: AppModel;
  readonly model: RunModel;
  readonly width: number;
  readonly height: number;
  readonly focused: boolean;
}

/** The plan with one line a task. */
export function PlanPanel({app, model, width, height, focused}: PlanPanelProps) {
  const theme = useTheme();
  const view = useStore(model.view);
  const {held, chosen, pinned, plan} = useStore(model.choices);
  const {tasks} = view.state;
  const runs = view.summary.status === 'running' && tasks.some(({status}) => status === 'running');
  useNow(app, runs);
  const interrupted = view.summary.status === 'interrupted';
  const selected = model.selected();
  const cursor = Math.max(
    0,
    tasks.findIndex((task) => task.id === selected),
  );
  const titleCells = tasks.reduce((most, task) => Math.max(most, cellWidth(taskTitle(task))), 0);
  const found = new Set(foundTasks(tasks, plan.filter));
  const inner = width - panelBorder;
  return (
    <Panel
      title={[
        {text: 'Plan', tone: 'title'},
        ...(plan.filter === ''
          ? []
          : [{text: ` ${theme.glyphs.separator} find: ${plan.filter} (${found.size})`, tone: 'accent' as const}]),
        ...(chosen || pinned !== undefined
          ? []
          : runs
            ? [{text: ` ${theme.glyphs.separator} with what runs`, tone: 'quiet' as const}]
            : []),
      ]}
      aside={row(tasks.length > height - panelBorder ? `${cursor + 1}/${tasks.length}` : '', 'quiet')}
      width={width}
      height={height}
      focused={focused}
    >
      <List
        length={tasks.length}
        cursor={cursor}
        width={inner}
        height={height - panelBorder}
        focused={focused}
        rowOf={(index) => {
          const task = tasks[index];
          if (!task) return [];
          const silentMs = model.silentFor(task);
          const look = {width: inner - listLead, theme, up: model.up(), interrupted, titleCells, silentMs};
          return found.has(task) ? taskRow(task, look) : quietRow(taskRow(task, look));
        }}
        isMarked={(index) => held.includes(tasks[index]?.id ?? '')}
        empty={[row(' The plan has no tasks.', 'quiet')]}
      />
    </Panel>
  );
}
