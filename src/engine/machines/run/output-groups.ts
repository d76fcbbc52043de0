import {createHash} from 'node:crypto';
import type {RemoteEnd} from '../../machine-tools.ts';
import type {DifferenceLine, MachineInfo, OutputGroup} from '../types.ts';
import {lineDifference} from './line-difference.ts';

/** What one machine said until it ended. */
export interface Said {
  readonly machine: MachineInfo;
  readonly stdout: string;
  readonly stderr: string;
  readonly end?: RemoteEnd;
}

/** What tells outputs apart, found out once for each machine. */
export interface SaidKeys {
  readonly machine: MachineInfo;
  readonly end?: RemoteEnd;
  /** Of what it said. */
  readonly exact: string;
  /** Of the same without the machine's own name and address. */
  readonly general: string;
}

export function saidKeys(said: Said): SaidKeys {
  const {machine, end, stdout, stderr} = said;
  return {
    machine,
    ...(end ? {end} : {}),
    exact: keyOf(end, stdout, stderr),
    general: keyOf(end, generalised(stdout, machine), generalised(stderr, machine)),
  };
}

/**
 * Machines that said the same and ended alike, the largest group first, then in the order of the machines; each with
 * what differs from the largest, found out when somebody looks at it.
 *
 * A machine's own name and address count as the same as another's own: 'node-3 is up' and 'node-4 is up' are one group,
 * whose text then has <name> and <address> there. Only whole words are taken for them, and what is the same without
 * that stays as it is. The streams are compared apart: how their lines fell among each other is chance.
 */
export function outputGroups(
  all: readonly SaidKeys[],
  saidBy: (machine: MachineInfo) => Said | undefined,
): readonly OutputGroup[] {
  const groups: Group[] = [];
  const byKey = new Map<string, Group>();
  for (const keys of all) {
    const group = byKey.get(keys.exact) ??
      byKey.get(`general ${keys.general}`) ?? {first: keys, machines: [], isExact: true};
    if (group.machines.length === 0) groups.push(group);
    else if (!byKey.has(keys.exact)) group.isExact = false;
    group.machines.push(keys.machine);
    byKey.set(keys.exact, group);
    byKey.set(`general ${keys.general}`, group);
  }
  const [largest, ...others] = groups.sort((a, b) => b.machines.length - a.machines.length);
  if (!largest) return [];
  const textOf = (group: Group, isExact: boolean) => {
    const {machine} = group.first;
    const {stdout = '', stderr = ''} = saidBy(machine) ?? {};
    if (isExact) return joined(stdout, stderr);
    return joined(generalised(stdout, machine), generalised(stderr, machine));
  };
  return [
    {...factsOf(largest), text: textOf(largest, largest.isExact)},
    ...others.map((group) => {
      let difference: readonly DifferenceLine[] | undefined;
      return {
        ...factsOf(group),
        text: textOf(group, group.isExact),
        get difference() {
          // A line with the machine's own name is no difference from a text without names.
          const isExact = largest.isExact && group.isExact;
          difference ??= lineDifference(textOf(largest, isExact), textOf(group, isExact));
          return difference;
        },
      };
    }),
  ];
}

interface Group {
  readonly first: SaidKeys;
  readonly machines: MachineInfo[];
  /** All said exactly the same. */
  isExact: boolean;
}

function factsOf({first: {end}, machines}: Group) {
  return {machines, ...(end ? {end} : {})};
}

/** Without the end of its last line, so that what differs there is seen and an empty line is not. */
function joined(stdout: string, stderr: string): string {
  const out = stdout.replace(/\n$/, '');
  const err = stderr.replace(/\n$/, '');
  return out !== '' && err !== '' ? `${out}\n${err}` : out + err;
}

function keyOf(end: RemoteEnd | undefined, stdout: string, stderr: string): string {
  const said = JSON.stringify([end?.exit ?? null, end?.signal ?? null, stdout, stderr]);
  return createHash('sha256').update(said).digest('base64');
}

function generalised(text: string, {name, address}: MachineInfo): string {
  return replaced(replaced(text, name, '<name>'), address, '<address>');
}

function replaced(text: string, word: string, by: string): string {
  if (word === '' || !text.includes(word)) return text;
  const plain = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // node-1 is not a part of node-12, nor 10.0.0.1 of 10.0.0.11; node-1.example begins with node-1.
  return text.replace(new RegExp(`(?<![\\w.-])${plain}(?![\\w-]|\\.\\d)`, 'g'), by);
}
