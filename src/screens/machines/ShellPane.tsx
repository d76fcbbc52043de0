import {Box} from 'ink';
import {useCallback, useEffect, useSyncExternalStore} from 'react';
import type {TerminalSession} from '../../engine/index.ts';
import {TerminalPane} from '../../ui/pane/TerminalPane.tsx';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {plain} from '../../ui/widgets/cells.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {row} from '../../ui/widgets/rows.ts';
import type {AppModel} from '../app-model.ts';
import {useNow} from '../use-now.ts';
import {useStore} from '../use-store.ts';
import {useShellKeys} from './shell-keys.tsx';
import {shellNote, shellTabs} from './shell-rows.ts';
import type {Shell, ShellsModel, ShellsState} from './shells-model.ts';

export interface ShellPaneProps {
  readonly app: AppModel;
  readonly model: ShellsModel;
  readonly width: number;
  readonly height: number;
}

/** The shell that is looked at, and the names of the others that are open; nothing where none is. */
export function ShellPane({app, model, width, height}: ShellPaneProps) {
  const state = useStore(model);
  const shell = state.shells.find(({machine}) => machine === state.current);
  return shell ? <OpenShell {...{app, model, width, height, state, shell}} /> : null;
}

interface OpenShellProps extends ShellPaneProps {
  readonly state: ShellsState;
  readonly shell: Shell;
}

function OpenShell({app, model, width, height, state, shell}: OpenShellProps) {
  const theme = useTheme();
  const {machine, session, status} = shell;
  const now = useNow(app, status === 'connecting');
  const tabs = state.shells.length > 1 && height > panelBorder + 3 ? 1 : 0;
  const inner = {columns: width - panelBorder, rows: height - panelBorder - tabs};
  const note = shellNote(shell, now, inner.columns, session ? Math.ceil(inner.rows / 2) : inner.rows, theme);
  const rows = Math.max(0, inner.rows - note.length);
  const isBack = useScrolledBack(session);
  useEffect(() => {
    if (status === 'wanted') model.begin(machine, {columns: inner.columns, rows: inner.rows});
  }, [model, machine, status, inner.columns, inner.rows]);
  useShellKeys(app, model, state, shell);
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      {tabs > 0 ? <Rows rows={[shellTabs(state.shells, machine, width, theme)]} width={width} height={1} /> : null}
      <Panel
        title={row(`Shell on ${plain(machine)}`, 'title')}
        aside={row(asideOf(status, state.focused, isBack), 'quiet')}
        width={width}
        height={height - tabs}
        focused={state.focused}
      >
        {session && rows > 0 ? (
          <TerminalPane
            key={machine}
            program={session}
            width={inner.columns}
            height={rows}
            focused={state.focused}
            title={`Shell on ${plain(machine)}`}
            onLeave={() => model.focus(false)}
          />
        ) : null}
        <Rows rows={note} width={inner.columns} height={note.length} />
      </Panel>
    </Box>
  );
}

function asideOf(status: Shell['status'], focused: boolean, isBack: boolean): string {
  if (isBack) return 'scrolled back';
  if (status !== 'running') return '';
  return focused ? 'all keys go to it' : 'only looking';
}

/** Whether something that left the screen is shown. Of what a program prints, nothing else is drawn by React. */
function useScrolledBack(session: TerminalSession | undefined): boolean {
  const subscribe = useCallback(
    (listener: () => void) => session?.screen.subscribe(listener) ?? (() => undefined),
    [session],
  );
  return useSyncExternalStore(subscribe, () => (session?.screen.get().scrolled ?? 0) > 0);
}
