import {rmSync, statSync} from 'node:fs';
import type {StartOptions} from '../api.ts';
import {ProblemError} from '../problem.ts';
import {allRuns} from './find-run.ts';
import {type RunFolder, writeJson} from './folder.ts';
import {holderOf} from './lock.ts';
import {fateOf, whoami} from './process.ts';
import {readCancel, readPlan, readRequest, readRunner} from './read-record.ts';
import {diskFull} from './room.ts';
import type {RunReader} from './run-reader.ts';
import {type RunnerCommand, spawnRunner} from './spawn.ts';
import {watchFolders} from './watch.ts';

const resumeDeadlineMs = 60_000;

/**
 * Asks a run to stop; returns which request it was: 1 starts nothing new, 2 aborts what is critical too. Throws
 * `usage` when nothing of the run is at work.
 */
export function requestCancel(reader: RunReader): 1 | 2 {
  const {run, status, state} = reader;
  if (status === 'interrupted')
    throw new ProblemError({
      code: 'usage',
      message: `Run ${run.run} is interrupted; nothing of it runs that could be stopped.`,
      hint: `${reader.explanation() ?? ''} To go on: \`pai-tui run resume ${run.run}\`.`.trim(),
    });
  if (status !== 'running' && status !== 'waiting')
    throw new ProblemError({
      code: 'usage',
      message: `Run ${run.run} has ended (${status}); there is nothing to stop.`,
      hint: `What it did: \`pai-tui run show ${run.run}\`.`,
    });
  // The first one may also have been a signal, which leaves no file, or not be in the journal yet.
  const stage = readCancel(run) || state.cancel ? 2 : 1;
  try {
    writeJson(run.cancel, {stage, by: whoami()});
  } catch (error) {
    const full = diskFull(error, run.cancel);
    if (full === undefined || stage === 2 || !signalled(run)) throw full ?? error;
  }
  return stage;
}

/** A first request that needs no room on the disk; false when it did not reach the runner. */
function signalled(run: RunFolder): boolean {
  const runner = readRunner(run);
  try {
    return runner !== undefined && fateOf(runner) === 'alive' && process.kill(runner.pid, 'SIGTERM');
  } catch {
    return false;
  }
}

/** Starts a new runner on an interrupted run; resolves when it goes on with it. Throws what keeps it from that. */
export async function resume(reader: RunReader, world: RunnerCommand, options: StartOptions = {}): Promise<void> {
  const {run, status, state} = reader;
  if (isAtWork(reader)) throw stillRuns(run);
  if (status !== 'interrupted')
    throw new ProblemError({
      code: 'usage',
      message: `Run ${run.run} has ended (${status}) and cannot go on.`,
      hint: `Repeat it with a new plan: \`pai-tui run repeat ${run.run}\`.`,
    });
  checkOwner(run);
  checkLatest(run);
  rmSync(run.cancel, {force: true});
  const runners = state.runner;
  try {
    await spawnRunner(run, options.secrets ?? new Map(), world);
  } catch (error) {
    // Somebody else was faster: his runner has the run, and ours went away. It may not have written itself down yet.
    reader.refresh();
    throw isAtWork(reader) || isHeld(run) ? stillRuns(run) : (diskFull(error, run.folder) ?? error);
  }
  // Up is not yet going on: the runner may find a lock held, or that it would make another plan.
  await new Promise<void>((done, fail) => {
    const waiting = new AbortController();
    const finish = (error?: unknown) => {
      watch.close();
      waiting.abort();
      if (error === undefined) done();
      else fail(error);
    };
    const look = () => {
      reader.refresh();
      const left = readRunner(run)?.left;
      if (left) finish(new ProblemError(left));
      else if (reader.state.runner > runners) finish();
      else if (reader.status === 'interrupted') finish(killed(run));
    };
    const watch = watchFolders([run.folder], world.clock, 250, look);
    void world.clock.sleep(resumeDeadlineMs, waiting.signal).then(
      () => finish(killed(run)),
      () => {},
    );
  });
}

function isAtWork({status}: RunReader): boolean {
  return status === 'running' || status === 'waiting';
}

function isHeld(run: RunFolder): boolean {
  const holder = holderOf(run.folder, 'runner');
  return holder !== undefined && fateOf(holder) === 'alive';
}

function stillRuns(run: RunFolder): ProblemError {
  return new ProblemError({
    code: 'lock-held',
    message: `Run ${run.run} still runs (process ${holderOf(run.folder, 'runner')?.pid ?? 'not up yet'}).`,
    hint: `Look at it: \`pai-tui run attach ${run.run}\`.`,
  });
}

/** What a run made belongs to the account that started it, and so do the logins it used. */
function checkOwner(run: RunFolder): void {
  if (statSync(run.folder).uid === process.getuid?.()) return;
  throw new ProblemError({
    code: 'other-account',
    message: `Run ${run.run} was started by ${readRequest(run).who}; only that account can go on with it.`,
    hint: `Repeat it with a new plan of your own: \`pai-tui run repeat ${run.run}\`.`,
  });
}

/**
 * What takes data away was approved for what was there then. Where a later run has been at the same machines since, that
 * may be another cluster, which nobody agreed to lose.
 */
function checkLatest(run: RunFolder): void {
  if (!touches(run, ['data'])) return;
  const {at} = readRequest(run);
  const later = allRuns(run.stateHome).find(
    (other) =>
      other.stateFolder === run.stateFolder &&
      touches(other, ['a machine', 'the cluster', 'data']) &&
      readRequest(other).at > at,
  );
  if (!later) return;
  throw new ProblemError({
    code: 'plan-changed',
    message: `Run ${run.run} takes data away, and run ${later.run} has been at the same machines since it was approved.`,
    hint: `Repeat it with a new plan: \`pai-tui run repeat ${run.run}\`. What is done is not done again.`,
  });
}

function touches(run: RunFolder, what: readonly string[]): boolean {
  try {
    return readPlan(run).tasks.some((task) => what.includes(task.touches));
  } catch {
    // One that is being made, or that was spoilt, says nothing of what it does.
    return false;
  }
}

function killed(run: RunFolder): ProblemError {
  return new ProblemError({
    code: 'runner-not-started',
    message: `The new runner of ${run.run} did not go on with the run.`,
    hint: 'Its log says more.',
    file: run.runnerLog,
  });
}
