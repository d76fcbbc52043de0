import {useWindowSize} from 'ink';
import {useEffect, useSyncExternalStore} from 'react';
import type {KeyBinding} from '../ui/keys/binding.ts';
import {useKeyTables, useRefusal} from '../ui/keys/use-keys.ts';
import {useTerminal} from '../ui/terminal/use-terminal.ts';
import {useTheme} from '../ui/theme/use-theme.ts';
import {Frame, smallestScreen, TooSmall} from '../ui/widgets/Frame.tsx';
import {Help} from '../ui/widgets/Help.tsx';
import {Palette} from '../ui/widgets/Palette.tsx';
import {Rows} from '../ui/widgets/Rows.tsx';
import {spread} from '../ui/widgets/rows.ts';
import {TextDialog} from '../ui/widgets/TextDialog.tsx';
import {useKeyTable} from '../ui/widgets/use-key-table.ts';
import {type AppModel, tabs} from './app-model.ts';
import {ComingScreen} from './ComingScreen.tsx';
import {ClusterScreen} from './cluster/ClusterScreen.tsx';
import {attachCommand} from './command-line.ts';
import {activityRow, healthRow, machineActivityRow, othersRow} from './header-rows.ts';
import {ImagesScreen} from './images/ImagesScreen.tsx';
import {MachinesScreen} from './machines/MachinesScreen.tsx';
import {isBusy, placeWord} from './machines/machine-places.ts';
import {useMachineActivity} from './machines/use-machine-activity.ts';
import {RunScreen} from './runs/RunScreen.tsx';
import {RunsScreen} from './runs/RunsScreen.tsx';
import {useNow} from './use-now.ts';
import {useStore} from './use-store.ts';

/** The whole app: frame, one screen, and what lies above it. */
export function AppScreen({app}: {readonly app: AppModel}) {
  const {columns, rows} = useWindowSize();
  const state = useStore(app.state);
  const help = useGlobalKeys(app);
  useRefusal((reason) => app.say(reason, 'warning'));
  useMessageEnd(app);
  if (columns < smallestScreen.columns || rows < smallestScreen.rows) {
    return <TooSmall columns={columns} rows={rows} name="pai-tui" />;
  }
  return (
    <>
      <FramedScreen app={app} columns={columns} rows={rows} help={help} />
      {/* The last row stays: it shows the keys of what lies above. */}
      {state.overlay?.({columns, rows: rows - 1})}
      {state.help?.({columns, rows: rows - 1})}
    </>
  );
}

interface FramedScreenProps {
  readonly app: AppModel;
  readonly columns: number;
  readonly rows: number;
  readonly help: KeyBinding;
}

function FramedScreen({app, columns, rows, help}: FramedScreenProps) {
  const state = useStore(app.state);
  return (
    <Frame
      columns={columns}
      rows={rows}
      header={<Header app={app} columns={columns} />}
      tabs={tabs}
      tab={tabs.find(({tab}) => tab === state.tab)?.key ?? '1'}
      message={state.message}
      messageRows={state.overlay ? 1 : 3}
      help={help}
    >
      {(width, height) => <Screen app={app} width={width} height={height} />}
    </Frame>
  );
}

/** Apart from the rest because its times go on: nothing else is drawn again for that. */
function Header({app, columns}: {readonly app: AppModel; readonly columns: number}) {
  const theme = useTheme();
  const images = useStore(app.images);
  const machines = useSyncExternalStore(app.machines.subscribe, () => app.machines.shown().health);
  const onMachines = useMachineActivity(app.machines);
  const runs = useStore(app.runList);
  const someRun = runs.some(({status}) => status === 'running');
  const now = useNow(app, someRun);
  const health = [...healthRow(app.settings, images, machines, theme), ...othersRow(runs, app.me)];
  const activity = [...machineActivityRow(onMachines, theme, columns), ...activityRow(runs, theme, now, columns)];
  return <Rows rows={[spread(health, activity, columns, theme.glyphs.ellipsis)]} width={columns} height={1} />;
}

