import type {KeyBinding} from '../../ui/keys/binding.ts';
import {matchKeys, moveKeys} from '../../ui/widgets/list-keys.ts';
import {type ListAction, matches, nextFound, reduceList} from '../../ui/widgets/list-state.ts';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import {paneKeys} from '../runs/pane-keys.ts';
import type {RunLayout} from '../runs/run-layout.ts';
import {showCommand} from '../show-command.tsx';
import {openLogs} from './LogsDialog.tsx';
import {machineLogCommand, machineRunCommand} from './machine-commands.ts';
import {openRunCancel} from './machine-run-dialogs.tsx';
import type {MachineRunModel, RunEntry} from './machine-run-model.ts';
import {endWords} from './machine-run-rows.ts';
import {placeKeys} from './place-keys.ts';
import {openRunPrompt} from './RunPrompt.tsx';

/** The keys of one command on many machines. */
export function useMachineRunKeys(app: AppModel, model: MachineRunModel, layout: RunLayout): void {
  const choices = model.choices.get();
  const {running} = model.state.get();
  const act = (action: ListAction): void => {
    const ids = model.entries().map(({id}) => id);
    const {list, chosen} = model.choices.get();
    const from = chosen ? list : {...list, cursor: model.selected()};
    model.set({chosen: true, list: reduceList(from, action, ids)});
  };
  const panes = paneKeys(model, layout, {list: 'list', item: 'machine'});
  const grouped = model.isGrouped();
  const {subject} = model;
  useKeyTable(
    [
      ...(running
        ? [
            {
              keys: ['ctrl-c'],
              word: 'stop',
              help:
                subject.kind === 'log' ? 'Follow the log no further; asks first.' : 'Stop this command; asks first.',
              run: () => openRunCancel(app, model),
            },
          ]
        : []),
      {
        keys: ['enter'],
        word: choices.focus === undefined ? (grouped ? 'difference' : 'output') : 'list',
        help: 'Go to the output of the machine under the cursor, or how it differs from the others; and back to the list.',
        run: () => model.set({focus: model.choices.get().focus === undefined ? 0 : undefined}),
      },
      {
        keys: ['o'],
        word: grouped ? 'machines' : 'same outputs',
        help: 'Show machines with the same output as one line, or each machine by itself.',
        run: () => {
          const next = !model.isGrouped();
          model.set({grouped: next, chosen: false, focus: undefined});
        },
      },
      subject.kind === 'log'
        ? {
            keys: ['L'],
            word: 'other log',
            help: 'Follow another log of the same machines.',
            run: () => openLogs(app, subject.request.names),
          }
        : {
            keys: ['r'],
            word: 'repeat',
            help: 'Run it again, or another command, on the same machines; the line is shown before.',
            quiet: running,
            ...(running ? {disabled: 'It still runs: Ctrl-c stops it.'} : {}),
            run: () => openRunPrompt(app, subject.request.names, subject.request),
          },
      ...panes.moves,
      panes.keep,
      ...(subject.kind === 'log'
        ? []
        : [
            {
              keys: ['X'],
              word: 'close',
              help: 'Close this command, which has ended; what it printed is kept no longer.',
              quiet: running,
              ...(running ? {disabled: 'It still runs: Ctrl-c stops it.'} : {}),
              run: () => app.machines.putAway(model),
            },
          ]),
      {
        keys: ['a'],
        word: 'auto',
        help: 'Let the cursor go with what needs to be seen again.',
        quiet: true,
        run: () => model.set({chosen: false, focus: undefined}),
      },
      {
        keys: ['ctrl-s'],
        word: 'save',
        help: 'Write what the machine under the cursor printed to a file.',
        run: () => model.set({input: 'save'}),
      },
      ...panes.numbers,
      {
        keys: ['/'],
        word: 'find',
        help: 'Find machines by name or by how it ended: failed, for one; n and N go through them.',
        quiet: model.entries().length < 2,
        run: () => model.set({input: 'find'}),
      },
      ...placeKeys(app),
      ...matchKeys(choices.list.filter, (direction) => findEntry(model, direction)),
      ...moveKeys(act, layout.plan.height - 2),
      {
        keys: ['!'],
        word: 'command',
        help: 'Show the headless command that does the same.',
        quiet: true,
        run: () =>
          showCommand(app, [
            subject.kind === 'log'
              ? ['Follow', machineLogCommand(app, subject.request)]
              : ['Run', machineRunCommand(app, subject.request)],
          ]),
      },
      {
        keys: ['esc'],
        word: 'back',
        help:
          subject.kind === 'log'
            ? 'Leave the pane, then the search, then the log, which is followed no further; ] leaves it open.'
            : 'Leave the pane, then the search, then the command, which goes on; ] comes back to it.',
        quiet: true,
        run: () => {
          const {zoomed, focus, list} = model.choices.get();
          if (zoomed || focus !== undefined) model.set({zoomed: false, focus: undefined});
          else if (list.filter !== '') act({type: 'filter', text: ''});
          else if (subject.kind === 'log') app.machines.putAway(model);
          else app.machines.show(undefined);
        },
      },
    ] satisfies readonly KeyBinding[],
    {
      layer: 'screen',
      title: subject.kind === 'log' ? 'A log of machines' : 'A command on machines',
      active: choices.input === undefined,
    },
  );
}

/** The entries that have all words of a search in their names or in how they ended. */
export function foundEntries(entries: readonly RunEntry[], search: string): readonly RunEntry[] {
  return entries.filter(({look, group}) =>
    matches(
      search,
      look
        ? [look.machine.name, look.status, endWords(look), look.problem?.message ?? ''].join(' ')
        : [...group.machines.map(({name}) => name), group.difference ? 'different' : 'same'].join(' '),
    ),
  );
}

/** Goes to the next or previous entry that the search found; with a shift of -1 stays where one is found. */
export function findEntry(model: MachineRunModel, direction: 1 | -1, shift = 0): void {
  const entries = model.entries();
  const {list} = model.choices.get();
  const ids = entries.map(({id}) => id);
  const found = new Set(foundEntries(entries, list.filter).map(({id}) => id));
  const id = nextFound(ids, found, ids.indexOf(model.selected() ?? '') + shift, direction);
  if (id !== undefined) model.set({list: {...list, cursor: id}, chosen: true});
}
