/** Whether whoever holds the lock of a cluster was a run of this very computer whose runner is gone. */

import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {ProblemError} from '../problem.ts';
import {type RunFolder, runFolder} from './folder.ts';
import {takeLock} from './lock.ts';
import {fateOf} from './process.ts';
import {readRequest, readRunner} from './read-record.ts';

/** A run that nobody carries out, nor can go on with as long as it is held. */
export interface EndedRun {
  readonly run: RunFolder;
  release(): void;
}

/**
 * The run of this cluster's state folder that has this token, where its runner is a process of this computer, and gone;
 * undefined where that is not known for sure. Only its runner renews its lock on the cluster, and without it the runner's
 * own lock nobody goes on with it: so that lock is taken here, and kept until the caller releases it.
 */
export function endedHere(token: string, {stateFolder}: RunFolder, now: number): EndedRun | undefined {
  const found = runsIn(stateFolder).find((run) => tokenOf(run) === token);
  if (!found) return undefined;
  let own: ReturnType<typeof takeLock> | undefined;
  try {
    own = takeLock(found.folder, 'runner', found.run, now);
    const runner = readRunner(found);
    // Another boot may be another computer of the same name that shares the folder.
    if (runner && fateOf(runner) === 'dead') return {run: found, release: own.release};
  } catch (error) {
    // It is at work, or of another account, or its files cannot be read.
    if (!(error instanceof ProblemError)) throw error;
  }
  own?.release();
  return undefined;
}

function runsIn(stateFolder: string): readonly RunFolder[] {
  const folder = join(stateFolder, 'runs');
  return readdirSync(folder).map((name) => runFolder(join(folder, name)));
}

function tokenOf(run: RunFolder): string | undefined {
  try {
    const {token = run.run} = readRequest(run);
    return token;
  } catch (error) {
    // No run, or one that is just being removed.
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}
