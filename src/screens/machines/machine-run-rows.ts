import type {MachineRunLook, MachineRunState, OutputGroup} from '../../engine/index.ts';
import type {State, Theme} from '../../ui/theme/theme.ts';
import {count, duration, stopwatch} from '../../ui/widgets/amounts.ts';
import {cellWidth, cut, fit, fitRight, plain} from '../../ui/widgets/cells.ts';
import {type Row, rowWidth, type Span} from '../../ui/widgets/rows.ts';
import {besideName} from './machine-items.ts';

/** Silence worth naming. */
const silentAfterMs = 90_000;

/** Whether a machine is not done yet. */
export function goesOn({status}: Pick<MachineRunLook, 'status'>): boolean {
  return status === 'waiting' || status === 'connecting' || status === 'running';
}

/** How it ended, or what it does, in a word: 'exit 0', 'SIGKILL', 'no answer'. */
export function endWords({status, end}: MachineRunLook): string {
  if (end?.signal !== undefined) return end.signal;
  if (end?.exit !== undefined) return `exit ${end.exit}`;
  return status === 'unreachable' ? 'no answer' : status;
}

const glyphs: Readonly<Record<MachineRunLook['status'], State>> = {
  waiting: 'waiting',
  connecting: 'running',
  running: 'running',
  done: 'ok',
  failed: 'failed',
  unreachable: 'failed',
  stopped: 'warning',
  skipped: 'skipped',
};

/** The glyph of a machine, turning while something runs on it, and its colour. */
export function runGlyph(
  {status}: Pick<MachineRunLook, 'status'>,
  theme: Theme,
): {readonly glyph: string; readonly tone: State} {
  const tone = glyphs[status];
  return {glyph: tone === 'running' ? theme.glyphs.spinner : theme.glyphs[tone], tone};
}

/** Milliseconds since a machine that still runs said something, when that is long. */
export function silentFor(look: MachineRunLook, now: number): number | undefined {
  if (look.status !== 'running') return undefined;
  const since = look.spokeAt ?? look.startedAt;
  const silent = since === undefined ? 0 : now - since;
  return silent >= silentAfterMs ? silent : undefined;
}

/** One machine in one row: glyph, name, how it ended or what it does, time. */
export function runMachineRow(look: MachineRunLook, nameCells: number, width: number, theme: Theme, now: number): Row {
  const {glyph, tone} = runGlyph(look, theme);
  const name = Math.min(nameCells, Math.max(6, width - 2 - 8 - 10));
  const silent = silentFor(look, now);
  const said = silent === undefined ? endWords(look) : `no output for ${duration(silent)}`;
  const room = Math.max(0, width - 2 - name - 1 - 7);
  const told: Span = {
    text: ` ${fit(plain(look.problem && !look.end ? besideName(look.machine.name, look.problem.message) : said), room, theme.glyphs.ellipsis)}`,
    tone: silent !== undefined ? 'warning' : tone === 'ok' || tone === 'running' ? 'quiet' : tone,
  };
  return [
    {text: `${glyph} `, tone},
    {text: fit(plain(look.machine.name), name, theme.glyphs.ellipsis)},
    told,
    {text: ` ${fitRight(elapsedWords(look, now), 6)}`, tone: 'quiet'},
  ];
}

/**
 * Machines with the same output and end in one row: '✓ 12 the same  exit 0  gpu-01, gpu-02, …'. The first
 * is what the others are compared with, also where it is one machine alone.
 */
export function runGroupRow(group: OutputGroup, index: number, width: number, theme: Theme): Row {
  const {machines, end} = group;
  const tone: State = end?.exit === 0 ? 'ok' : 'failed';
  const same = `${machines.length} ${index > 0 ? 'different' : machines.length > 1 ? 'the same' : 'reference'}`;
  const how = end?.signal ?? (end?.exit === undefined ? 'no exit' : `exit ${end.exit}`);
  const names = machines.map(({name}) => name).join(', ');
  const room = width - 2 - 14 - 1 - 8 - 1;
  return [
    {text: `${theme.glyphs[tone]} `, tone},
    {text: fit(same, 14), tone: index === 0 ? undefined : 'warning'},
    {text: ` ${fit(how, 8, theme.glyphs.ellipsis)}`, tone: 'quiet'},
    ...(room < 4 ? [] : [{text: ` ${cut(plain(names), room, theme.glyphs.ellipsis)}`, tone: 'quiet' as const}]),
  ];
}

/** How far a run is: '3 of 5 ended', while it is stopped 'stopping: 3 of 5 ended', and when it is over '5 machines'. */
export function runPlace({machines, running, stopping}: MachineRunState): string {
  const ended = machines.filter((look) => !goesOn(look)).length;
  return running
    ? `${stopping ? 'stopping: ' : ''}${ended} of ${machines.length} ended`
    : count(machines.length, 'machine');
}

