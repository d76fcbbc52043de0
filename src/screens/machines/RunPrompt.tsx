import {Box} from 'ink';
import {useReducer, useRef} from 'react';
import {foldHostNames, type MachineRunRequest} from '../../engine/index.ts';
import {Overlay} from '../../ui/pane/Overlay.tsx';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {count} from '../../ui/widgets/amounts.ts';
import {plain, wrapAtMost} from '../../ui/widgets/cells.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {type Row, row} from '../../ui/widgets/rows.ts';
import {TextInput} from '../../ui/widgets/TextInput.tsx';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import type {ScreenSize} from '../app-settings.ts';
import {machineRunCommand} from './machine-commands.ts';
import {startMachineRun} from './start-machine-run.ts';

/** Asks for the command line that is to be run on these machines. */
export function openRunPrompt(
  app: AppModel,
  names: readonly string[],
  before?: Pick<MachineRunRequest, 'script' | 'sudo'>,
): void {
  app.open((screen) => (
    <RunPrompt app={app} names={names} screen={screen} script={before?.script ?? ''} sudo={before?.sudo ?? false} />
  ));
}

interface RunPromptProps {
  readonly app: AppModel;
  readonly names: readonly string[];
  readonly screen: ScreenSize;
  readonly script: string;
  readonly sudo: boolean;
}

/** One line, typed or taken from those before; what it would be without the screen stands below it. */
function RunPrompt({app, names, screen, script, sudo}: RunPromptProps) {
  const theme = useTheme();
  const {ellipsis} = theme.glyphs;
  // Several keys may come before the next drawing: each must see what the one before it did.
  const typed = useRef(script);
  const asRoot = useRef(sudo);
  const place = useRef(-1);
  const [version, redraw] = useReducer((times: number) => times + 1, 0);
  const {commands} = app.machines;
  const recall = (by: number): void => {
    const next = Math.max(-1, Math.min(commands().length - 1, place.current + by));
    if (next === place.current) return;
    place.current = next;
    typed.current = next < 0 ? '' : (commands()[next] ?? '');
    redraw();
  };
  const run = (): void => {
    const line = typed.current.trim();
    if (line === '') return;
    app.closeOverlay();
    startMachineRun(app, {names, script: line, sudo: asRoot.current});
  };
  useKeyTable([], {layer: 'modal', title: 'Run'});
  const width = Math.min(90, screen.columns);
  const inner = width - panelBorder - 2;
  const small = screen.rows < 15;
  const command = machineRunCommand(app, {names, sudo: asRoot.current, script: typed.current.trim() || 'COMMAND'});
  const where = wrapAtMost(plain(foldHostNames(names)), inner, small ? 1 : 3, ellipsis).map((line) => row(line));
  const asked: Row = asRoot.current
    ? [
        {text: 'as root, with sudo', tone: 'danger'},
        {text: '  (Tab: without)', tone: 'quiet'},
      ]
    : [{text: 'without sudo'}, {text: '  (Tab: as root)', tone: 'quiet'}];
  const headless = wrapAtMost(command, inner, small ? 2 : 4, ellipsis).map((line) => row(line, 'quiet'));
  const below = [[], asked, [], row('The same without the screen:', 'quiet'), ...headless].slice(small ? 1 : 0);
  const height = Math.min(screen.rows, panelBorder + where.length + 2 + below.length);
  return (
    <Box position="absolute" width={screen.columns} height={screen.rows} justifyContent="center" alignItems="center">
      <Overlay width={width} height={height} flexShrink={0}>
        <Panel title={row(`Run on ${count(names.length, 'machine')}`, 'title')} width={width} height={height} focused>
          <Box flexDirection="column" paddingX={1}>
            <Rows rows={[...where, []]} width={inner} height={where.length + 1} />
            <TextInput
              // Another line of the history is another text to begin with.
              key={`${place.current} ${version === 0 ? '' : place.current}`}
              prompt="$ "
              title="Run"
              width={inner}
              initial={typed.current}
              words={['run', 'cancel']}
              onChange={(text) => {
                typed.current = text;
                redraw();
              }}
              onSubmit={run}
              onCancel={app.closeOverlay}
              keys={[
                {
                  keys: ['tab'],
                  word: asRoot.current ? 'no sudo' : 'sudo',
                  help: 'Run it as root, or not.',
                  run: () => {
                    asRoot.current = !asRoot.current;
                    redraw();
                  },
                },
                {
                  keys: ['up'],
                  word: 'earlier',
                  help: 'The command before.',
                  quiet: commands().length === 0,
                  run: () => recall(1),
                },
                {keys: ['down'], word: 'later', help: 'The command after.', quiet: true, run: () => recall(-1)},
              ]}
            />
            <Rows rows={below} width={inner} height={Math.max(0, height - panelBorder - where.length - 2)} />
          </Box>
        </Panel>
      </Overlay>
    </Box>
  );
}
