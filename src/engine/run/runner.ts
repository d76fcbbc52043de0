import {appendFileSync} from 'node:fs';
import {exitCodeOf, type Problem, problemOf} from '../problem.ts';
import {createStore, type WritableStore} from '../store.ts';
import {listenForCancel} from './cancel.ts';
import {carryOut} from './carry-out.ts';
import type {Cancel} from './execution.ts';
import {leaveRunner, type RunFolder, type RunnerRecord, runFolder, writeRunner} from './folder.ts';
import {readSecrets} from './handover.ts';
import {takeLock} from './lock.ts';
import {thisProcess} from './process.ts';
import {readRequest} from './read-record.ts';
import {redactText, redactValue} from './redact.ts';
import {diskFull} from './room.ts';
import type {RunnerWorld} from './runner-world.ts';

/**
 * Carries out the run in a folder that `startRun` made, or goes on with it. Meant to be all that a detached process
 * does: it ignores SIGHUP, takes SIGTERM and SIGINT as a request to stop, and says everything in the folder's files.
 * Resolves with the exit code of the run; the caller exits with it.
 */
export async function runRunner(folder: string, world: RunnerWorld): Promise<number> {
  const run = runFolder(folder);
  const cancel = createStore<Cancel | undefined>(undefined);
  const signals = listenForSignals(cancel);
  try {
    // A folder that was removed before we were up must not come back with nothing but a lock in it.
    readRequest(run);
    const own = takeLock(run.folder, 'runner', run.run, world.clock.now());
    try {
      return await runHere(run, world, cancel);
    } finally {
      own.release();
    }
  } catch (error) {
    const problem = problemOf(diskFull(error, run.folder) ?? error);
    note(run, problem);
    return exitCodeOf(problem);
  } finally {
    signals.close();
  }
}

async function runHere(run: RunFolder, world: RunnerWorld, cancel: WritableStore<Cancel | undefined>): Promise<number> {
  let self: RunnerRecord = {...thisProcess(), programVersion: world.programVersion, ready: false};
  let redact = (text: string) => text;
  writeRunner(run, self);
  try {
    const secrets = await readSecrets(world.stdin, world.clock);
    redact = redactText(secrets.values());
    self = {...self, ready: true};
    writeRunner(run, self);
    const watch = listenForCancel(run, world.clock, cancel);
    try {
      return await carryOut(run, world, secrets, cancel, redact);
    } finally {
      watch.close();
    }
  } catch (error) {
    // The journal has no end: the run can be resumed, and whoever looks is told why it is where it is.
    const problem = redactValue(problemOf(diskFull(error, run.folder) ?? error), redact);
    leaveRunner(run, self, problem);
    note(run, problem);
    return exitCodeOf(problem);
  }
}

/** A runner outlives its terminal; being told to end is a request to stop. */
function listenForSignals(cancel: WritableStore<Cancel | undefined>): {close(): void} {
  const ignore = () => {};
  const stop = (signal: NodeJS.Signals) => {
    if (!cancel.get()) cancel.set({stage: 1, by: signal});
  };
  process.on('SIGHUP', ignore);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return {
    close() {
      process.off('SIGHUP', ignore);
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
    },
  };
}

/** For whoever looks into runner.log. A full disk must not hide the exit code. */
function note(run: RunFolder, problem: Problem): void {
  try {
    appendFileSync(
      run.runnerLog,
      `${problem.code}: ${problem.message}\n${problem.detail ? `${problem.detail}\n` : ''}`,
    );
  } catch {
    // The same words are in runner.json, which has its room.
  }
}
