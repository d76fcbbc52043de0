import type {RunView} from '../../engine/index.ts';
import type {KeyBinding} from '../../ui/keys/binding.ts';
import {matchKeys, moveKeys} from '../../ui/widgets/list-keys.ts';
import {type ListAction, nextFound, reduceList} from '../../ui/widgets/list-state.ts';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import {runCommands} from '../command-line.ts';
import {showCommand} from '../show-command.tsx';
import {nextPaneCount} from './pane-plan.ts';
import {openCancel, openResume, openTask, repeatRun} from './run-dialogs.tsx';
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
    model.set({plan: reduceList(from, action, ids), chosen: true});
  };
  const places = (): number => (model.choices.get().zoomed ? 1 : shownPanes(model, layout));
  const focusBy = (by: number): void => {
    const {focus, zoomed} = model.choices.get();
    if (zoomed) {
      model.set({focus: ((focus ?? 0) + by + model.panes().length) % model.panes().length});
      return;
    }
    const all = places() + 1;
    const at = focus === undefined ? 0 : Math.min(focus, places() - 1) + 1;
    const next = (at + by + all) % all;
    model.set({focus: next === 0 ? undefined : next - 1});
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
  const next = nextPaneCount(choices.paneCount, layout.panes.width, layout.panes.height || layout.plan.height);
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
      {keys: ['tab'], word: 'pane', help: 'The next pane: plan, then outputs.', run: () => focusBy(1)},
      {keys: ['shift-tab'], word: 'pane before', help: 'The pane before.', quiet: true, run: () => focusBy(-1)},
      {
        keys: ['p'],
        word: next === 1 ? 'one pane' : `${next} panes`,
        help: 'Split the outputs: 1, 2, 4, 6, 9 panes, as many as fit.',
        run: () => model.set({paneCount: next, focus: undefined, zoomed: false}),
      },
      {
        keys: ['z'],
        word: choices.zoomed ? 'unzoom' : 'zoom',
        help: 'Give the output with the focus the whole room, and back.',
        run: () => {
          const {zoomed, focus} = model.choices.get();
          model.set({zoomed: !zoomed, focus: focus ?? 0});
        },
      },
      {
        keys: ['d'],
        word: 'details',
        help: 'Everything about the task under the cursor.',
        run: () => openTask(app, model),
      },
      {
        keys: ['space'],
        word: 'keep',
        help: 'Keep the output of the task under the cursor in a pane of its own, or let it go.',
        quiet: choices.paneCount === 1,
        run: () => {
          const {held} = model.choices.get();
          const task = model.selected();
          if (task === undefined) return;
          model.set({held: held.includes(task) ? held.filter((other) => other !== task) : [...held, task]});
        },
      },
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
      ...Array.from(
        {length: 9},
        (_, pane): KeyBinding => ({
          keys: [`alt-${pane + 1}`],
          word: `pane ${pane + 1}`,
          help: `Go to pane ${pane + 1}.`,
          quiet: true,
          run: () => {
            if (pane < model.choices.get().paneCount) model.set({focus: pane});
          },
        }),
      ),
      {
        keys: ['/'],
        word: 'find',
        help: 'Find tasks by title, state or what became of them: failed, for one; n and N go through them.',
        quiet: view.state.tasks.length < 2,
        run: () => model.set({input: 'find'}),
      },
      ...matchKeys(choices.plan.filter, (direction) => findTask(model, direction)),
      ...moveKeys(act, layout.plan.height - 2),
      {
        keys: ['!'],
        word: 'command',
        help: 'Show the headless commands for this run.',
        quiet: true,
        run: () => showCommand(app, runCommands(model.id, status)),
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

/** Goes to the next or previous task that the search found; with a shift of -1 stays where one is found. */
export function findTask(model: RunModel, direction: 1 | -1, shift = 0): void {
  const {tasks} = model.view.get().state;
  const ids = tasks.map(({id}) => id);
  const found = new Set(foundTasks(tasks, model.choices.get().plan.filter).map(({id}) => id));
  const id = nextFound(ids, found, ids.indexOf(model.selected() ?? '') + shift, direction);
  if (id !== undefined) model.choose(id);
}

function shownPanes(model: RunModel, layout: RunLayout): number {
  return layout.panes.height === 0 ? 1 : model.choices.get().paneCount;
}

function readOnly(app: AppModel): {readonly disabled?: string} {
  return app.settings.readOnly ? {disabled: 'This is read-only: open pai-tui without --readonly.'} : {};
}
