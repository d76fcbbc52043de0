import type {KeyBinding} from '../../ui/keys/binding.ts';
import {type AppTerminal, useTerminal} from '../../ui/terminal/use-terminal.ts';
import {matchKeys, moveKeys} from '../../ui/widgets/list-keys.ts';
import type {ListAction} from '../../ui/widgets/list-state.ts';
import {foldKeys} from '../../ui/widgets/tree-keys.ts';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import {queryCommand} from '../command-line.ts';
import {type NamedCommand, showCommand} from '../show-command.tsx';
import {type ClusterState, noProblems} from './cluster-state.ts';
import {actOnConfig, chosenOf, filterConfig, goToMatch, goToProblem, viewAt} from './config-actions.ts';
import {beginChange, changeRefused, fileOf, openInEditor, openRefused} from './config-changes.ts';

/** What the keys must know of the drawing: rows of a page, and of what stands beside the list. */
export interface ConfigRoom {
  readonly page: number;
  readonly detailRows: number;
  readonly detailPage: number;
}

export function useConfigKeys(app: AppModel, state: ClusterState, room: ConfigRoom): void {
  const {cluster} = app;
  const terminal = useTerminal();
  const moving = (action: ListAction): void => {
    const {detailFocused, detailTop} = cluster.get();
    if (!detailFocused) {
      actOnConfig(app, action);
      return;
    }
    const highest = Math.max(0, room.detailRows - room.detailPage);
    const target = action.type === 'move' ? detailTop + action.by : action.type === 'to' ? action.index : detailTop;
    cluster.set({detailTop: Math.max(0, Math.min(highest, target))});
  };
  const inProblems = state.view === 'problems';
  const treeOnly = inProblems ? {disabled: 'Problems are listed here: go back to the values with [.'} : {};
  const view = (by: number): void => cluster.set({view: viewAt(cluster.get(), by), detailFocused: false, detailTop: 0});
  useKeyTable(
    [
      enterKey(app, terminal, state),
      ...foldKeys((action) =>
        actOnConfig(
          app,
          action.type === 'unfold-all'
            ? {...action, type: action.type, roots: cluster.shown().items}
            : (action as {type: 'fold'}),
        ),
      ).map((binding) => ({...binding, ...treeOnly, ...(inProblems ? {quiet: true} : {})})),
      fileKey(app, terminal),
      {
        ...changeKey(app, ['e'], 'Change the value in its file.'),
        ...(inProblems ? {disabled: 'Problems are listed here: Enter goes to the value.'} : {}),
      },
      {keys: [']'], word: viewAt(state, 1), help: 'The next view: services, Kubernetes, problems.', run: () => view(1)},
      {
        keys: ['['],
        word: 'view before',
        help: 'The view before: problems, Kubernetes, services.',
        quiet: true,
        run: () => view(-1),
      },
      {
        keys: ['/'],
        word: 'filter',
        help: 'Show only what has these words in its key or value; n and N go through it.',
        quiet: inProblems,
        ...treeOnly,
        run: () => cluster.set({filtering: true, detailFocused: false}),
      },
      ...matchKeys(state.filter, (direction) => goToMatch(app, direction)).map((binding) => ({
        ...binding,
        ...treeOnly,
      })),
      {
        keys: ['tab', 'shift-tab', 'd'],
        word: state.detailFocused ? 'list' : 'details',
        help: 'Go to what is said about the one under the cursor; again: back.',
        run: () => cluster.set({detailFocused: !cluster.get().detailFocused, detailTop: 0}),
      },
      ...moveKeys(moving, room.page),
      ...configKeys(app, state),
      {
        keys: ['esc'],
        word: 'back',
        help: 'Leave the details, then the filter, then the configuration.',
        run: () => {
          const now = cluster.get();
          if (now.detailFocused) cluster.set({detailFocused: false, detailTop: 0});
          else if (now.filter !== '' && now.view !== 'problems') filterConfig(app, '');
          else cluster.set({inConfig: false, detailTop: 0});
        },
      },
    ],
    {layer: 'screen', title: 'Configuration', active: !state.filtering && !state.editing},
  );
}

