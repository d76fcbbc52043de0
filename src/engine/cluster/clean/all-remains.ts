import {each} from '../../machines/each.ts';
import {type Problem, ProblemError, problemOf} from '../../problem.ts';
import type {Tools} from '../../tools.ts';
import type {ClusterLayout} from '../layout/types.ts';
import {type Remains, readRemains, readRemainsScript} from './remains.ts';

/** What lies on a machine, or why it could not be asked. */
export interface AskedForRemains {
  readonly name: string;
  readonly remains?: Remains;
  readonly problem?: Problem;
}

/** Machines that are asked at once, without those that take long. */
const parallel = 40;

/** Of all machines, in the order of the configuration. Throws when it was aborted, and nothing else. */
export async function readAllRemains(
  layout: ClusterLayout,
  {assets, machines, clock}: Pick<Tools, 'assets' | 'machines' | 'clock'>,
  signal: AbortSignal,
): Promise<readonly AskedForRemains[]> {
  const script = await readRemainsScript(assets);
  return each(layout.machines, {parallel, clock}, async (machine): Promise<AskedForRemains> => {
    try {
      return {name: machine.name, remains: await readRemains(machines, machine, layout, script, signal)};
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProblemError)) throw error;
      return {name: machine.name, problem: problemOf(error)};
    }
  });
}
