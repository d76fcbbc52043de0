import {randomUUID} from 'node:crypto';
import {existsSync, readdirSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {MachineSecrets} from '../machines/types.ts';
import {outlineOf} from '../plan/outline.ts';
import type {Plan, RunRequest} from '../plan/types.ts';
import type {Secret} from '../secret.ts';
import {makeFolder, notWritable} from '../sharing.ts';
import {type PlanRecord, type RequestRecord, runFolder, writeJson} from './folder.ts';
import {whoami} from './process.ts';
import {readRunner} from './read-record.ts';
import {diskFull} from './room.ts';
import {type RunnerCommand, spawnRunner} from './spawn.ts';

export interface RunStart extends RunnerCommand {
  /** `<stateHome>/<cluster>`, absolute; made if it is not there. */
  readonly stateFolder: string;
  readonly request: RunRequest;
  /** Plain JSON: what the plan was made of. */
  readonly facts: unknown;
  readonly plan: Plan;
  /** What was approved. */
  readonly planHash: string;
  readonly secrets?: ReadonlyMap<string, Secret> | undefined;
  /** Which of them the operator gave to log in to machines with. */
  readonly given?: readonly (keyof MachineSecrets)[];
  readonly programVersion: string;
}

/**
 * Makes a run's folder and starts its runner. Resolves with the run's id once the runner is at work; what becomes
 * of the run is in its journal from then on. Throws `runner-not-started`; the folder is kept only if the runner
 * left a word in it.
 */
export async function startRun(start: RunStart): Promise<string> {
  const {stateFolder, request, plan} = start;
  const at = start.clock.now();
  const run = runFolder(makeRunFolder(stateFolder, nameOf(at, request)));
  const record: RequestRecord = {
    run: run.run,
    request,
    planHash: start.planHash,
    who: whoami(),
    ...origin(start.environment),
    ...(start.given === undefined || start.given.length === 0 ? {} : {given: start.given}),
    programVersion: start.programVersion,
    at,
    token: randomUUID(),
  };
  const approved: PlanRecord = {
    operation: plan.operation,
    title: plan.title,
    tasks: plan.tasks.map(outlineOf),
    notices: plan.notices,
  };
  try {
    writeJson(run.facts, start.facts ?? null);
    writeJson(run.plan, approved);
    writeJson(run.request, record);
    await spawnRunner(run, start.secrets ?? new Map(), start);
  } catch (error) {
    if (!readRunner(run)) rmSync(run.folder, {recursive: true, force: true});
    throw diskFull(error, run.folder) ?? error;
  }
  return run.run;
}

/** 20261120-201905-image-build, and with a number where that is taken, also by a run of another cluster. */
function makeRunFolder(stateFolder: string, name: string): string {
  const home = dirname(stateFolder);
  const runs = join(stateFolder, 'runs');
  const made = (folder: string) => {
    try {
      return makeFolder(folder);
    } catch (error) {
      throw diskFull(error, folder) ?? notWritable(error, folder) ?? error;
    }
  };
  made(runs);
  const clusters = readdirSync(home);
  for (let number = 1; ; number++) {
    const id = number === 1 ? name : `${name}-${number}`;
    if (clusters.some((cluster) => existsSync(join(home, cluster, 'runs', id)))) continue;
    if (made(join(runs, id))) return join(runs, id);
  }
}

/** In the computer's own time: it is for people. */
function nameOf(epoch: number, {operation}: RunRequest): string {
  const date = new Date(epoch);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  const time = `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
  return `${day}-${time}-${operation.replace(/[^a-z0-9]+/gi, '-')}`;
}

function origin(environment: NodeJS.ProcessEnv): {readonly from?: string} {
  const {SSH_CONNECTION: connection = ''} = environment;
  const [from] = connection.split(' ');
  return from ? {from} : {};
}
