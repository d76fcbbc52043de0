import type {KeyBinding} from '../../ui/keys/binding.ts';
import {markKeys, matchKeys, moveKeys, sortKeys} from '../../ui/widgets/list-keys.ts';
import {cursorIndex, type ListAction, nextFound, reduceList} from '../../ui/widgets/list-state.ts';
import {columnWidths, nextSort} from '../../ui/widgets/table-columns.ts';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import {showCommand} from '../show-command.tsx';
import {openLogs} from './LogsDialog.tsx';
import {machineChangeKeys} from './machine-change-keys.ts';
import {machineCommand, machineRunCommand} from './machine-commands.ts';
import {chosenMachines} from './machines-shown.ts';
import type {MachinesState} from './machines-state.ts';
import {placeKeys} from './place-keys.ts';
import {openRunPrompt} from './RunPrompt.tsx';
import {openSecret, unlockFirst} from './SecretDialog.tsx';
import {openTrust} from './TrustDialog.tsx';

/** Does something to the table. */
export function actOnMachines(app: AppModel, action: ListAction): void {
  const {machines} = app;
  machines.set({table: reduceList(machines.get().table, action, machines.shown().keys), factsTop: 0});
}

/** What the keys must know of the drawing: rows of a page and of the facts, cells of the table. */
export interface MachinesRoom {
  readonly page: number;
  readonly factRows: number;
  readonly tableWidth: number;
}

