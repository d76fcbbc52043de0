/** The configuration learns which machines have come or gone, when they have. */

import {realpath} from 'node:fs/promises';
import {basename} from 'node:path';
import {writeEdited} from '../../config/change-value.ts';
import {digestOf, type EditedList, editMachineList, type MachineListChange} from '../../config/edit/machine-list.ts';
import {readExactly, SourceFile} from '../../config/source-file.ts';
import type {ClusterConfig} from '../../config/types.ts';
import {readYaml} from '../../config/yaml.ts';
import {displayText} from '../../names.ts';
import {ProblemError} from '../../problem.ts';
import {readConfig} from '../../read-config.ts';
import type {RunRequest, Task} from '../types.ts';

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

/** What would be written; undefined where nothing. Throws `edit-refused`, and what would be wrong with it. */
export async function planMachineList(request: Asking, machines: readonly string[]): Promise<PlannedList | undefined> {
  const {config} = await readConfig(request.config, request.source, {nodeList: request.nodeList});
  const edited = edit(config, request, machines);
  if (!edited) return undefined;
  await checkEdited(request, edited);
  return {...edited.change, target: await realpath(edited.change.file), machines};
}

/** Rules of the configuration may want more of an entry than a node list does. */
async function checkEdited({config, source}: Asking, {change: {file}, text}: EditedList): Promise<void> {
  const instead = new SourceFile(file, 0o600, text, readYaml(text, file));
  await readConfig(config, source, {instead}).catch((error: unknown) => {
    if (!(error instanceof ProblemError)) throw error;
    const {message, line, key} = error.problem;
    throw new ProblemError({
      code: 'edit-refused',
      message: `With these machines ${displayText(basename(file))} would be wrong: ${message}`,
      hint: 'Write what is missing into the entries of the node list, or leave --update-config out.',
      file,
      ...(line === undefined ? {} : {line}),
      ...(key === undefined ? {} : {key}),
    });
  });
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
      const {config} = await readConfig(request.config, request.source, {nodeList: request.nodeList});
      const edited = edit(config, request, list.machines);
      if (edited?.change.before !== list.before || edited.change.after !== list.after) {
        throw new ProblemError({
          code: 'edit-refused',
          message: `${name} has changed since the plan was made: it was left as it is.`,
          hint: 'Change its machine list by hand, as the plan shows.',
          file: list.file,
        });
      }
      await writeEdited(list.target, edited.text, tools.files);
      return {changed: true, result: true, note: name};
    },
  };
}
