import type {Theme} from '../../../ui/theme/theme.ts';
import {age, moment} from '../../../ui/widgets/amounts.ts';
import {cellWidth, fit, plain} from '../../../ui/widgets/cells.ts';
import type {Row, Span} from '../../../ui/widgets/rows.ts';
import type {TreeLine} from '../../../ui/widgets/tree-lines.ts';
import type {StatusItem} from './status-items.ts';

/** '✗ not ready'; where it is narrow the glyph says it alone. */
function stateCells(width: number): number {
  return width < 60 ? 1 : 12;
}

/** The name of the longest part: 'certificates'. */
const leastName = 12;

/** Cells of the names of these lines, where rows are this wide. */
export function nameCells(lines: readonly TreeLine<StatusItem>[], width: number): number {
  const longest = lines.reduce((most, {item}) => Math.max(most, cellWidth(item.name)), leastName);
  return Math.min(longest, Math.max(leastName, Math.floor(width * 0.2)));
}

/** One line: fold, state, name, what is said of it, and its age or the key that mends it. */
export function statusRow(
  {item, depth, isOpen}: TreeLine<StatusItem>,
  {
    width,
    names,
    theme,
    now,
  }: {readonly width: number; readonly names: number; readonly theme: Theme; readonly now: number},
): Row {
  const {state, word, name, mend} = item;
  const {glyphs} = theme;
  const fold = isOpen === undefined ? '  ' : isOpen ? '- ' : '+ ';
  const lead = `${'  '.repeat(depth)}${fold}`;
  const end: Row = mend ? [{text: ` ${mend.key}`, tone: 'key'}, {text: ` ${mend.word}`}] : ageEnd(item, now);
  const endCells = end.reduce((sum, {text}) => sum + cellWidth(text), 0);
  const cells = stateCells(width);
  const room = Math.max(1, width - cellWidth(lead) - cells - names - 2 - endCells);
  const says = fit(plain(itemWords(item, now)), room, glyphs.ellipsis);
  return [
    {text: lead},
    {text: cells > 1 ? fit(`${glyphs[state]} ${word}`, cells, glyphs.ellipsis) : glyphs[state], tone: state},
    {text: ` ${fit(plain(name), names, glyphs.ellipsis)} `, tone: depth === 0 ? 'title' : undefined},
    {text: says, tone: state === 'ok' ? 'quiet' : undefined},
    ...end,
  ];
}

function ageEnd({at}: StatusItem, now: number): Row {
  return at === undefined ? [] : [{text: ` ${age(now - at).padStart(4)}`, tone: 'quiet'}];
}

/** What is said of it; where it could not be asked the last time, since when it is not known and why. */
export function itemWords({says, problem, at}: Pick<StatusItem, 'says' | 'problem' | 'at'>, now: number): string {
  if (!problem) return says;
  if (at === undefined) return problem.message;
  return `unknown since ${moment(at, now)}: ${problem.message}${says === '' ? '' : ` Before: ${says}`}`;
}

export const healthStates = {asking: 'waiting', healthy: 'ok', unreached: 'failed', degraded: 'warning'} as const;

/** 'pai ✗ degraded: 1 failed, 2 warning' */
export function statusTitle(cluster: string, health: keyof typeof healthStates, counts: string, theme: Theme): Row {
  const state = counts.includes('failed') ? 'failed' : healthStates[health];
  const tone: Span['tone'] = state;
  return [
    {text: `${plain(cluster)} `, tone: 'title'},
    {text: `${theme.glyphs[state]} ${health}${health === 'healthy' ? '' : `: ${counts}`}`, tone},
  ];
}
