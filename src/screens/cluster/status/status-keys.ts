import type {KeyBinding} from '../../../ui/keys/binding.ts';
import {moveKeys} from '../../../ui/widgets/list-keys.ts';
import {cursorIndex, type ListAction} from '../../../ui/widgets/list-state.ts';
import {foldKeys} from '../../../ui/widgets/tree-keys.ts';
import {reduceTree, type TreeAction} from '../../../ui/widgets/tree-state.ts';
import {useKeyTable} from '../../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../../app-model.ts';
import {queryCommand} from '../../command-line.ts';
import {openLogs} from '../../machines/LogsDialog.tsx';
import {askEtcdfix} from '../../machines/machine-change-keys.ts';
import {unlockFirst} from '../../machines/SecretDialog.tsx';
import {startMachineLog} from '../../machines/start-machine-run.ts';
import {showCommand} from '../../show-command.tsx';
import {changeKeys} from '../change-keys.ts';
import {openingKeys} from '../opening-keys.ts';
import type {StatusItem} from './status-items.ts';

/** What the keys must know of the drawing: rows of a page, and of what is said of one item. */
export interface StatusRoom {
  readonly page: number;
  readonly detailRows: number;
  readonly detailPage: number;
}

/** The item under the cursor. */
function chosenItem({status}: AppModel): StatusItem | undefined {
  const lines = status.lines();
  const keys = lines.map(({item}) => item.id);
  return lines[cursorIndex(status.get().tree.list, keys)]?.item;
}

/** The keys of a cluster that is watched. */
export function useStatusKeys(app: AppModel, room: StatusRoom): void {
  const {status} = app;
  const {detailFocused} = status.get();
  const act = (action: TreeAction<StatusItem>): void => {
    const {tree} = status.get();
    status.set({tree: reduceTree(tree, action, status.lines()), detailTop: 0});
  };
  const moving = (action: ListAction): void => {
    const now = status.get();
    if (!now.detailFocused) {
      act(action);
      return;
    }
    const highest = Math.max(0, room.detailRows - room.detailPage);
    const target =
      action.type === 'move' ? now.detailTop + action.by : action.type === 'to' ? action.index : now.detailTop;
    status.set({detailTop: Math.max(0, Math.min(highest, target))});
  };
  const toDetails = (): void => status.set({detailFocused: !status.get().detailFocused, detailTop: 0});
  const item = chosenItem(app);
  const isOpen = item !== undefined && status.get().tree.unfolded.has(item.id);
  useKeyTable(
    [
      {
        keys: ['enter'],
        word: detailFocused ? 'back' : item?.children ? (isOpen ? 'fold' : 'unfold') : 'open',
        help: 'Everything about the problem or the thing under the cursor; of a part: show or hide what is below.',
        run: () => {
          if (!status.get().detailFocused && chosenItem(app)?.children) act({type: 'toggle'});
          else toDetails();
        },
      },
      ...machineKeys(app, item),
      ...changeKeys(app),
      {
        keys: ['r', 'ctrl-r'],
        word: 'ask anew',
        help: 'Ask every machine and API server now, and read the configuration again. It is asked again by itself too.',
        run: () => {
          app.say('Asking all machines and API servers again.');
          void app.cluster.check();
          status.again();
        },
      },
      ...openingKeys(app),
      {
        keys: ['tab', 'shift-tab', 'd'],
        word: detailFocused ? 'list' : 'details',
        help: 'Go to what is said about the one under the cursor; again: back.',
        run: toDetails,
      },
      ...foldKeys((action) =>
        act(action.type === 'unfold-all' ? {type: action.type, roots: status.get().items} : {type: action.type}),
      ).map((binding) => ({...binding, quiet: true})),
      ...moveKeys(moving, room.page),
      {
        keys: ['!'],
        word: 'command',
        help: 'Show the headless commands for the same.',
        quiet: true,
        run: () => {
          const mend = mendCommand(chosenItem(app));
          showCommand(app, [
            ...(mend === undefined ? [] : [['Mend', queryCommand(app.settings, mend)] as const]),
            ['Status', queryCommand(app.settings, ['cluster', 'status'])],
            ['Check', queryCommand(app.settings, ['cluster', 'check'])],
          ]);
        },
      },
      {
        keys: ['esc'],
        word: 'back',
        help: 'Leave the details.',
        quiet: true,
        run: () => status.set({detailFocused: false, detailTop: 0}),
      },
    ],
    {layer: 'screen', title: 'Cluster'},
  );
}

