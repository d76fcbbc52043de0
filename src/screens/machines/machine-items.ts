import type {DiskFact, MachineInfo, MachineLook} from '../../engine/index.ts';
import type {State} from '../../ui/theme/theme.ts';
import {matches} from '../../ui/widgets/list-state.ts';

/** What a machine's state is called on screen; `rank` puts first what needs somebody. */
export interface ShownState {
  readonly glyph: State;
  readonly word: string;
  readonly rank: number;
}

/** Every machine of the configuration with how it was last seen; one that was not asked yet is unknown. */
export function machineItems(
  machines: readonly MachineInfo[],
  looks: readonly MachineLook[],
  asking: boolean,
): readonly MachineLook[] {
  const byName = new Map(looks.map((look) => [look.machine.name, look]));
  return machines.map(
    (machine) => byName.get(machine.name) ?? {machine, state: asking ? 'asking' : 'unknown', complaints: []},
  );
}

/** State as glyph, word and rank. A host key that keeps us out is said in the word: it is mended here. */
export function machineState({state, problem}: Pick<MachineLook, 'state' | 'problem'>): ShownState {
  switch (problem?.code) {
    case 'host-key-changed':
      return {glyph: 'failed', word: 'key changed', rank: 0};
    case 'host-key-revoked':
      return {glyph: 'failed', word: 'key revoked', rank: 0};
    case 'host-key-unknown':
      return {glyph: 'unknown', word: 'not trusted', rank: 4};
  }
  switch (state) {
    case 'up':
      return {glyph: 'ok', word: 'up', rank: 7};
    case 'degraded':
      return {glyph: 'warning', word: 'degraded', rank: 3};
    case 'asking':
      return {glyph: 'waiting', word: 'asking', rank: 6};
    case 'unknown':
      return {glyph: 'unknown', word: 'unknown', rank: 5};
    case 'refused':
      return {glyph: 'failed', word: problem?.code === 'secret-missing' ? 'locked' : 'refused', rank: 2};
    case 'down':
      return {glyph: 'failed', word: 'down', rank: 1};
  }
}

/** Why it is not as it should be, in one line that stands beside its name; '' when it is. */
export function machineReason({machine, state, problem, complaints}: MachineLook): string {
  if (problem) return besideName(machine.name, problem.message);
  return state === 'up' || state === 'degraded' ? complaints.join('; ') : '';
}

/** What is said of a machine, without its name and where it is: 'node-3 (pai@10.0.0.13) cannot …' is 'cannot …'. */
export function besideName(name: string, message: string): string {
  if (!message.startsWith(`${name} `)) return message;
  return message.slice(name.length + 1).replace(/^\([^)]*\) /, '');
}

/** GPUs as the driver has them, of those the configuration expects. Undefined where neither says a number. */
export function gpuCount({
  machine,
  facts,
}: MachineLook): {readonly seen?: number; readonly expected?: number} | undefined {
  const expected = machine.sku?.gpu?.count;
  const seen = facts?.gpus.filter(({driven}) => driven).length;
  if (expected === undefined && (seen ?? 0) === 0) return undefined;
  return {...(expected === undefined ? {} : {expected}), ...(seen === undefined ? {} : {seen})};
}

/** The disk with the least room left, as the share that is used. */
export function fullestDisk({facts}: MachineLook): {readonly disk: DiskFact; readonly used: number} | undefined {
  const disks = (facts?.disks ?? []).filter(({size}) => size > 0).map((disk) => ({disk, used: diskUse(disk)}));
  return disks.reduce<(typeof disks)[number] | undefined>(
    (most, one) => (most === undefined || one.used > most.used ? one : most),
    undefined,
  );
}

/** The share of a disk that is used, 0 to 1: of its bytes or of its inodes, whichever is more. */
export function diskUse({used, available, inodesUsed = 0}: DiskFact): number {
  return Math.max(used + available === 0 ? 0 : used / (used + available), inodesUsed);
}

/** Whether a machine has all words of a filter, in anything that is shown of it. */
export function answersFilter(filter: string, look: MachineLook): boolean {
  const {machine, facts} = look;
  return matches(
    filter,
    [
      machine.name,
      machine.address,
      ...machine.roles,
      ...machine.labels,
      machine.sku?.name ?? '',
      machineState(look).word,
      machineReason(look),
      facts?.os ?? '',
    ].join(' '),
  );
}

/** How many of all machines work. */
export interface MachineHealth {
  /** Those that are degraded too. */
  readonly up: number;
  readonly degraded: number;
  readonly total: number;
  readonly asking: number;
}

/** How many are up, degraded ones too; undefined before any was asked. */
export function machineHealth(items: readonly MachineLook[]): MachineHealth | undefined {
  if (items.every(({askedAt}) => askedAt === undefined)) return undefined;
  const count = (state: MachineLook['state']): number => items.filter((look) => look.state === state).length;
  const degraded = count('degraded');
  return {up: count('up') + degraded, degraded, total: items.length, asking: count('asking')};
}
