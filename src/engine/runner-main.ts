import {availableParallelism} from 'node:os';
import {createClock} from './clock.ts';
import {createMachines} from './machines/machines.ts';
import {machineSecrets} from './machines/run-secrets.ts';
import {operationOf} from './operations.ts';
import type {Pace} from './run/execution.ts';
import {runFolder} from './run/folder.ts';
import {runRunner} from './run/runner.ts';
import {readConfiguration} from './state.ts';
import {endLeftSession} from './terminal/process-session.ts';
import {createTools, loadSsh} from './world.ts';

export interface RunnerOptions {
  /** What hooks inherit and where the engine is found. */
  readonly environment: NodeJS.ProcessEnv;
  readonly programVersion: string;
  /** The folder of what is shipped beside the program. */
  readonly assets: string;
  /** The Docker engine; beats the environment. */
  readonly endpoint?: string;
}

/**
 * How many tasks of a kind may run at a time. Uploads: more of them only share one line. Components with hooks: their
 * hooks wait for each other, and those that wait must not take every slot from what only builds.
 */
const limits: Readonly<Record<string, number>> = {upload: 4, hook: 3};

/**
 * Carries out the run in this folder, or goes on with it. All that the hidden runner process does: secrets come
 * over stdin, everything it says is in the folder. Resolves with the exit code of the run.
 */
export async function serveRunner(folder: string, options: RunnerOptions): Promise<number> {
  const clock = createClock();
  const {environment, programVersion, assets, endpoint} = options;
  const {stateHome} = runFolder(folder);
  const machines = createMachines({environment, stateHome, assets, clock, loadSsh: () => loadSsh(clock)});
  return runRunner(folder, {
    operation: operationOf,
    async tools({config, source, nodeList, jump}, secrets) {
      const own = await createTools({environment, stateHome, clock, assets, endpoint});
      if (config === undefined) return own;
      return {...own, machines: machines.access({config, source, nodeList, jump, secrets: machineSecrets(secrets)})};
    },
    closeTools: () => machines.close(),
    clock,
    readConfiguration,
    programVersion,
    stdin: process.stdin,
    parallel: tasksAtOnce(),
    resourceLimit: (resource) => limits[resource],
    pace: (resource) => (resource === 'build' || resource === 'hook' ? buildPace() : undefined),
    endSession: endLeftSession,
  });
}

/**
 * The first moments of a build are the dearest for the processors (hashing, sending, the engine's first containers).
 * Many that have them together make them long for all, also for the build that the longest chain waits for.
 */
function buildPace(): Pace {
  return {starts: Math.max(1, Math.floor(availableParallelism() / 2)), withinMs: 500};
}

/** Tasks at a time when the operator does not say: builds wait for networks and disks as much as they compute. */
export function tasksAtOnce(): number {
  return Math.min(8, Math.max(4, availableParallelism()));
}