/** Milliseconds from the first start to the last end, or until now. */
export function runElapsed({machines, running}: MachineRunState, now: number): number | undefined {
  const starts = machines.flatMap(({startedAt}) => (startedAt === undefined ? [] : [startedAt]));
  if (starts.length === 0) return undefined;
  const ends = machines.flatMap(({endedAt}) => (endedAt === undefined ? [] : [endedAt]));
  return Math.max(0, (running ? now : Math.max(...ends, ...starts)) - Math.min(...starts));
}

/**
 * What a person should know of a run in one row: while it goes on, the machines that were silent for long and the one
 * that takes longest; afterwards what became of all, and which outputs are the same. As many machines are named as fit.
 */
export function runNote(
  state: MachineRunState,
  groups: readonly OutputGroup[],
  theme: Theme,
  now: number,
  width = Number.POSITIVE_INFINITY,
): Row {
  const most = [3, 2, 1].find((names) => rowWidth(noteNaming(names, state, groups, theme, now)) <= width) ?? 0;
  return noteNaming(most, state, groups, theme, now);
}

function noteNaming(
  most: number,
  state: MachineRunState,
  groups: readonly OutputGroup[],
  theme: Theme,
  now: number,
): Row {
  const {machines, running} = state;
  const separator: Span = {text: ` ${theme.glyphs.separator} `, tone: 'quiet'};
  const join = (parts: readonly Row[]): Row =>
    parts.filter((part) => part.length > 0).flatMap((part, index) => (index === 0 ? part : [separator, ...part]));
  if (running) {
    const silent = machines.flatMap((look) => {
      const ms = silentFor(look, now);
      return ms === undefined ? [] : [`${look.machine.name} (no output for ${duration(ms)})`];
    });
    const slowest = machines
      .filter((look) => look.status === 'running' && look.startedAt !== undefined)
      .reduce<MachineRunLook | undefined>(
        (most, look) => ((most?.startedAt ?? Number.POSITIVE_INFINITY) <= (look.startedAt ?? 0) ? most : look),
        undefined,
      );
    return join([
      ...(silent.length > 0 ? [[{text: `silent: ${few(silent, most)}`, tone: 'warning' as const}]] : []),
      ...(slowest && machines.some((look) => !goesOn(look))
        ? [[{text: `slowest: ${slowest.machine.name} ${elapsedWords(slowest, now)}`, tone: 'quiet' as const}]]
        : []),
    ]);
  }
  const counts = (['done', 'failed', 'unreachable', 'stopped', 'skipped'] as const).flatMap((status): Row[] => {
    const those = machines.filter((look) => look.status === status);
    if (those.length === 0) return [];
    const {glyph, tone} = runGlyph({status}, theme);
    const names =
      status === 'done' || those.length === machines.length || most === 0
        ? ''
        : `: ${few(
            those.map((look) => look.machine.name),
            most,
          )}`;
    const word = status === 'unreachable' ? 'did not answer' : status;
    return [[{text: `${glyph} ${those.length} ${word}${names}`, tone}]];
  });
  return join([...counts, ...(machines.length > 1 ? [sameWords(groups, most)] : [])]);
}

/** '12 the same, 1 different: gpu-07' */
function sameWords(groups: readonly OutputGroup[], most: number): Row {
  const [first, ...others] = groups;
  if (!first) return [];
  const odd = others.flatMap(({machines}) => machines.map(({name}) => name));
  if (odd.length === 0) return [{text: 'all outputs are the same', tone: 'ok'}];
  if (first.machines.length === 1) return [{text: 'all outputs differ', tone: 'warning'}];
  const who = most === 0 ? '' : `: ${few(odd, most)}`;
  return [{text: `${first.machines.length} the same, ${odd.length} different${who}`, tone: 'warning'}];
}

/** At most so many names, and how many more there are; of none at all how many there are. */
function few(names: readonly string[], most: number): string {
  const more = names.length - most;
  if (most === 0) return String(names.length);
  return `${names.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function elapsedWords({startedAt, endedAt}: MachineRunLook, now: number): string {
  if (startedAt === undefined) return '';
  // It is drawn once a second: tenths of what runs would stand still and be wrong.
  if (endedAt !== undefined) return duration(endedAt - startedAt);
  const elapsed = Math.max(0, now - startedAt);
  return elapsed < 60_000 ? `${Math.floor(elapsed / 1000)}s` : duration(elapsed);
}

/** Cells of the longest name. */
export function nameCells({machines}: MachineRunState): number {
  return machines.reduce((most, {machine}) => Math.max(most, cellWidth(machine.name)), 6);
}

/** Time as the header shows it. */
export function runTime(state: MachineRunState, now: number): string {
  const elapsed = runElapsed(state, now);
  return elapsed === undefined ? '' : stopwatch(elapsed);
}
