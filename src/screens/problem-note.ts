import type {Problem} from '../engine/index.ts';
import type {State, Theme} from '../ui/theme/theme.ts';
import {plain, wrap} from '../ui/widgets/cells.ts';
import {type Row, row} from '../ui/widgets/rows.ts';

/** A problem with its hint and detail, in at most `height` rows. */
export function problemNote(problem: Problem, width: number, height: number, theme: Theme): readonly Row[] {
  const state: State =
    problem.severity === 'notice' ? 'unknown' : problem.severity === 'warning' ? 'warning' : 'failed';
  const lines: Row[] = wrap(plain(problem.message), Math.max(8, width - 2)).map((line, index) => [
    {text: index === 0 ? `${theme.glyphs[state]} ` : '  ', tone: state},
    {text: line, tone: state},
  ]);
  for (const text of [problem.hint, problem.detail]) {
    for (const part of (text ?? '').split('\n').filter((line) => line !== '')) {
      for (const line of wrap(plain(part), Math.max(8, width - 2))) lines.push(row(`  ${line}`));
    }
  }
  return lines.slice(0, height);
}
