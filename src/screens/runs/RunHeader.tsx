import {useTheme} from '../../ui/theme/use-theme.ts';
import {stopwatch} from '../../ui/widgets/amounts.ts';
import {plain} from '../../ui/widgets/cells.ts';
import {progressBar} from '../../ui/widgets/progress-bar.ts';
import {Rows} from '../../ui/widgets/Rows.tsx';
import {type Row, spread} from '../../ui/widgets/rows.ts';
import type {AppModel} from '../app-model.ts';
import {useNow} from '../use-now.ts';
import {useStore} from '../use-store.ts';
import type {RunModel} from './run-model.ts';
import {runPlace} from './run-rows.ts';

/** What the run is, how far it is, how long it takes and usually took. */
export function RunHeader({
  app,
  model,
  width,
}: {
  readonly app: AppModel;
  readonly model: RunModel;
  readonly width: number;
}) {
  const theme = useTheme();
  const view = useStore(model.view);
  const {state, summary, usualMs} = view;
  const runs = summary.status === 'running';
  useNow(app, runs);
  const elapsed = runs && state.startedUp !== undefined ? model.up() - state.startedUp : undefined;
  const usual = usualMs === undefined ? '' : `  (usually ${stopwatch(usualMs)})`;
  const time = elapsed === undefined ? '' : `  ${stopwatch(elapsed)}`;
  const done = state.tasks.filter(({status}) => status !== 'waiting' && status !== 'running').length;
  const right: Row = [
    {text: runPlace(view)},
    ...(width >= 100 && runs ? [{text: '  '}, ...progressBar(done, state.tasks.length, 16, theme)] : []),
    {text: time, tone: 'key'},
    ...(width >= 70 ? [{text: usual, tone: 'quiet' as const}] : []),
    {text: ' '},
  ];
  const left: Row = [
    {text: ` ${plain(summary.title)}`, tone: 'title'},
    ...(width >= 100 ? [{text: `  ${plain(summary.who)}  ${summary.id}`, tone: 'quiet' as const}] : []),
  ];
  return <Rows rows={[spread(left, right, width, theme.glyphs.ellipsis)]} width={width} height={1} />;
}
