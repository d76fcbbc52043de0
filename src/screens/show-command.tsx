import {useTerminal} from '../ui/terminal/use-terminal.ts';
import {wrap} from '../ui/widgets/cells.ts';
import {Dialog} from '../ui/widgets/Dialog.tsx';
import {Rows} from '../ui/widgets/Rows.tsx';
import {type Row, row} from '../ui/widgets/rows.ts';
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
  const width = Math.min(100, screen.columns);
  const copy = (command: string): void => {
    terminal.copy(command);
    app.closeOverlay();
    app.say(`Copied: ${command}`, 'ok');
  };
  const rows: Row[] = commands.flatMap(([word, command], index) => [
    row(`${index + 1} ${word}`, 'title'),
    ...wrap(command, width - 6).map((line) => [{text: '  '}, {text: line}]),
  ]);
  return (
    <Dialog
      title="The same without the screen"
      screen={screen}
      width={width}
      height={rows.length + 4}
      buttons={[{label: 'Close', run: app.closeOverlay}]}
      onCancel={app.closeOverlay}
      keys={commands.map(([word, command], index) => ({
        keys: index === 0 ? ['c', '1'] : [String(index + 1)],
        word: index === 0 ? 'copy' : `copy ${index + 1}`,
        help: `Copy the command: ${word}.`,
        run: () => copy(command),
      }))}
    >
      {(bodyWidth, bodyHeight) => <Rows rows={rows} width={bodyWidth} height={bodyHeight} />}
    </Dialog>
  );
}