/** What leads to the machines that the item under the cursor is about. */
function machineKeys(app: AppModel, item: StatusItem | undefined): readonly KeyBinding[] {
  const names = item?.machines ?? [];
  const none = names.length === 0 ? {disabled: 'This is about no machine: choose one, or a problem of one.'} : {};
  const onMachines = (act: (names: readonly string[]) => void) => (): void => {
    const chosen = chosenItem(app)?.machines ?? [];
    showMachines(app, chosen);
    act(chosen);
  };
  return [
    {
      keys: ['m'],
      word: 'machine',
      help: 'Show it on the Machines screen; of several, all of them marked. Host keys and passwords are given there.',
      quiet: names.length === 0,
      ...none,
      run: onMachines(() => {}),
    },
    {
      keys: ['l'],
      word: 'log',
      help: 'Follow the log that says more about a problem, else one that is chosen, of these machines.',
      quiet: names.length === 0,
      ...(names.length > mostFollowed
        ? {disabled: `The logs of ${mostFollowed} machines can be followed at once: choose fewer.`}
        : none),
      run: onMachines((chosen) => {
        const container = chosenItem(app)?.mend?.container;
        unlockFirst(app, chosen, () => {
          if (container === undefined) openLogs(app, chosen);
          else startMachineLog(app, {names: chosen, log: {kind: 'container', container}});
        });
      }),
    },
    {
      keys: ['E'],
      word: 'etcdfix',
      help: 'Mend the member of etcd on this master, by what changes least.',
      quiet: item?.mend?.key !== 'E',
      ...etcdfixOff(app, names),
      run: () => {
        const [name] = chosenItem(app)?.machines ?? [];
        if (name !== undefined) askEtcdfix(app, name);
      },
    },
    {
      keys: ['s'],
      word: 'shell',
      help: 'Open a shell on this machine.',
      quiet: names.length !== 1,
      ...shellOff(app, names),
      run: onMachines(([name]) => {
        if (name !== undefined) unlockFirst(app, [name], () => app.machines.shells.open(name));
      }),
    },
  ];
}

/** As many machines run something at once; more would wait for one that never ends. */
const mostFollowed = 40;

function shellOff({settings}: AppModel, names: readonly string[]): {readonly disabled?: string} {
  if (settings.readOnly) return {disabled: 'This is read-only: open pai-tui without --readonly to open shells.'};
  if (names.length === 1) return {};
  return {
    disabled: names.length === 0 ? 'This is about no machine: choose one.' : 'Choose a single machine for a shell.',
  };
}

function etcdfixOff({settings}: AppModel, names: readonly string[]): {readonly disabled?: string} {
  if (settings.readOnly) return {disabled: 'This is read-only: open pai-tui without --readonly to change a cluster.'};
  return names.length === 1 ? {} : {disabled: 'Choose one master, or a problem of its etcd.'};
}

/** Goes to the table of machines, with the cursor on the first of these; of several, all of them marked. */
function showMachines({machines, go}: AppModel, names: readonly string[]): void {
  const {table} = machines.get();
  machines.set({
    ...{place: undefined, factsFocused: false},
    table: {...table, filter: '', cursor: names[0], marks: new Set(names.length > 1 ? names : [])},
  });
  go('machines');
}

function mendCommand(item: StatusItem | undefined): readonly string[] | undefined {
  return item?.about.kind === 'finding' ? item.about.finding.mend?.command?.split(' ') : undefined;
}
