import {isError, type RunSummary} from '../engine/index.ts';
import type {Theme} from '../ui/theme/theme.ts';
import {count, stopwatch} from '../ui/widgets/amounts.ts';
import {plain} from '../ui/widgets/cells.ts';
import type {Row, Span} from '../ui/widgets/rows.ts';
import type {AppSettings} from './app-settings.ts';
import {engineProblem, type ImagesState} from './images/images-state.ts';
import {isMine} from './images/live-images.ts';
import type {MachineHealth} from './machines/machine-items.ts';
import type {MachineActivity} from './machines/use-machine-activity.ts';

/** The left of line 1: which tree, how it is, and whether anything can be changed. */
export function healthRow(
  {source, readOnly}: AppSettings,
  images: ImagesState,
  machines: MachineHealth | undefined,
  theme: Theme,
): Row {
  const name = source.split('/').filter(Boolean).at(-1) ?? source;
  const separator: Span = {text: ` ${theme.glyphs.separator} `, tone: 'quiet'};
  const words = [...healthWords(images, theme), ...machineWords(machines)];
  return [
    {text: ' pai-tui  ', tone: 'title'},
    {text: plain(name), tone: 'accent'},
    {text: '  '},
    ...words.flatMap((span, index) => (index === 0 ? [span] : [separator, span])),
    ...(readOnly ? [{text: '  read-only', tone: 'warning' as const}] : []),
  ];
}

/** Who else has a run going on here: 'with alice@jump1'. */
export function othersRow(runs: readonly RunSummary[], me: string): Row {
  const others = runs.filter((run) => run.status === 'running' && !isMine(run, me)).map(({who}) => plain(who));
  const [first, ...more] = [...new Set(others)];
  if (first === undefined) return [];
  return [{text: '  '}, {text: `with ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`, tone: 'accent'}];
}

/** The right of line 1: the run in progress, from everywhere. */
export function activityRow(runs: readonly RunSummary[], theme: Theme, now: number, columns: number): Row {
  const running = runs.filter(({status}) => status === 'running');
  const [first] = running;
  if (!first) return [];
  const time = stopwatch(now - first.startedAt);
  const {total, done, failed} = first.tasks;
  const others = running.length > 1 ? ` +${running.length - 1}` : '';
  const title = columns >= 80 ? ` ${plain(first.title).slice(0, Math.max(10, Math.floor(columns / 4)))}` : '';
  return [
    {text: `${theme.glyphs.spinner}${title} ${done}/${total}`, tone: 'running'},
    ...(failed > 0 ? [{text: ` ${failed} failed`, tone: 'failed' as const}] : []),
    {text: ` ${time}${others} `},
  ];
}

/** '1 command on machines · 2 shells': what ends with the screen, from everywhere. */
export function machineActivityRow({commands, shells}: MachineActivity, theme: Theme, columns: number): Row {
  const words = [
    ...(commands > 0 ? [`${count(commands, 'command')}${columns >= 100 ? ' on machines' : ''}`] : []),
    ...(shells > 0 ? [count(shells, 'shell')] : []),
  ];
  return words.length === 0 ? [] : [{text: ` ${words.join(` ${theme.glyphs.separator} `)} `, tone: 'running'}];
}

/** '5/5 machines up, 2 degraded', once they were asked. */
function machineWords(health: MachineHealth | undefined): readonly Span[] {
  if (!health) return [];
  const {up, degraded, total, asking} = health;
  return [
    {
      text: `${up}/${total} machines up${degraded > 0 ? `, ${degraded} degraded` : ''}`,
      tone: up === total && degraded === 0 ? 'ok' : asking > 0 ? 'quiet' : 'warning',
    },
  ];
}

function healthWords(images: ImagesState, theme: Theme): readonly Span[] {
  const {catalog, treeProblem, report} = images;
  if (!catalog) {
    return [
      treeProblem
        ? {text: `${theme.glyphs.failed} no tree`, tone: 'failed'}
        : {text: 'reading the tree', tone: 'quiet'},
    ];
  }
  const impossible = treeProblem ? 'tree cannot be read' : engineProblem(images) ? 'no Docker engine' : undefined;
  const toBuild = report?.images.filter(({state}) => state === 'stale' || state === 'never').length ?? 0;
  const errors = catalog.problems.filter(isError).length;
  const words: Span[] = [];
  if (impossible) words.push({text: `${theme.glyphs.warning} ${impossible}`, tone: 'warning'});
  else words.push({text: theme.glyphs.healthy, tone: report ? 'ok' : 'quiet'});
  words.push({text: count(catalog.images.length, 'image')});
  if (toBuild > 0) words.push({text: `${toBuild} to build`, tone: 'warning'});
  if (errors > 0) words.push({text: count(errors, 'problem'), tone: 'failed'});
  // The healthy mark belongs to the word after it.
  return impossible
    ? words
    : [{...words[0], text: `${words[0]?.text ?? ''} ${words[1]?.text ?? ''}`}, ...words.slice(2)];
}
