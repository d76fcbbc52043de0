/** Findings of many machines, told once. Pure. */

import type {FoldedFinding, StatusFinding} from './types.ts';

/** In the order of the first of each. Words that name the machine in the command that mends it keep it apart. */
export function foldFindings(findings: readonly StatusFinding[]): readonly FoldedFinding[] {
  const folded = new Map<string, {finding: StatusFinding; machines: string[]}>();
  for (const finding of findings) {
    const {machine, ...same} = finding;
    const key = JSON.stringify(same);
    const entry = folded.get(key) ?? {finding, machines: []};
    if (machine !== undefined && !entry.machines.includes(machine)) entry.machines.push(machine);
    folded.set(key, entry);
  }
  return [...folded.values()].map(({finding: {machine: _, ...finding}, machines}) => ({...finding, machines}));
}
