import type {TaskContext, TaskEnd} from '../../plan/types.ts';
import {ProblemError} from '../../problem.ts';
import type {ClusterMachine} from '../layout/types.ts';
import type {Changes} from './run-steps.ts';

/**
 * Does the same on several machines at once, for what is safe as soon as one of them has it: where one fails, that is told
 * and the task goes on. Throws what the first threw where all fail.
 */
export async function onAnyOf(
  machines: readonly ClusterMachine[],
  work: (machine: ClusterMachine) => Promise<TaskEnd<Changes>>,
  {signal, output}: Pick<TaskContext, 'signal' | 'output'>,
): Promise<TaskEnd<Changes>> {
  const ends = await Promise.all(
    machines.map(async (machine) => {
      try {
        const {changed, result} = await work(machine);
        return {machine: machine.name, changed, changes: result.changes};
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ProblemError)) throw error;
        output(`${error.problem.message}\r\n`);
        return {machine: machine.name, error};
      }
    }),
  );
  const well = ends.flatMap((end) => ('error' in end ? [] : [end]));
  const [first] = ends.flatMap((end) => ('error' in end ? [end.error] : []));
  if (well.length === 0 && first) throw first;
  const changed = well.filter((end) => end.changed).map(({machine}) => machine);
  const failed = ends.flatMap((end) => ('error' in end ? [end.machine] : []));
  const words = [
    changed.length === 0 ? 'nothing changed' : `put on ${changed.join(' and ')}`,
    ...(failed.length > 0 ? [`not on ${failed.join(' and ')}`] : []),
  ];
  const result = {changes: well.flatMap(({changes}) => changes)};
  return {changed: changed.length > 0, result, note: words.join(', ')};
}
