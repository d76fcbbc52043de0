import {type CheckResult, type CheckState, foldHostNames} from '../engine/index.ts';
import type {Output} from './output.ts';
import {plainLine} from './plain.ts';
import {wrapped} from './wrap.ts';

interface PageLook extends Pick<Output, 'colour' | 'columns'> {
  readonly utf8: boolean;
}

/** The gravest first. */
const states = ['failed', 'warning', 'unknown', 'ok'] as const satisfies readonly CheckState[];

const signs: Readonly<Record<CheckState, {readonly utf8: string; readonly ascii: string; readonly paint: string}>> = {
  failed: {utf8: '✗', ascii: 'x', paint: '31'},
  warning: {utf8: '!', ascii: '!', paint: '33'},
  unknown: {utf8: '?', ascii: '?', paint: '36'},
  ok: {utf8: '✓', ascii: '+', paint: '32'},
};

const narrowest = 40;

/** Results by what was checked, in the order they came; machines of the same result are one host list. */
export function checkPage(results: readonly CheckResult[], look: PageLook): string {
  const checks = [...new Set(results.map(({check}) => check))];
  const width = Math.max(...checks.map((check) => check.length));
  const lines = checks.flatMap((check) => {
    const entries = states.flatMap((state) =>
      groupsOf(results.filter((one) => one.check === check && one.state === state)),
    );
    return entries.flatMap((entry, index) => entryLines(index === 0 ? check : '', width, entry, look));
  });
  return [...lines, '', summary(results)].join('\n');
}

interface Group {
  readonly state: CheckState;
  readonly machines: readonly string[];
  /** Empty where the machines say different things that are all well. */
  readonly detail: string;
  readonly fix?: string | undefined;
}

/** Whatever is well is one entry for all machines: what each of them has is in the JSON. */
function groupsOf(results: readonly CheckResult[]): readonly Group[] {
  const groups = new Map<string, {machines: string[]; first: CheckResult; details: Set<string>}>();
  for (const result of results) {
    const {machine, state, detail, fix} = result;
    const key = machine === undefined || state !== 'ok' ? `${detail}\n${fix ?? ''}\n${machine === undefined}` : 'ok';
    const group = groups.get(key) ?? {machines: [], first: result, details: new Set<string>()};
    if (machine !== undefined && !group.machines.includes(machine)) group.machines.push(machine);
    group.details.add(detail);
    groups.set(key, group);
  }
  return [...groups.values()].map(({machines, first, details}) => ({
    state: first.state,
    machines,
    detail: details.size === 1 ? first.detail : '',
    fix: first.fix,
  }));
}

function entryLines(check: string, width: number, {state, machines, detail, fix}: Group, look: PageLook): string[] {
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
  const counts = states.flatMap((state) => {
    const count = results.filter((one) => one.state === state).length;
    return count === 0 ? [] : [`${count} ${state === 'warning' && count > 1 ? 'warnings' : state}`];
  });
  const failed = results.some(({state}) => state === 'failed');
  return `${counts.join(', ')}.${failed ? '' : ' Nothing is in the way of a cluster.'}`;
}
