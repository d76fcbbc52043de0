import {type ClusterLock, otherHolder, takeClusterLock} from '../cluster/lock/cluster-lock.ts';
import type {ClusterHolder} from '../cluster/lock/master-lock.ts';
import type {ClusterLockWish} from '../plan/types.ts';
import {ProblemError, problemOf} from '../problem.ts';
import type {Tools} from '../tools.ts';
import {beforeTasks, type Limits} from './before-tasks.ts';
import {type EndedRun, endedHere} from './ended-here.ts';
import type {RequestRecord, RunFolder} from './folder.ts';
import {holderWords} from './lock.ts';
import {thisProcess, userName} from './process.ts';

/** Less than whoever resumes a run waits for it to go on. */
const deadlineMs = 45_000;

/** The lock on the cluster in the hands of a run. */
export interface HeldCluster extends ClusterLock {
  readonly tookOver: readonly TakenOver[];
}

/** A holder that it was taken over from. */
export interface TakenOver {
  readonly words: string;
  /** The run it was, of this computer, whose process is gone; absent: its time was over, and the operator agreed. */
  readonly ended?: RunFolder;
}

/**
 * Takes the lock on the cluster for a run. A run that goes on has its own again. One whose holder was a run of this computer
 * and is gone is taken over at once. One whose holder's time is over is taken over where `takeOver` says that the operator
 * agreed; else that is refused as `lock-held`, like one whose holder lives.
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
    const agreed: ClusterHolder[] = [];
    const gone: (EndedRun & {readonly by: ClusterHolder})[] = [];
    const has = (list: readonly {readonly token: string}[], by: ClusterHolder) =>
      list.some((one) => one.token === by.token);
    try {
      for (;;) {
        const [over, ended] = [agreed, gone.map(({by}) => by)];
        try {
          const lock = await takeClusterLock({...request, over: tokensOf(over), ended: tokensOf(ended)}, signal);
          return {
            ...lock,
            tookOver: [
              ...over.map((by) => ({words: by.words})),
              ...gone.map(({by, run: left}) => ({words: by.words, ended: left})),
            ],
          };
        } catch (error) {
          const other = otherHolder(error);
          if (!other) throw error;
          const {by, isExpired} = other;
          const left = has(ended, by) ? undefined : endedHere(by.token, run, clock.now());
          if (left) gone.push({...left, by});
          else if (isExpired && takeOver && !has(over, by)) agreed.push(by);
          else throw isExpired ? withWay(error, run) : error;
        }
      }
    } finally {
      for (const {release} of gone) release();
    }
  });
}

function tokensOf(holders: readonly ClusterHolder[]): readonly string[] {
  return holders.map(({token}) => token);
}

function withWay(error: unknown, {run}: RunFolder): ProblemError {
  return new ProblemError({
    ...problemOf(error),
    hint: `See whether it is gone: what it began may be half-done. Then take its lock over: \`pai-tui run repeat ${run} --take-over-lock\`.`,
  });
}
