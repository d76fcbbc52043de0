import {Box} from 'ink';
import {useEffect} from 'react';
import type {ConfigReading} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {wrap} from '../../ui/widgets/cells.ts';
import {moveKeys} from '../../ui/widgets/list-keys.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {type Row, row} from '../../ui/widgets/rows.ts';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import {problemNote} from '../problem-note.ts';
import {useStore} from '../use-store.ts';
import {CheckScreen} from './CheckScreen.tsx';
import {ConfigScreen} from './ConfigScreen.tsx';
import {changeKeys} from './change-keys.ts';
import type {ClusterState} from './cluster-state.ts';
import {sayDifference} from './config-actions.ts';
import {configKeys} from './config-keys.ts';
import {openingKeys} from './opening-keys.ts';
import {StatusScreen} from './status/StatusScreen.tsx';
import {noConfigRows, summaryRows} from './summary-rows.ts';

export interface ClusterScreenProps {
  readonly app: AppModel;
  readonly width: number;
  readonly height: number;
}

/** The cluster: how it runs, its configuration, in short and whole, and the checks of its machines. */
export function ClusterScreen({app, width, height}: ClusterScreenProps) {
  const state = useStore(app.cluster);
  useEffect(
    () =>
      app.cluster.watch((before, after) => {
        sayDifference(app, before, after);
        app.status.again();
      }),
    [app],
  );
  const {reading, inConfig, inChecks} = state;
  if (inChecks) return <CheckScreen app={app} width={width} height={height} />;
  return inConfig && reading ? (
    <ConfigScreen app={app} state={state} reading={reading} width={width} height={height} />
  ) : (
    <Running app={app} state={state} reading={reading} width={width} height={height} />
  );
}

/** Asks the cluster while it is looked at; until it is known, what its configuration says. */
function Running(props: SummaryProps) {
  const {app, width, height} = props;
  const {status} = useStore(app.status);
  const isAsked = app.settings.config !== undefined && app.machines.asleep === undefined;
  useEffect(() => (isAsked ? app.status.watch() : undefined), [app, isAsked]);
  return status ? <StatusScreen app={app} status={status} width={width} height={height} /> : <Summary {...props} />;
}

interface SummaryProps extends ClusterScreenProps {
  readonly state: ClusterState;
  readonly reading: ConfigReading | undefined;
}

function Summary({app, state, reading, width, height}: SummaryProps) {
  const theme = useTheme();
  const {config} = app.settings;
  const inner = Math.max(8, width - panelBorder - 2);
  const page = height - panelBorder;
  const said =
    config === undefined
      ? noConfigRows(inner)
      : reading
        ? summaryRows(reading, config, inner, theme)
        : [row('Reading the configuration.', 'quiet')];
  const rows = [
    ...said,
    ...(reading ? [[], ...wrap(toView(reading), inner).map((line) => row(line, 'key'))] : []),
    ...(config === undefined ? [] : [[], ...askedRows(app, inner, theme)]),
  ] satisfies readonly Row[];
  const highest = Math.max(0, rows.length - page);
  const top = Math.min(state.detailTop, highest);
  const scroll = (target: number): void => app.cluster.set({detailTop: Math.max(0, Math.min(highest, target))});
  useKeyTable(
    [
      ...openingKeys(app, ['c', 'enter']),
      ...changeKeys(app),
      ...configKeys(app, state).map((binding) => ({...binding, quiet: config === undefined})),
      ...moveKeys((action) => {
        if (action.type === 'move') scroll(app.cluster.get().detailTop + action.by);
        else if (action.type === 'to') scroll(action.index);
      }, page),
    ],
    {layer: 'screen', title: 'Cluster'},
  );
  return (
    <Panel
      title={row('Cluster', 'title')}
      aside={
        highest > 0
          ? row(`${top + 1}-${Math.min(rows.length, top + page)} of ${rows.length}`, 'quiet')
          : row(state.checking && reading ? 'checking' : '', 'quiet')
      }
      width={width}
      height={height}
      focused
    >
      <Box paddingX={1}>
        <Rows rows={rows.slice(top)} width={inner} height={page} />
      </Box>
    </Panel>
  );
}

/** Why nothing is known of the cluster. */
function askedRows({machines, status}: AppModel, width: number, theme: Theme): readonly Row[] {
  const {problem} = status.get();
  if (problem) return problemNote(problem, width, 20, theme);
  const text =
    machines.asleep ??
    'Every machine and every API server is being asked how the cluster is. Nothing is changed there.';
  return wrap(text, width).map((line) => row(line, 'quiet'));
}

function toView({problems}: ConfigReading): string {
  return problems.length > 0
    ? 'c opens the configuration: every value and where it comes from; [ there lists the problems, with what to do.'
    : 'c opens the configuration: every value and where it comes from.';
}
