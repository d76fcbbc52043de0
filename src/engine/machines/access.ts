import type {MachineAccess} from '../machine-tools.ts';
import {displayText, nearestNames} from '../names.ts';
import {ProblemError} from '../problem.ts';
import {type Asked, askMachine} from './asked.ts';

/** The machines of a configuration as tasks and facts get them. It is read when a machine is first used. */
export function machineAccess(open: () => Promise<readonly Asked[]>): MachineAccess {
  let opening: Promise<ReadonlyMap<string, Asked>> | undefined;
  return {
    async use(machine, work, signal) {
      opening ??= open().then((all) => new Map(all.map((asked) => [asked.machine.name, asked])));
      const all = await opening;
      const asked = all.get(machine);
      if (!asked) throw notThere(machine, [...all.keys()]);
      return askMachine(asked, signal, work);
    },
  };
}

/** For operations that have to do with no machine. */
export const noMachines: MachineAccess = {
  async use(machine) {
    throw notThere(machine, []);
  },
};

function notThere(machine: string, known: readonly string[]): ProblemError {
  const [nearest] = nearestNames(machine, known);
  return new ProblemError({
    code: 'unknown-name',
    message: `The configuration has no machine ${displayText(machine)}.`,
    ...(nearest === undefined ? {} : {hint: `Did you mean ${displayText(nearest)}?`}),
    machine,
  });
}