/** The keys of the table of machines. */
export function useMachinesKeys(app: AppModel, state: MachinesState, room: MachinesRoom): void {
  const {machines} = app;
  const moving = (action: ListAction): void => {
    const {factsFocused, factsTop} = machines.get();
    if (!factsFocused) {
      actOnMachines(app, action);
      return;
    }
    const highest = Math.max(0, room.factRows - room.page - 1);
    const target = action.type === 'move' ? factsTop + action.by : action.type === 'to' ? action.index : factsTop;
    machines.set({factsTop: Math.max(0, Math.min(highest, target))});
  };
  const toFacts = (): void => machines.set({factsFocused: !machines.get().factsFocused, factsTop: 0});
  const off = disabledMachines(app, state);
  const marked = state.table.marks.size;
  useKeyTable(
    [
      {
        keys: ['enter', 'd'],
        word: state.factsFocused ? 'back' : 'open',
        help: 'Everything about the machine under the cursor; again: back to the table.',
        run: toFacts,
      },
      {
        keys: ['T'],
        word: 'trust',
        help: 'Show the host keys of the marked machines, else of all, to compare and approve them in one go.',
        quiet: off.disabled === undefined && !needsTrust(app),
        ...(off.disabled === undefined ? readOnly(app, 'trust host keys') : off),
        run: () => openTrust(app),
      },
      {
        keys: ['x'],
        word: marked > 0 ? `run on ${marked}` : 'run',
        help: 'Run a command on the marked machines, else on the one under the cursor; the line is asked for.',
        ...(off.disabled === undefined ? readOnly(app, 'run commands on machines') : off),
        run: () => {
          const names = chosenMachines(machines.shown(), machines.get().table);
          if (names.length > 0) unlockFirst(app, names, () => openRunPrompt(app, names));
        },
      },
      {
        keys: ['s'],
        word: 'shell',
        help: 'Open a shell on the machine under the cursor, or go back to the one that is open there.',
        ...(off.disabled === undefined ? readOnly(app, 'open shells on machines') : off),
        run: () => {
          const name = machines.shown().items[cursorIndex(machines.get().table, machines.shown().keys)]?.machine.name;
          if (name !== undefined) unlockFirst(app, [name], () => machines.shells.open(name));
        },
      },
      {
        keys: ['l'],
        word: marked > 0 ? `logs of ${marked}` : 'logs',
        help: 'Follow a file, journal unit or container of the marked machines, else of the one under the cursor.',
        ...(off.disabled === undefined && marked > mostFollowed
          ? {disabled: `The logs of ${mostFollowed} machines can be followed at once: mark fewer.`}
          : off),
        run: () => {
          const names = chosenMachines(machines.shown(), machines.get().table);
          if (names.length > 0) unlockFirst(app, names, () => openLogs(app, names));
        },
      },
      {
        keys: ['p'],
        word: 'password',
        help: 'Give a password or passphrase to log in where the configuration has none; it is kept in memory only.',
        quiet: machines.shown().locked.length === 0,
        ...off,
        run: () => openSecret(app),
      },
      ...machineChangeKeys(app, off),
      ...markKeys(moving),
      {
        keys: ['@'],
        word: 'hosts',
        help: 'Mark machines by a host list: gpu[01-16], @workers, @gpu&!node-7.',
        ...off,
        run: () => machines.set({input: 'hosts', marksBefore: machines.get().table.marks}),
      },
      {
        keys: ['/'],
        word: 'filter',
        help: 'Show only machines with these words in their name, address, role, sku, state or reason.',
        run: () => machines.set({input: 'filter'}),
      },
      ...matchKeys(state.table.filter, (direction) => {
        const {keys} = machines.shown();
        const key = nextFound(keys, new Set(keys), cursorIndex(machines.get().table, keys), direction);
        if (key !== undefined) actOnMachines(app, {type: 'to-key', key});
      }),
      ...sortKeys(
        (action) => actOnMachines(app, action),
        () => {
          const {columns} = machines.shown();
          return nextSort(columns, columnWidths(columns, room.tableWidth), machines.get().table.sort);
        },
      ),
      {
        keys: ['tab', 'shift-tab'],
        word: 'pane',
        help: 'Move between the table and the facts.',
        quiet: true,
        run: toFacts,
      },
      ...placeKeys(app),
      ...moveKeys(moving, room.page),
      {
        keys: ['ctrl-r'],
        word: 'refresh',
        help: 'Read the configuration again and ask all machines now.',
        ...off,
        run: () => {
          machines.refresh();
          app.say('Asking all machines again.');
        },
      },
      {
        keys: ['!'],
        word: 'command',
        help: 'Show the headless commands for these machines.',
        ...off,
        run: () => {
          const names = chosenMachines(machines.shown(), machines.get().table);
          showCommand(app, [
            ['List', machineCommand(app, 'list', [])],
            ['Run', machineRunCommand(app, {names, script: 'COMMAND'})],
            ['Facts', machineCommand(app, 'facts', names)],
            ['Trust', machineCommand(app, 'trust', names)],
          ]);
        },
      },
      {
        keys: ['esc'],
        word: 'back',
        help: 'Leave the facts, then the filter, then the marks.',
        quiet: true,
        run: () => {
          const {factsFocused, table} = machines.get();
          if (factsFocused) machines.set({factsFocused: false});
          else if (table.filter !== '') actOnMachines(app, {type: 'filter', text: ''});
          else if (table.marks.size > 0) actOnMachines(app, {type: 'clear'});
        },
      },
    ] satisfies readonly KeyBinding[],
    {layer: 'screen', title: 'Machines', active: state.input === undefined},
  );
}

/** As many machines run something at once; more would wait for one that never ends. */
const mostFollowed = 40;

/** Whether there is a host key that somebody should look at. */
function needsTrust({machines}: AppModel): boolean {
  const {untrusted, otherKeys} = machines.shown();
  return untrusted.length + otherKeys.length > 0;
}

function readOnly({settings}: AppModel, what: string): {readonly disabled?: string} {
  return settings.readOnly ? {disabled: `This is read-only: open pai-tui without --readonly to ${what}.`} : {};
}

/** Why nothing can be asked of machines now, and how to change that. */
function disabledMachines({machines}: AppModel, {list, listProblem}: MachinesState): {readonly disabled?: string} {
  if (machines.asleep !== undefined) return {disabled: machines.asleep};
  if (list) return {};
  return {
    disabled: listProblem ? `${listProblem.message} Ctrl-r reads it again.` : 'The configuration is not read yet.',
  };
}
