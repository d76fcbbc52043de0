/** The configuration learns which machines have come or gone, when they have. */

import {realpath} from 'node:fs/promises';
import {basename} from 'node:path';
import {writeEdited} from '../config/change-value.ts';
import {digestOf, editMachineList, type MachineListChange} from '../config/edit/machine-list.ts';
import {readExactly} from '../config/source-file.ts';
import type {ClusterConfig} from '../config/types.ts';
import {displayText} from '../names.ts';
import {ProblemError} from '../problem.ts';
import {readConfig} from '../read-config.ts';
import type {RunRequest, Task} from './types.ts';

export interface PlannedList extends MachineListChange {
  /** Links resolved: what is written. */
  readonly target: string;
  /** Names of the machines that it is about. */
  readonly machines: readonly string[];
}

type Asking = Pick<RunRequest, 'source' | 'nodeList'> & {
  readonly config: string;
  readonly operation: 'machine add' | 'machine remove';
};

/** What would be written; undefined where nothing. Throws `edit-refused`. */
export async function planMachineList(request: Asking, machines: readonly string[]): Promise<PlannedList | undefined> {
  const {config} = await readConfig(request.config, request.source, request.nodeList);
  const edited = edit(config, request, machines);
  if (!edited) return undefined;
  return {...edited.change, target: await realpath(edited.change.file), machines};
}

function edit(config: ClusterConfig, {operation, nodeList}: Asking, names: readonly string[]) {
  const named = config.machines.filter(({hostname}) => names.includes(hostname));
  const isListed = (machine: (typeof named)[number]) => machine.place.source.file === nodeList;
  return operation === 'machine add'
    ? editMachineList(config, {add: named.filter(isListed), remove: []})
    : editMachineList(config, {add: [], remove: named.filter((machine) => !isListed(machine))});
}

/** The last of a run: machines are asked by what the configuration says before it. */
export function machineListTask(request: Asking, list: PlannedList, needs: readonly string[]): Task<true> {
  const name = displayText(basename(list.file));
  return {
    id: 'configuration/machine-list',
    title: `${request.operation === 'machine add' ? 'Write them into' : 'Take them out of'} the machine list of ${name}`,
    needs,
    touches: 'this computer',
    does: [{kind: 'file', path: list.target, digest: list.after}],
    expected: 'change',
    why: list.lines,
    critical: true,
    deadlineMs: 60_000,
    undo: `Take back these lines of ${name}.`,
    async satisfied() {
      return digestOf(await readExactly(list.target)) === list.after ? true : undefined;
    },
    async run({tools}) {
      const {config} = await readConfig(request.config, request.source, request.nodeList);
      const edited = edit(config, request, list.machines);
      if (edited?.change.before !== list.before || edited.change.after !== list.after) {
        throw new ProblemError({
          code: 'edit-refused',
          message: `${name} has changed since the plan was made: it was left as it is.`,
          hint: 'Change its machine list by hand, as the plan shows.',
          file: list.file,
        });
      }
      const before = await readExactly(list.target);
      await writeEdited(list.target, edited.text, tools.files);
      try {
        await readConfig(request.config, request.source);
      } catch (error) {
        await writeEdited(list.target, before, tools.files);
        throw error;
      }
      return {changed: true, result: true, note: name};
    },
  };
}
