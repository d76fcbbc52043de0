import type {KeyBinding} from '../../ui/keys/binding.ts';
import {terminalKeys} from '../../ui/pane/terminal-keys.ts';
import {useTerminal} from '../../ui/terminal/use-terminal.ts';
import {plain} from '../../ui/widgets/cells.ts';
import {TextDialog} from '../../ui/widgets/TextDialog.tsx';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import type {Shell, ShellsModel, ShellsState} from './shells-model.ts';

/** The keys of a shell that does not have the focus. */
export function useShellKeys(app: AppModel, model: ShellsModel, state: ShellsState, shell: Shell): void {
  const terminal = useTerminal();
  const {machine, session, status} = shell;
  const isRunning = status === 'running';
  const notRunning = isRunning ? {} : {disabled: 'The shell does not run.'};
  const isAlone = state.shells.length === 1 ? {disabled: 'No other shell is open: press s on a machine.'} : {};
  const enter: KeyBinding =
    status === 'ended'
      ? {keys: ['enter'], word: 'open again', help: 'Open the shell again.', run: () => model.again(machine)}
      : {
          keys: ['i', 'enter'],
          word: 'type',
          help: 'Type into the shell: all keys go to it then, until Ctrl-].',
          ...notRunning,
          run: () => model.focus(true),
        };
  useKeyTable(
    [
      enter,
      {
        keys: ['esc'],
        word: status === 'connecting' || status === 'wanted' ? 'give up' : 'back',
        help: 'Go back; the shell stays open while it runs.',
        run: () => (status === 'connecting' || status === 'wanted' ? model.end(machine) : model.leave()),
      },
      {
        keys: [']', 'tab'],
        word: 'next shell',
        help: 'Go to the next open shell.',
        quiet: state.shells.length === 1,
        ...isAlone,
        run: () => model.next(1),
      },
      {
        keys: ['[', 'shift-tab'],
        word: 'shell before',
        help: 'Go to the open shell before.',
        quiet: true,
        ...isAlone,
        run: () => model.next(-1),
      },
      {
        keys: ['X'],
        word: 'end shell',
        help: 'End the shell and what runs in it; asks first.',
        quiet: !isRunning,
        run: () => (isRunning ? openEnd(app, model, machine) : model.end(machine)),
      },
      {
        keys: ['c'],
        word: 'copy',
        help: 'Copy what the shell shows to the clipboard of your terminal (OSC 52).',
        quiet: true,
        ...(session ? {} : {disabled: 'There is nothing to copy yet.'}),
        run: () => {
          const rows = session?.screen.get().rows.map((line) => plain(line).trimEnd()) ?? [];
          terminal.copy(rows.join('\n').trimEnd());
          app.say(`Copied ${rows.length} rows.`, 'ok');
        },
      },
      {
        keys: ['ctrl-]'],
        word: 'send Ctrl-]',
        help: 'Send Ctrl-] itself to the shell.',
        quiet: true,
        ...notRunning,
        run: () => session?.write('\x1d'),
      },
      ...(session ? terminalKeys(session) : []),
    ],
    {layer: 'pane', title: 'Shell', active: !state.focused},
  );
}

/** Asks whether a shell in which something may run is to be ended. */
function openEnd(app: AppModel, model: ShellsModel, machine: string): void {
  app.open((screen) => (
    <TextDialog
      title={`End the shell on ${plain(machine)}?`}
      screen={screen}
      texts={['What runs in it is hung up on, and ends unless it was started to outlive that (nohup, tmux).']}
      buttons={[
        {label: 'Keep it', run: app.closeOverlay},
        {
          label: 'End it',
          run: () => {
            app.closeOverlay();
            model.end(machine);
          },
        },
      ]}
      onCancel={app.closeOverlay}
    />
  ));
}
