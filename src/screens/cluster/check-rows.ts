import {type FoldedResult, foldHostNames} from '../../engine/index.ts';
import type {Theme} from '../../ui/theme/theme.ts';
import {cut, fit, plain, wrap} from '../../ui/widgets/cells.ts';
import {type Row, row, type Span} from '../../ui/widgets/rows.ts';

/** 'host name' and 'etcd data' are the longest but one. */
const checkCells = 10;
const stateCells = 10;

/** One line of the list: state, what was checked, where, and what is said. */
export function checkRow({check, state, machines, detail}: FoldedResult, width: number, theme: Theme): Row {
  const names = machines.length === 0 ? '' : foldHostNames(machines);
  const said = plain([names, detail].filter((part) => part !== '').join(': '));
  return [
    {text: fit(`${theme.glyphs[state]} ${state}`, stateCells), tone: state},
    {text: fit(check, checkCells)},
    {text: ' '},
    {text: cut(said, Math.max(1, width - stateCells - checkCells - 1), theme.glyphs.ellipsis), ...toneOf(state)},
  ];
}

function toneOf(state: FoldedResult['state']): Pick<Span, 'tone'> {
  return state === 'ok' ? {tone: 'quiet'} : {};
}

/** Everything about the one under the cursor: what to do first, then what each machine says where they differ. */
export function checkDetail(
  {check, state, machines, detail, fix, results}: FoldedResult,
  width: number,
  theme: Theme,
): readonly Row[] {
  const inner = Math.max(8, width - 2);
  const rows: Row[] = [[{text: `${theme.glyphs[state]} ${check}: ${state}`, tone: state}]];
  if (machines.length > 0)
    rows.push(...wrap(plain(foldHostNames(machines)), inner).map((line) => row(`  ${line}`, 'quiet')));
  rows.push(...wrap(plain(detail), inner).flatMap((line) => (line === '' ? [] : [row(`  ${line}`)])));
  if (fix !== undefined) rows.push(...wrap(plain(fix), inner).map((line) => row(`  ${line}`, 'key')));
  if (detail !== '') return rows;
  for (const one of results) {
    const said = plain(`${one.machine ?? ''}: ${one.detail}`);
    rows.push(...wrap(said, inner).map((line) => row(`  ${line}`)));
  }
  return rows;
}
