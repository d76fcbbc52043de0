import type {Problem} from '../engine/index.ts';
import {foldHostNames} from '../engine/index.ts';
import type {Output} from './output.ts';
import {plainLine} from './plain.ts';

/** How many machines with the same kind of problem are told one by one. */
const mostAlone = 3;

/** Says what went wrong on machines; where many have the same, once for all of them, with one as an example. */
export function sayProblems(
  failures: readonly {readonly machine: string; readonly problem: Problem}[],
  output: Output,
): void {
  const kinds = new Map<string, {machines: string[]; problem: Problem}>();
  for (const {machine, problem} of failures) {
    const kind = kinds.get(problem.code) ?? {machines: [], problem};
    kind.machines.push(machine);
    kinds.set(problem.code, kind);
  }
  for (const [code, {machines, problem}] of kinds) {
    if (machines.length <= mostAlone) {
      for (const failure of failures) if (failure.problem.code === code) output.problem(withMachine(failure));
      continue;
    }
    output.problem({
      ...problem,
      message: `${machines.length} machines: ${plainLine(foldHostNames(machines))}. The first: ${problem.message}`,
    });
  }
}

function withMachine({machine, problem}: {readonly machine: string; readonly problem: Problem}): Problem {
  return {...problem, machine: problem.machine ?? machine};
}
