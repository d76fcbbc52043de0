import {useTerminal} from '../ui/terminal/use-terminal.ts';
import {wrap} from '../ui/widgets/cells.ts';
import {RowsDialog} from '../ui/widgets/RowsDialog.tsx';
import {row} from '../ui/widgets/rows.ts';
import type {AppModel} from './app-model.ts';
import type {ScreenSize} from './app-settings.ts';

/** A command with what it does: ['Build', 'pai-tui …']. */
export type NamedCommand = readonly [word: string, command: string];

/** Shows headless commands that do the same as keys here; `c` copies the first, its number any. */
export function showCommand(app: AppModel, commands: readonly NamedCommand[]): void {
  app.open((screen) => <CommandDialog app={app} commands={commands} screen={screen} />);
}

interface CommandDialogProps {
  readonly app: AppModel;
  readonly commands: readonly NamedCommand[];
  readonly screen: ScreenSize;
}

function CommandDialog({app, commands, screen}: CommandDialogProps) {
  const terminal = useTerminal();
  const copy = (command: string): void => {
    terminal.copy(command);
    app.closeOverlay();
    app.say(`Copied: ${command}`, 'ok');
  };
  return (
    <RowsDialog
      title="The same without the screen"
      screen={screen}
      width={100}
      buttons={[{label: 'Close', run: app.closeOverlay}]}
      onCancel={app.closeOverlay}
      keys={commands.map(([word, command], index) => ({
        keys: index === 0 ? ['c', '1'] : [String(index + 1)],
        word: commands.length === 1 ? 'copy' : `copy ${word.toLowerCase()}`,
        help: `Copy the command: ${word}.`,
        run: () => copy(command),
      }))}
      rowsOf={(width) =>
        commands.flatMap(([word, command], index) => [
          row(`${index + 1} ${word}`, 'title'),
          ...wrap(command, width - 2).map((line) => [{text: '  '}, {text: line}]),
        ])
      }
    />
  );
}
