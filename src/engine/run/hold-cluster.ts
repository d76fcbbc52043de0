import {
  type ClusterLock,
  type ClusterLockRequest,
  expiredHolder,
  takeClusterLock,
} from '../cluster/lock/cluster-lock.ts';
import type {ClusterHolder} from '../cluster/lock/master-lock.ts';
import type {ClusterLockWish} from '../plan/types.ts';
import {ProblemError} from '../problem.ts';
import type {Tools} from '../tools.ts';
import {beforeTasks, type Limits} from './before-tasks.ts';
import type {RequestRecord, RunFolder} from './folder.ts';
import {holderWords} from './lock.ts';
import {thisProcess, userName} from './process.ts';

/** Less than whoever resumes a run waits for it to go on. */
const deadlineMs = 45_000;

/** The lock on the cluster in the hands of a run. */
export interface HeldCluster extends ClusterLock {
  /** The holders it was taken over from, in words. */
  readonly tookOverFrom: readonly string[];
}

/**
 * Takes the lock on the cluster for a run. A run that goes on has its own again. One whose holder's time is over is taken
 * over where `takeOver` says that the operator agreed; else that is refused as `lock-held`, like one whose holder lives.
 */
export function holdCluster(
  run: RunFolder,
  {token = run.run}: RequestRecord,
  wish: ClusterLockWish,
  takeOver: boolean,
  {machines, clock}: Pick<Tools, 'machines' | 'clock'>,
  limits: Omit<Limits, 'deadline'>,
): Promise<HeldCluster> {
  const words = holderWords({...thisProcess(), user: userName(), run: run.run});
  const request = {...wish, machines, clock, holder: {token, words}};
  const late = new ProblemError({
    code: 'deadline-passed',
    message: `The lock of the cluster could not be taken within ${deadlineMs / 1000} s.`,
    hint: 'Others may be taking it too, or masters answer slowly. Try again.',
  });
  return beforeTasks({...limits, deadline: {milliseconds: deadlineMs, late}}, async (signal) => {
    const gone: ClusterHolder[] = [];
    for (;;) {
      const over = gone.map((holder) => holder.token);
      const taken = await takeOrExpired({...request, over}, signal);
      if ('lock' in taken) return {...taken.lock, tookOverFrom: gone.map((holder) => holder.words)};
      if (!takeOver || over.includes(taken.expired.token)) throw withWay(taken.error, run);
      gone.push(taken.expired);
    }
  });
}

async function takeOrExpired(
  request: ClusterLockRequest,
  signal: AbortSignal,
): Promise<{readonly lock: ClusterLock} | {readonly expired: ClusterHolder; readonly error: ProblemError}> {
  try {
    return {lock: await takeClusterLock(request, signal)};
  } catch (error) {
    const expired = expiredHolder(error);
    if (!expired || !(error instanceof ProblemError)) throw error;
    return {expired, error};
  }
}

function withWay({problem}: ProblemError, {run}: RunFolder): ProblemError {
  return new ProblemError({
    ...problem,
    hint: `See whether it is gone: what it began may be half-done. Then take its lock over: \`pai-tui run repeat ${run} --take-over-lock\`.`,
  });
}