function Screen({app, width, height}: {readonly app: AppModel; readonly width: number; readonly height: number}) {
  const {tab, run} = useStore(app.state);
  switch (tab) {
    case 'images':
      return <ImagesScreen app={app} width={width} height={height} />;
    case 'runs':
      return run === undefined ? (
        <RunsScreen app={app} width={width} height={height} />
      ) : (
        <RunScreen key={run} app={app} id={run} width={width} height={height} />
      );
    case 'cluster':
      return <ClusterScreen app={app} width={width} height={height} />;
    case 'machines':
      return <MachinesScreen app={app} width={width} height={height} />;
    case 'services':
      return <ComingScreen tab={tab} width={width} height={height} />;
  }
}

/** Keys that work everywhere; gives the one of the help. */
function useGlobalKeys(app: AppModel): KeyBinding {
  const terminal = useTerminal();
  const tables = useKeyTables();
  const quit = (): void => {
    const running = app.runList.get().filter(({status}) => status === 'running');
    const ending = app.machines.get().places.filter(isBusy);
    const shells = app.machines.shells.get().shells.filter(({status}) => status === 'running');
    if (running.length + ending.length + shells.length === 0) {
      terminal.exit();
      return;
    }
    const [first] = running;
    const comeBack = attachCommand(first?.id, app.settings.state);
    const goesOn = first ? `Still running: ${first.title}. See it with: ${comeBack}` : undefined;
    app.open((screen) => (
      <TextDialog
        title="Leave pai-tui?"
        screen={screen}
        texts={[
          ...(first
            ? [
                `${first.title} is going on${running.length > 1 ? ` (and ${running.length - 1} more)` : ''}. It goes on without the screen.`,
                `Come back to it with: ${comeBack}`,
              ]
            : []),
          ...ending.map((place) => `${placeWord(place)} still runs on machines, and is stopped with the screen.`),
          ...shells.map(({machine}) => `The shell on ${machine} is hung up on, and what runs in it.`),
        ]}
        buttons={[
          {label: 'Stay', run: app.closeOverlay},
          {
            label: ending.length + shells.length > 0 ? 'Leave and stop it' : 'Leave, it goes on',
            run: () => terminal.exit(goesOn),
          },
        ]}
        onCancel={app.closeOverlay}
      />
    ));
  };
  const help: KeyBinding = {
    keys: ['?'],
    word: 'help',
    help: 'Every key that works here; searchable.',
    run: () => app.openHelp((screen) => <Help tables={tables} screen={screen} onClose={app.closeHelp} />),
  };
  const palette = (): void =>
    app.open((screen) => (
      <Palette
        tables={tables}
        history={app.state.get().history}
        screen={screen}
        onClose={app.closeOverlay}
        onChoose={(binding) => {
          app.closeOverlay();
          app.remember(binding.word);
          if (binding.disabled === undefined) binding.run();
          else app.say(binding.disabled, 'warning');
        }}
      />
    ));
  useKeyTable(
    [
      {keys: [':'], word: 'commands', help: 'Find anything that can be done here by a few letters.', run: palette},
      ...tabs.map(
        ({key, word, tab}): KeyBinding => ({
          keys: [key],
          word: word.toLowerCase(),
          help: `Go to ${word}.`,
          quiet: true,
          run: () => app.go(tab),
        }),
      ),
      {keys: ['ctrl-l'], word: 'redraw', help: 'Draw the whole screen again.', quiet: true, run: terminal.redraw},
      {
        keys: ['ctrl-r'],
        word: 'refresh',
        help: 'Read the tree and ask the engine again.',
        quiet: true,
        run: () => app.images.refresh(),
      },
      {keys: ['q', 'ctrl-c'], word: 'quit', help: 'Leave pai-tui; runs go on without the screen.', run: quit},
    ],
    {layer: 'global', title: 'Everywhere'},
  );
  useKeyTable([help], {layer: 'always', title: 'Always'});
  return help;
}

/** A message stays for some seconds, then the keys are shown again. */
function useMessageEnd(app: AppModel): void {
  const {message} = useStore(app.state);
  useEffect(() => {
    if (!message) return;
    const timer = setTimeout(
      () => {
        if (app.state.get().message === message) app.silence();
      },
      message.tone === 'ok' || message.tone === 'accent' ? messageMs.good : messageMs.bad,
    );
    return () => clearTimeout(timer);
  }, [app, message]);
}

/** What went well is soon read, and hides the keys. */
const messageMs = {good: 3000, bad: 8000};
