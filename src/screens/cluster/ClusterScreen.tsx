import {Box} from 'ink';
import {useEffect} from 'react';
import type {ConfigReading} from '../../engine/index.ts';
import type {KeyBinding} from '../../ui/keys/binding.ts';
import {useTheme} from '../../ui/theme/use-theme.ts';
import {wrap} from '../../ui/widgets/cells.ts';
import {moveKeys} from '../../ui/widgets/list-keys.ts';
import {Panel} from '../../ui/widgets/Panel.tsx';
import {panelBorder} from '../../ui/widgets/panel-edges.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {type Row, row} from '../../ui/widgets/rows.ts';
import {useKeyTable} from '../../ui/widgets/use-key-table.ts';
import type {AppModel} from '../app-model.ts';
import {comingWords} from '../ComingScreen.tsx';
import {useStore} from '../use-store.ts';
import {CheckScreen} from './CheckScreen.tsx';
import {ConfigScreen} from './ConfigScreen.tsx';
import {changeKeys} from './change-keys.ts';
import type {ClusterState} from './cluster-state.ts';
import {sayDifference} from './config-actions.ts';
import {configKeys, noConfiguration} from './config-keys.ts';
import {noConfigRows, summaryRows} from './summary-rows.ts';

export interface ClusterScreenProps {
  readonly app: AppModel;
  readonly width: number;
  readonly height: number;
}

/** The cluster: what its configuration says, in short, the configuration itself, and the checks of its machines. */
export function ClusterScreen({app, width, height}: ClusterScreenProps) {
  const state = useStore(app.cluster);
  useEffect(() => app.cluster.watch((before, after) => sayDifference(app, before, after)), [app]);
  const {reading, inConfig, inChecks} = state;
  if (inChecks) return <CheckScreen app={app} width={width} height={height} />;
  return inConfig && reading ? (
    <ConfigScreen app={app} state={state} reading={reading} width={width} height={height} />
  ) : (
    <Summary app={app} state={state} reading={reading} width={width} height={height} />
  );
}

interface SummaryProps extends ClusterScreenProps {
  readonly state: ClusterState;
  readonly reading: ConfigReading | undefined;
}

function Summary({app, state, reading, width, height}: SummaryProps) {
  const theme = useTheme();
  const {config} = app.settings;
  const {asleep} = app.machines;
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
    [],
    ...wrap(`${comingWords.cluster.coming} ${comingWords.cluster.today}`, inner).map((line) => row(line, 'quiet')),
  ] satisfies readonly Row[];
  const highest = Math.max(0, rows.length - page);
  const top = Math.min(state.detailTop, highest);
  const opening: KeyBinding = {
    keys: ['c', 'enter'],
    word: 'configuration',
    help: 'Every value of the configuration, where it comes from, and what is wrong.',
    ...(config === undefined ? {disabled: noConfiguration} : {}),
    run: () => app.cluster.set({inConfig: true, detailTop: 0}),
  };
  const checking: KeyBinding = {
    keys: ['p'],
    word: 'checks',
    help: 'Ask all machines whether Kubernetes can go on them. Nothing is changed on any of them.',
    ...(config === undefined ? {disabled: noConfiguration} : asleep === undefined ? {} : {disabled: asleep}),
    run: () => app.cluster.set({inChecks: true}),
  };
  const scroll = (target: number): void => app.cluster.set({detailTop: Math.max(0, Math.min(highest, target))});
  useKeyTable(
    [
      opening,
      checking,
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

function toView({problems}: ConfigReading): string {
  return problems.length > 0
    ? 'c opens the configuration: every value and where it comes from; [ there lists the problems, with what to do.'
    : 'c opens the configuration: every value and where it comes from.';
}
