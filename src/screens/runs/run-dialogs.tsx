import {type RunView, type TaskState, taskTitle} from '../../engine/index.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {count} from '../../ui/widgets/amounts.ts';
import {plain, wrap} from '../../ui/widgets/cells.ts';
import {RowsDialog} from '../../ui/widgets/RowsDialog.tsx';
import {row} from '../../ui/widgets/rows.ts';
import {TextDialog} from '../../ui/widgets/TextDialog.tsx';
import type {AppModel} from '../app-model.ts';
import type {ScreenSize} from '../app-settings.ts';
import {openApproval} from '../approval/ApprovalDialog.tsx';
import {effectRows} from '../approval/approval-rows.ts';
import {askForSecret} from '../machines/SecretDialog.tsx';
import {problemNote} from '../problem-note.ts';
import {useStore} from '../use-store.ts';
import type {RunModel} from './run-model.ts';

/** Asks whether a run is to be stopped: first gently, then at once. */
export function openCancel(app: AppModel, model: RunModel): void {
  app.open((screen) => <CancelDialog app={app} model={model} screen={screen} />);
}

/** Asks whether an interrupted run is to be gone on with. */
export function openResume(app: AppModel, id: string): void {
  const {runs} = app.settings.engine;
  const go = async ({given = []}: RunView): Promise<void> => {
    app.closeOverlay();
    const machineSecrets = app.machines.get().secrets;
    // They are in no file of the run.
    const missing = given.find((kind) => machineSecrets[kind] === undefined);
    if (missing !== undefined) {
      const why = 'The run was given one, which is kept nowhere.';
      askForSecret(app, {first: missing, why, given: () => openResume(app, id)});
      return;
    }
    try {
      await runs.resume(id, {machineSecrets});
      app.say('It goes on.', 'ok');
    } catch (thrown) {
      app.sayProblem(thrown);
    }
  };
  void (async () => {
    try {
      const view = await runs.show(id);
      const left = view.state.tasks.filter(({status}) => status !== 'done').length;
      app.open((screen) => (
        <TextDialog
          title="Go on with this run?"
          screen={screen}
          texts={[
            view.explanation ??
              `Its runner is gone. What is done is looked at again and stays done if it still is; ${count(left, 'task')} ${left === 1 ? 'is' : 'are'} left.`,
          ]}
          buttons={[
            {label: 'Only look', run: app.closeOverlay},
            {label: 'Resume', run: () => void go(view)},
          ]}
          onCancel={app.closeOverlay}
        />
      ));
    } catch (thrown) {
      app.sayProblem(thrown);
    }
  })();
}

/** Makes a new plan for what an ended run was asked for. */
export function repeatRun(app: AppModel, id: string): void {
  // Whose lock was taken over then says nothing of who holds it now.
  app.settings.engine.runs
    .requestOf(id)
    .then(({takeOverLock: _, ...request}) => openApproval(app, request), app.sayProblem);
}

/** Shows everything about the task under the cursor. */
export function openTask(app: AppModel, model: RunModel): void {
  const id = model.selected();
  const task = model.view.get().state.tasks.find((other) => other.id === id);
  if (task) app.open((screen) => <TaskDialog app={app} task={task} screen={screen} />);
}

interface CancelDialogProps {
  readonly app: AppModel;
  readonly model: RunModel;
  readonly screen: ScreenSize;
}

function CancelDialog({app, model, screen}: CancelDialogProps) {
  const view = useStore(model.view);
  const stop = async (): Promise<void> => {
    app.closeOverlay();
    try {
      await app.settings.engine.runs.cancel(model.id);
    } catch (thrown) {
      app.sayProblem(thrown);
    }
  };
  const {title, texts, button} = cancelQuestion(view);
  return (
    <TextDialog
      title={title}
      screen={screen}
      texts={texts}
      danger={view.state.cancel !== undefined}
      buttons={[
        {label: button === undefined ? 'Close' : 'Let it run', run: app.closeOverlay},
        ...(button === undefined ? [] : [{label: button, run: () => void stop()}]),
      ]}
      onCancel={app.closeOverlay}
    />
  );
}

/** What is asked at each stage of stopping a run, and what the button says; no button when there is nothing left to ask. */
function cancelQuestion({state}: RunView): {
  readonly title: string;
  readonly texts: readonly string[];
  readonly button?: string;
} {
  const running = state.tasks.filter((task) => task.status === 'running');
  const critical = running.filter((task) => task.critical);
  const names = (tasks: readonly TaskState[]): string => tasks.map((task) => plain(taskTitle(task))).join(', ');
  if (state.status !== 'running' && state.status !== 'waiting') {
    return {title: 'It has ended', texts: ['There is nothing to stop any more.']};
  }
  if (state.cancel === undefined) {
    return {
      title: 'Stop this run?',
      texts: [
        `No new task starts.${running.length > 0 ? ` Running now: ${names(running)}.` : ''}`,
        critical.length > 0
          ? `These are in the middle of a change and will finish it: ${names(critical)}.`
          : 'What runs is told to stop. What is done stays done, and r repeats the rest later.',
      ],
      button: 'Stop the run',
    };
  }
  if (state.cancel.stage === 2) {
    return {title: 'It is stopping', texts: [`Everything was told to stop at once, by ${plain(state.cancel.by)}.`]};
  }
  return {
    title: 'Stop at once?',
    texts: [
      `It is stopping already, asked by ${plain(state.cancel.by)}. ${count(running.length, 'task')} still running${running.length > 0 ? `: ${names(running)}` : ''}.`,
      critical.length > 0
        ? `Stopping at once leaves these half-done: ${names(critical)}. The report will list what to look at.`
        : 'None of them is in the middle of a change that must not be cut.',
    ],
    button: critical.length > 0 ? 'Cut them off' : 'Stop at once',
  };
}

interface TaskDialogProps {
  readonly app: AppModel;
  readonly task: TaskState;
  readonly screen: ScreenSize;
}

function TaskDialog({app, task, screen}: TaskDialogProps) {
  const theme = useTheme();
  const said = `${task.status}${task.attempt > 1 ? `, try ${task.attempt}` : ''}${task.note ? `: ${plain(task.note)}` : ''}`;
  return (
    <RowsDialog
      title={plain(taskTitle(task))}
      screen={screen}
      width={110}
      buttons={[{label: 'Close', run: app.closeOverlay}]}
      onCancel={app.closeOverlay}
      rowsOf={(width) => [
        ...wrap(said, width).map((line) => row(line)),
        ...(task.problem ? problemNote(task.problem, width, Number.POSITIVE_INFINITY, theme) : []),
        [],
        ...effectRows(task, width),
      ]}
    />
  );
}
