/** Findings of many machines, told once. Pure. */

import {foldHostNames} from '../../machines/host-names.ts';
import type {FoldedFinding, StatusFinding} from './types.ts';

/** What stands for the name of the machine where it was taken out: in no text of a finding. */
const itself = '\0';

/**
 * In the order of the first of each. What differs only in the name of the machine, and in the login and address behind it, is
 * the same: of several it says 'it', and the command that mends it gets the names of all.
 */
export function foldFindings(findings: readonly StatusFinding[]): readonly FoldedFinding[] {
  const groups = new Map<string, Group>();
  const patterns = new Map<string, RegExp>();
  for (const first of findings) {
    const {machine, ...same} = first;
    const pattern = machine === undefined ? undefined : (patterns.get(machine) ?? nameIn(machine));
    if (machine !== undefined && pattern) patterns.set(machine, pattern);
    const unnamed = pattern ? withTexts(same, (text) => text.replace(pattern, itself)) : same;
    const key = JSON.stringify(unnamed);
    const group: Group = groups.get(key) ?? {first, unnamed, machines: new Set()};
    if (machine !== undefined) group.machines.add(machine);
    groups.set(key, group);
  }
  return [...groups.values()].map(({first, unnamed, machines: names}) => {
    const machines = [...names];
    const {machine: _, ...finding} = machines.length > 1 ? named(unnamed, machines) : first;
    return {...finding, machines};
  });
}

interface Group {
  readonly first: StatusFinding;
  readonly unnamed: StatusFinding;
  readonly machines: Set<string>;
}

/** 'gpu-01', 'gpu-01 (ann@10.0.0.1, port 2222)'; not in 'gpu-011' or 'big-gpu-01'. */
function nameIn(machine: string): RegExp {
  const name = machine.replace(/[^\w-]/g, '\\$&');
  return new RegExp(`(?<![\\w.-])${name}(?![\\w-]|\\.\\w)(?: \\([^()@\\s]+@[^()]*\\))?`, 'g');
}

function named(finding: StatusFinding, machines: readonly string[]): StatusFinding {
  const names = foldHostNames(machines);
  const {mend} = withTexts(finding, (text) => text.replaceAll(itself, names));
  const says = finding.says
    .replace(new RegExp(`(^|[.:] )${itself}`, 'g'), '$1It')
    .replaceAll(`${itself}'s`, 'its')
    .replaceAll(itself, 'it');
  return {...finding, says, ...(mend ? {mend} : {})};
}

function withTexts({mend, ...finding}: StatusFinding, change: (text: string) => string): StatusFinding {
  if (!mend) return {...finding, says: change(finding.says)};
  const {command, says} = mend;
  return {
    ...{...finding, says: change(finding.says)},
    mend: {
      ...(command === undefined ? {} : {command: change(command)}),
      ...(says === undefined ? {} : {says: change(says)}),
    },
  };
}
