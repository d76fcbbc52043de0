import type {ConfigReading} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {plain} from '../../ui/widgets/cells.ts';
import {type Row, rowWidth} from '../../ui/widgets/rows.ts';
import {severities, severityOf} from '../severity.ts';
import {type ClusterState, configViews} from './cluster-state.ts';

/**
 * 'Configuration · Services · Kubernetes · Problems 2', with the filter of the view that is shown; where that is wider
 * than `width` the other views are left out.
 */
export function configTitle(
  {view, filter, checking}: ClusterState,
  {problems}: ConfigReading,
  found: number,
  width: number,
  theme: Theme,
): Row {
  const amount = problems.length;
  const words = {
    services: 'Services',
    kubernetes: 'Kubernetes',
    problems: amount > 0 ? `Problems ${amount}` : 'Problems',
  };
  const {state: worst = 'quiet'} =
    severities.find(({severity}) => problems.some((one) => severityOf(one).severity === severity)) ?? {};
  const separator = {text: ` ${theme.glyphs.separator} `, tone: 'quiet'} as const;
  const views = configViews.flatMap((name, index): Row => {
    const tone = name === view ? 'title' : name === 'problems' ? worst : 'quiet';
    const word = {text: words[name], tone} as const;
    return index === 0 ? [word] : [separator, word];
  });
  const notes = [
    ...(filter !== '' && view !== 'problems' ? [`filter: ${plain(filter)} (${found})`] : []),
    ...(checking ? ['checking'] : []),
  ];
  const noted: Row = notes.flatMap((note) => [separator, {text: note, tone: 'accent'}]);
  const whole = [...views, ...noted];
  return rowWidth(whole) <= width ? whole : [{text: words[view], tone: 'title'}, ...noted];
}
