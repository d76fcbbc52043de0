import {
  type CheckResult,
  type CheckState,
  type FoldedResult,
  foldHostNames,
  foldResults,
  stateCounts,
} from '../engine/index.ts';
import type {Output} from './output.ts';
import {plainLine} from './plain.ts';
import {wrapped} from './wrap.ts';

interface PageLook extends Pick<Output, 'colour' | 'columns'> {
  readonly utf8: boolean;
}

const signs: Readonly<Record<CheckState, {readonly utf8: string; readonly ascii: string; readonly paint: string}>> = {
  failed: {utf8: '✗', ascii: 'x', paint: '31'},
  warning: {utf8: '!', ascii: '!', paint: '33'},
  unknown: {utf8: '?', ascii: '?', paint: '36'},
  ok: {utf8: '✓', ascii: '+', paint: '32'},
};

const narrowest = 40;

/** Results by what was checked, in the order they came; machines of the same result are one host list. */
export function checkPage(results: readonly CheckResult[], look: PageLook): string {
  const folded = foldResults(results);
  const width = Math.max(...folded.map(({check}) => check.length));
  const lines = folded.flatMap((entry, index) =>
    entryLines(folded[index - 1]?.check === entry.check ? '' : entry.check, width, entry, look),
  );
  return [...lines, '', summary(results)].join('\n');
}

function entryLines(
  check: string,
  width: number,
  {state, machines, detail, fix}: FoldedResult,
  look: PageLook,
): string[] {
  const {utf8, ascii, paint} = signs[state];
  const sign = `${look.utf8 ? utf8 : ascii} ${state.padEnd(7)}`;
  const start = `${look.colour ? `\u001b[${paint}m${sign}\u001b[0m` : sign}  ${check.padEnd(width)}  `;
  const indent = ' '.repeat(sign.length + width + 4);
  const names = machines.length === 0 ? '' : plainLine(foldHostNames(machines));
  const said = [names, plainLine(detail)].filter((part) => part !== '').join(': ');
  const room = look.columns === undefined ? undefined : Math.max(narrowest, look.columns - indent.length);
  const lines = [said, ...(fix === undefined ? [] : [`fix: ${plainLine(fix)}`])].flatMap((text) =>
    room === undefined ? [text] : wrapped(text, room),
  );
  return lines.map((line, index) => `${index === 0 ? start : indent}${line}`.trimEnd());
}

function summary(results: readonly CheckResult[]): string {
  const failed = results.some(({state}) => state === 'failed');
  return `${stateCounts(results)}.${failed ? '' : ' Nothing is in the way of a cluster.'}`;
}
