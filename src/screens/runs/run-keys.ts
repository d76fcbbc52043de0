import type {RunView} from '../../engine/index.ts';
import type {KeyBinding} from '../../ui/keys/binding.ts';
import {matchKeys, moveKeys} from '../../ui/widgets/list-keys.ts';
import {type ListAction, nextFound, reduceList} from '../../ui/widgets/list-state.ts';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import {runCommands} from '../command-line.ts';
import {showCommand} from '../show-command.tsx';
import {paneKeys} from './pane-keys.ts';
import {openCancel, openResume, openTask, repeatRun} from './run-dialogs.tsx';
import {placeIn, taskBeside, taskNear} from './run-grid.ts';
import type {RunLayout} from './run-layout.ts';
import type {RunModel} from './run-model.ts';
import {foundTasks} from './run-rows.ts';

/** The keys of one run. */
export function useRunKeys(app: AppModel, model: RunModel, view: RunView, layout: RunLayout): void {
  const choices = model.choices.get();
  const {status} = view.summary;
  const runs = status === 'running' || status === 'waiting';
  const act = (action: ListAction): void => {
    const ids = model.view.get().state.tasks.map((task) => task.id);
    const {plan, chosen} = model.choices.get();
    const from = chosen ? plan : {...plan, cursor: model.selected()};
    const grid = model.grid();
    if (grid && (action.type === 'move' || action.type === 'to')) {
      const {row, column} = placeIn(grid, model.selected());
      const task = taskNear(grid, action.type === 'move' ? row + action.by : action.index, column);
      if (task !== undefined) model.choose(task);
      return;
    }
    model.set({plan: reduceList(from, action, ids), chosen: true});
  };
  const inPlan = choices.focus === undefined;
  const enter: KeyBinding =
    status === 'interrupted'
      ? {
          keys: ['enter'],
          word: 'resume',
          help: 'Go on with this interrupted run.',
          ...readOnly(app),
          run: () => openResume(app, model.id),
        }
      : {
          keys: ['enter'],
          word: inPlan ? 'output' : 'plan',
          help: 'Go to the output of the task under the cursor, and back to the plan.',
          run: () => model.set({focus: model.choices.get().focus === undefined ? 0 : undefined}),
        };
  const panes = paneKeys(model, layout, {list: 'plan', item: 'task'});
  useKeyTable(
    [
      ...(runs
        ? [
            {
              keys: ['ctrl-c'],
              word: 'stop',
              help: 'Stop this run; asks first.',
              ...readOnly(app),
              run: () => openCancel(app, model),
            },
          ]
        : []),
      enter,
      {
        keys: ['r'],
        word: 'repeat',
        help: 'Make a new plan for the same request; what is done stays done.',
        quiet: runs,
        ...(runs ? {disabled: 'It still runs: Ctrl-c stops it.'} : readOnly(app)),
        run: () => repeatRun(app, model.id),
      },
      ...panes.moves,
      {
        keys: ['d'],
        word: 'details',
        help: 'Everything about the task under the cursor.',
        run: () => openTask(app, model),
      },
      panes.keep,
      {
        keys: ['a'],
        word: 'auto',
        help: 'Let the cursor go with what runs again.',
        quiet: true,
        run: () => model.set({chosen: false, focus: undefined}),
      },
      {
        keys: ['ctrl-s'],
        word: 'save',
        help: 'Write the whole output to a file.',
        run: () => model.set({input: 'save'}),
      },
      {
        keys: ['x'],
        word: 'export',
        help: 'Write the whole run into one archive for support; secrets are replaced.',
        quiet: true,
        run: () => model.set({input: 'export'}),
      },
      ...panes.numbers,
      {
        keys: ['/'],
        word: 'find',
        help: 'Find tasks by title, state or what became of them: failed, for one; n and N go through them.',
        quiet: view.state.tasks.length < 2,
        run: () => model.set({input: 'find'}),
      },
      ...matchKeys(choices.plan.filter, (direction) => findTask(model, direction)),
      ...moveKeys(act, layout.plan.height - 2),
      ...gridKeys(model),
      {
        keys: ['!'],
        word: 'command',
        help: 'Show the headless commands for this run.',
        quiet: true,
        run: () => showCommand(app, runCommands(model.id, status, app.settings.state)),
      },
      {
        keys: ['esc'],
        word: 'back',
        help: 'Leave the pane, then the search, then the run; the run goes on.',
        quiet: true,
        run: () => {
          const {zoomed, focus, plan} = model.choices.get();
          if (zoomed || focus !== undefined) model.set({zoomed: false, focus: undefined});
          else if (plan.filter !== '') act({type: 'filter', text: ''});
          else app.leaveRun();
        },
      },
    ],
    {layer: 'screen', title: 'Run', active: choices.input === undefined},
  );
}

/** Going through the phases of a machine, and between the two ways to see a plan. */
function gridKeys(model: RunModel): readonly KeyBinding[] {
  const grid = model.grid();
  const {asList} = model.choices.get();
  if (!grid && !asList) return [];
  const sideways = (keys: readonly string[], word: string, by: 1 | -1): KeyBinding => ({
    keys,
    word,
    help: `Go to the ${word} of the same machine.`,
    quiet: true,
    ...(grid ? {} : {disabled: 'One task a line is shown: ] shows machines and phases.'}),
    run: () => {
      const now = model.grid();
      const task = now && taskBeside(now, placeIn(now, model.selected()), by);
      if (task !== undefined) model.choose(task);
    },
  });
  return [
    sideways(['l', 'right'], 'next phase', 1),
    sideways(['h', 'left'], 'phase before', -1),
    {
      keys: [']', '['],
      word: asList ? 'grid' : 'list',
      help: 'Show the plan by machine and phase, or with one line a task.',
      run: () => model.set({asList: !model.choices.get().asList}),
    },
  ];
}

/** Goes to the next or previous task that the search found; with a shift of -1 stays where one is found. */
export function findTask(model: RunModel, direction: 1 | -1, shift = 0): void {
  const {tasks} = model.view.get().state;
  const ids = tasks.map(({id}) => id);
  const found = new Set(foundTasks(tasks, model.choices.get().plan.filter).map(({id}) => id));
  const id = nextFound(ids, found, ids.indexOf(model.selected() ?? '') + shift, direction);
  if (id !== undefined) model.choose(id);
}

function readOnly(app: AppModel): {readonly disabled?: string} {
  return app.settings.readOnly ? {disabled: 'This is read-only: open pai-tui without --readonly.'} : {};
}
