import {mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import type {Runs} from '../../src/engine/api.ts';
import {createClock} from '../../src/engine/clock.ts';
import {planHash} from '../../src/engine/plan/hash.ts';
import type {RunEvent, RunState} from '../../src/engine/run/events.ts';
import {emptyRun, fold} from '../../src/engine/run/fold.ts';
import {type RunFolder, runFolder} from '../../src/engine/run/folder.ts';
import {readJournal} from '../../src/engine/run/journal.ts';
import {fateOf} from '../../src/engine/run/process.ts';
import {readRunner} from '../../src/engine/run/read-record.ts';
import {createRuns} from '../../src/engine/run/runs.ts';
import {startRun} from '../../src/engine/run/start.ts';
import {Secret} from '../../src/engine/secret.ts';
import {readConfiguration} from '../../src/engine/state.ts';
import {type SixRequest, sixTasks} from './six-tasks.ts';

export const clock = createClock();
export const runnerCommand = [process.execPath, resolve(import.meta.dirname, 'six-task-runner.ts')];

/** A state home of a test's own with one cluster, and a folder the tasks write to. */
export interface Place {
  readonly home: string;
  readonly stateFolder: string;
  readonly target: string;
  readonly factFile: string;
  remove(): void;
}

export function makePlace(root = tmpdir()): Place {
  const home = realpathSync(mkdtempSync(join(root, 'pai-run-')));
  const target = join(home, '.target');
  const factFile = join(home, '.facts');
  mkdirSync(target);
  writeFileSync(factFile, 'facts 1');
  return {
    home,
    stateFolder: join(home, 'cluster'),
    target,
    factFile,
    remove: () => rmSync(home, {recursive: true, force: true}),
  };
}

/** Starts a run of six tasks in a real runner process; `env` is added to the runner's environment. */
export async function start(
  place: Place,
  more: Partial<SixRequest> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<RunFolder> {
  const {request, plan} = sixPlan(place, more);
  const id = await startRun({
    stateFolder: place.stateFolder,
    request,
    facts: 'facts 1',
    plan,
    planHash: planHash(plan),
    secrets: new Map([['password', new Secret('pa55 word')]]),
    given: ['password'],
    programVersion: '1',
    command: runnerCommand,
    environment: {...process.env, ...env},
    clock,
  });
  return runFolder(join(place.stateFolder, 'runs', id));
}

export function sixPlan(place: Place, more: Partial<SixRequest> = {}) {
  const request: SixRequest = {
    operation: 'six tasks',
    target: place.target,
    factFile: place.factFile,
    parallel: 2,
    ...more,
  };
  return {request, plan: sixTasks.plan(request, 'facts 1')};
}

export function eventsOf(run: RunFolder): readonly RunEvent[] {
  return readJournal(run.journal).events;
}

export function stateOf(run: RunFolder): RunState {
  return eventsOf(run).reduce(fold, emptyRun);
}

/** Waits until something is so; a test's own time limit is the deadline. */
export async function until<T>(find: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== undefined && found !== false) return found;
    await clock.sleep(2);
  }
}

/** Waits until the runner of a run is gone. */
export async function runnerGone(run: RunFolder): Promise<void> {
  await until(() => {
    const record = readRunner(run);
    return record !== undefined && fateOf(record) !== 'alive';
  });
}

/** All runs of a place, as the program sees them. */
export function runsOf(place: Place, env: Readonly<Record<string, string>> = {}): Runs {
  return createRuns({
    stateHome: place.home,
    command: runnerCommand,
    environment: {...process.env, ...env},
    clock,
    readConfiguration,
  });
}

/** The files the tasks wrote, with their content. */
export function written(place: Place): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(place.target)
      .sort()
      .map((name) => [name, readFileSync(join(place.target, name), 'utf8')]),
  );
}