/** What works in the summary and in the configuration alike. */
export function configKeys(app: AppModel, {view}: ClusterState): readonly KeyBinding[] {
  const none = app.settings.config === undefined ? {disabled: noConfiguration} : {};
  return [
    {
      keys: ['ctrl-r'],
      word: 'check again',
      help: 'Read the configuration again. It is read again by itself when its files change.',
      quiet: true,
      ...none,
      run: () => {
        app.say('Reading the configuration again.');
        void app.cluster.check();
        app.status.again();
      },
    },
    {
      keys: ['!'],
      word: 'command',
      help: 'Show the headless commands that check and show this.',
      quiet: true,
      run: () => showCommand(app, commandsFor(app, view)),
    },
  ];
}

export const noConfiguration = 'No configuration was given: open pai-tui with -c DIR, or set PAI_CONFIG.';

function commandsFor(app: AppModel, view: ClusterState['view']): readonly NamedCommand[] {
  const check: NamedCommand = ['Check', queryCommand(app.settings, ['config', 'check'])];
  const show = (name: 'services' | 'kubernetes'): NamedCommand => [
    name === 'services' ? 'Show what services see' : 'Show what Kubernetes sees',
    queryCommand(app.settings, ['config', 'show', '--view', name]),
  ];
  const shows = view === 'kubernetes' ? [show('kubernetes'), show('services')] : [show('services'), show('kubernetes')];
  return view === 'problems' ? [check, ...shows] : [...shows, check];
}

/** In the tree a branch folds and a leaf is changed; a problem leads to its value, or to its file. */
function enterKey(app: AppModel, terminal: AppTerminal, {view, reading}: ClusterState): KeyBinding {
  if (view === 'problems') {
    const none = (reading?.problems ?? noProblems).length === 0;
    return {
      keys: ['enter'],
      word: 'go to value',
      help: 'Go to the value this is about; where there is none, open the file at its line.',
      ...(none ? {disabled: 'Nothing is wrong here.'} : {}),
      run: () => {
        const {problem} = chosenOf(app);
        if (!problem || goToProblem(app, problem)) return;
        const place = fileOf({problem});
        const refusal = openRefused(app, {problem});
        if (place && refusal === undefined) void openInEditor(app, terminal, place);
        else app.say(place ? (refusal ?? '') : 'This is about no single value and no file.');
      },
    };
  }
  const {item} = chosenOf(app);
  if (item?.node.children) {
    return {
      keys: ['enter'],
      word: 'fold',
      help: 'Show or hide what is below; a single value is changed in its file.',
      quiet: true,
      run: () => actOnConfig(app, {type: 'toggle'}),
    };
  }
  return changeKey(app, ['enter'], 'Change the value in its file; of what holds others: show or hide what is below.');
}

function changeKey(app: AppModel, keys: readonly string[], help: string): KeyBinding {
  const {item} = chosenOf(app);
  const refusal = changeRefused(app, item?.node);
  return {
    keys,
    word: 'change',
    help,
    quiet: refusal !== undefined || keys.includes('e'),
    ...(refusal === undefined ? {} : {disabled: refusal}),
    run: () => {
      if (item) void beginChange(app, item.node);
    },
  };
}

function fileKey(app: AppModel, terminal: AppTerminal): KeyBinding {
  const refusal = openRefused(app, chosenOf(app));
  return {
    keys: ['y'],
    word: 'editor',
    help: 'Open the file at this line in your editor (EDITOR, VISUAL); it is checked again when you come back.',
    ...(refusal === undefined ? {} : {disabled: refusal}),
    run: () => {
      const place = fileOf(chosenOf(app));
      if (place) void openInEditor(app, terminal, place);
    },
  };
}
