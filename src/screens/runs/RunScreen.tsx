import {Box} from 'ink';
import {useEffect, useMemo} from 'react';
import {problemOf, type RunView} from '../../engine/index.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import type {AppModel} from '../app-model.ts';
import {FindInput} from '../FindInput.tsx';
import {OutputPanes} from '../OutputPanes.tsx';
import {problemNote} from '../problem-note.ts';
import {useStore} from '../use-store.ts';
import {GridPanel} from './GridPanel.tsx';
import {OutputPane} from './OutputPane.tsx';
import {PlanPanel} from './PlanPanel.tsx';
import {panesFit} from './pane-plan.ts';
import {RunHeader} from './RunHeader.tsx';
import {findTask, useRunKeys} from './run-keys.ts';
import {runLayout} from './run-layout.ts';
import type {RunModel} from './run-model.ts';
import {outcomeRows} from './run-outcome.ts';

export interface RunScreenProps {
  readonly app: AppModel;
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

/** One run: its plan with what became of each task, beside it what they say. */
export function RunScreen({app, id, width, height}: RunScreenProps) {
  const theme = useTheme();
  const followed = useMemo(() => {
    try {
      return {model: app.runs.follow(id)};
    } catch (thrown) {
      return {problem: problemOf(thrown)};
    }
  }, [app, id]);
  if (!('model' in followed)) {
    return (
      <Rows rows={[[], ...problemNote(followed.problem, width - 2, height - 1, theme)]} width={width} height={height} />
    );
  }
  return <FollowedRun app={app} model={followed.model} width={width} height={height} />;
}

interface FollowedRunProps {
  readonly app: AppModel;
  readonly model: RunModel;
  readonly width: number;
  readonly height: number;
}

function FollowedRun({app, model, width, height}: FollowedRunProps) {
  const theme = useTheme();
  const view = useStore(model.view);
  const choices = useStore(model.choices);
  const asking = choices.input !== undefined && choices.input !== 'search';
  const outcome = outcomeRows(view, width - 2, outcomeHeight(height, view), theme);
  const body = Math.max(3, height - 1 - outcome.length - (asking ? 1 : 0));
  const grid = model.grid();
  const rows = grid ? grid.rows.length + gridHead : view.state.tasks.length;
  const layout = runLayout(width, body, rows, choices, grid !== undefined);
  const fits = panesFit(choices.paneCount, layout.panes.width, layout.panes.height);
  const panes = model.panes().slice(0, fits ? choices.paneCount : 1);
  const shown = choices.zoomed ? [panes[choices.focus ?? 0]] : panes;
  useEffect(() => model.keep(shown.filter((task) => task !== undefined)));
  useRunKeys(app, model, view, layout);
  const planPanel = {app, model, ...layout.plan, focused: choices.focus === undefined};
  const search = (text: string): void => {
    model.set({plan: {...model.choices.get().plan, filter: text}});
    if (text !== '') findTask(model, 1, -1);
  };
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      <RunHeader app={app} model={model} width={width} />
      {outcome.length > 0 ? (
        <Box paddingX={1}>
          <Rows rows={outcome} width={width - 2} height={outcome.length} />
        </Box>
      ) : null}
      <Box
        flexDirection={layout.beside ? 'row' : 'column'}
        width={width}
        height={body}
        flexShrink={0}
        overflow="hidden"
      >
        {layout.plan.height > 0 ? grid ? <GridPanel {...planPanel} grid={grid} /> : <PlanPanel {...planPanel} /> : null}
        {layout.panes.height > 0 ? (
          <OutputPanes
            shown={shown}
            focus={choices.focus}
            zoomed={choices.zoomed}
            size={layout.panes}
            none="Nothing else runs, failed, or is kept here."
          >
            {({id: paneId, ...pane}) => <OutputPane key={paneId} app={app} model={model} task={paneId} {...pane} />}
          </OutputPanes>
        ) : null}
      </Box>
      {choices.input === 'find' ? (
        <FindInput
          width={width}
          initial={choices.plan.filter}
          onSearch={search}
          onClose={() => model.set({input: undefined})}
        />
      ) : null}
      {choices.input === 'save' || choices.input === 'export' ? (
        <FileName app={app} model={model} width={width} />
      ) : null}
    </Box>
  );
}

/** Rows above those of machines: how far all of them are, and the names of phases. */
const gridHead = 2;

/** Enough to say what happened, and never what the plan and the outputs need. */
function outcomeHeight(height: number, {state}: RunView): number {
  if (height < 12) return 1;
  // No output says what kept the whole run from being carried out: it is read here or nowhere.
  const refused = state.problem !== undefined && !state.tasks.some(({status}) => status === 'failed');
  return height < 30 && !refused ? 3 : 8;
}

/** Asks where an output or the whole run is to be written. */
function FileName({app, model, width}: {readonly app: AppModel; readonly model: RunModel; readonly width: number}) {
  const {input} = model.choices.get();
  const {runs} = app.settings.engine;
  const task = model.watched();
  const close = (): void => model.set({input: undefined});
  const write = async (file: string): Promise<void> => {
    close();
    if (file.trim() === '') return;
    try {
      if (input === 'export') {
        await runs.export(model.id, file.trim());
        app.say(`Written: ${file.trim()}`, 'ok');
      } else if (task !== undefined) {
        app.say(`Written: ${await runs.saveOutput(model.id, task, file.trim())}`, 'ok');
      }
    } catch (thrown) {
      app.sayProblem(thrown);
    }
  };
  return (
    <TextInput
      prompt={input === 'export' ? 'write the whole run to: ' : 'write this output to: '}
      title="File name"
      width={width}
      words={['write', 'cancel']}
      initial={input === 'export' ? `${model.id}.tar.gz` : `${(task ?? model.id).replaceAll('/', '-')}.log`}
      onSubmit={(file) => void write(file)}
      onCancel={close}
    />
  );
}
