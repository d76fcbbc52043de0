/**
 * The lock on a cluster itself, beside the one of this computer: held on a majority of its masters, so that neither two
 * dev boxes nor the two halves of a partition change it at once.
 */

import type {MachineAccess} from '../../machine-tools.ts';
import {type Problem, ProblemError, problemOf} from '../../problem.ts';
import {withDeadline} from '../../remote/deadline.ts';
import type {Clock} from '../../tools.ts';
import {askMaster, type ClusterHolder, type MasterQuestion, type MasterSays} from './master-lock.ts';

export interface ClusterLockRequest {
  readonly machines: MachineAccess;
  readonly clock: Clock;
  /** Every configured master. */
  readonly masters: readonly string[];
  readonly holder: ClusterHolder;
  /** Seconds it is held for without a renewal; 60. */
  readonly seconds?: number;
  /** The tokens of expired holders that the operator agreed to take over. */
  readonly over?: readonly string[];
  /** The tokens of holders that are known to have ended, so that nobody renews what they hold: it is not waited for. */
  readonly ended?: readonly string[];
  /** Every reachable master is enough: for what mends a cluster that lost its masters. At least one must be reached. */
  readonly withoutMajority?: boolean;
  /** Between 0 and 1, for the wait before another try. */
  random?(): number;
  /** Where it lies on the masters. */
  readonly folder?: string;
}

export interface ClusterLock {
  /** The masters it was taken on. */
  readonly on: readonly string[];
  /** Aborted when it is not surely held any more: whatever needs it must stop. */
  readonly lost: AbortSignal;
  /** Lets it go on every master that can be reached. Never throws: elsewhere it expires. */
  release(): Promise<void>;
}

const usualSeconds = 60;
/** Two who ask at the same time may both get a part. */
const tries = 4;
/** A part of its time that is never counted on: clocks drift, and what was begun needs a moment to stop. */
const margin = 0.25;
/** How long one master is waited for while it is taken, and while it is let go. */
const takeMs = 20_000;
const releaseMs = 10_000;

type Answer = {readonly master: string} & (
  | {readonly said: MasterSays; readonly problem?: undefined}
  | {readonly problem: Problem; readonly said?: undefined}
);

/**
 * Takes the lock and renews it until it is released. Throws `lock-held` with its holder, also where that one's time is
 * over and nobody agreed to take it over (`otherHolder` tells); `machine-unreachable` where no majority answers;
 * `config-invalid` where two masters are one machine, which would count twice.
 */
export async function takeClusterLock(request: ClusterLockRequest, signal: AbortSignal): Promise<ClusterLock> {
  const {masters, clock, withoutMajority = false, random = Math.random} = request;
  const majority = Math.floor(masters.length / 2) + 1;
  for (let attempt = 1; ; attempt++) {
    const asked = clock.monotonic();
    const answers = await askAll(request, 'take', takeMs, signal);
    const on = answers.flatMap(({master, said}) => (said?.says === 'taken' ? [master] : []));
    const others = answers.flatMap(({said}) => (said && 'by' in said ? [said] : []));
    const [twice] = answers.flatMap(({master, said}) => (said?.says === 'twice' ? [oneMachine(said.as, master)] : []));
    const enough = withoutMajority ? on.length > 0 && others.length === 0 : on.length >= majority;
    if (enough && !twice && !signal.aborted) return keep(request, on, Math.min(majority, on.length), asked);
    await askAll(request, 'release', releaseMs, never());
    signal.throwIfAborted();
    if (twice) throw twice;
    const reached = answers.filter(({said}) => said).length;
    if (others.length === 0) throw unreachable(answers, withoutMajority ? 1 : majority);
    // Where the other one has no majority either, it gives way as we do.
    const [other] = others.toSorted((a, b) => countOf(others, b) - countOf(others, a));
    if (!other) throw new Error('nobody holds it');
    const isSplit = other.says === 'held' && countOf(others, other) < majority && reached >= majority;
    if (!isSplit || attempt >= tries) throw held(other);
    await clock.sleep(200 + random() * 800 * attempt, signal);
  }
}

export interface OtherHolder {
  readonly by: ClusterHolder;
  /** Its time is over on the master that told of it. */
  readonly isExpired: boolean;
}

/** Who has it by what `takeClusterLock` threw; undefined for another error. */
export function otherHolder(error: unknown): OtherHolder | undefined {
  if (!(error instanceof LockHeld)) return undefined;
  const {by, says} = error.said;
  return {by, isExpired: says === 'expired'};
}

type Others = Extract<MasterSays, {readonly by: ClusterHolder}>;

class LockHeld extends ProblemError {
  readonly said: Others;

  constructor(said: Others, problem: Problem) {
    super(problem);
    this.said = said;
  }
}

/**
 * Renews it at a third of its time, each master for itself, so that one that hangs holds up nobody; and gives it up in
 * good time where a majority does not agree.
 */
function keep(request: ClusterLockRequest, taken: readonly string[], needed: number, takenAt: number): ClusterLock {
  const {clock, masters, seconds = usualSeconds} = request;
  const everyMs = (seconds * 1000) / 3;
  const lost = new AbortController();
  const ended = new AbortController();
  /** Monotonic milliseconds at which each was asked for what it agreed to: it counts from later on. */
  const agreed = new Map(taken.map((master) => [master, takenAt]));

  const watch = async () => {
    for (;;) {
      const [oldest = 0] = [...agreed.values()].sort((a, b) => b - a).slice(needed - 1);
      const left = oldest + seconds * 1000 * (1 - margin) - clock.monotonic();
      if (left <= 0) break;
      await clock.sleep(left, ended.signal);
    }
    lost.abort(notSure());
  };
  const renewOn = async (master: string) => {
    for (let at = takenAt + everyMs; ; ) {
      await clock.sleep(Math.max(0, at - clock.monotonic()), ended.signal);
      const asked = clock.monotonic();
      // One that comes back is no longer free for somebody else.
      const {said} = await ask(request, agreed.has(master) ? 'renew' : 'take', master, everyMs, ended.signal);
      ended.signal.throwIfAborted();
      const isAgreed = said?.says === 'renewed' || said?.says === 'taken';
      if (isAgreed) agreed.set(master, asked);
      else if (said) agreed.delete(master);
      // Sooner than by the time, which stands still while this computer sleeps.
      if (agreed.size < needed) lost.abort(notSure());
      // Missed once, it is tried again soon.
      at = isAgreed ? asked + everyMs : clock.monotonic() + everyMs / 4;
    }
  };
  const works = [watch(), ...masters.map(renewOn)].map((work) =>
    work.catch((error: unknown) => {
      if (!ended.signal.aborted) lost.abort(error);
    }),
  );
  let releasing: Promise<void> | undefined;
  return {
    on: taken,
    lost: lost.signal,
    release() {
      releasing ??= (async () => {
        ended.abort(new ProblemError({code: 'stopped', message: 'The lock of the cluster is not needed any more.'}));
        await Promise.all(works);
        await askAll(request, 'release', releaseMs, never());
      })();
      return releasing;
    },
  };
}

/** All masters at once. */
function askAll(
  request: ClusterLockRequest,
  what: MasterQuestion['what'],
  limitMs: number,
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  return Promise.all(request.masters.map((master) => ask(request, what, master, limitMs, signal)));
}

/** Never rejects, and does not wait for a master that hangs. */
async function ask(
  {machines, clock, holder, seconds = usualSeconds, over, ended, folder}: ClusterLockRequest,
  what: MasterQuestion['what'],
  master: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  const question = {
    ...{what, holder, seconds},
    ...(over === undefined ? {} : {over}),
    ...(ended === undefined ? {} : {ended}),
    ...(folder === undefined ? {} : {folder}),
  };
  const limit = {clock, milliseconds: limitMs, late: () => silent(master, limitMs)};
  try {
    return {
      master,
      said: await withDeadline(limit, signal, (either) => askMaster(machines, master, question, either)),
    };
  } catch (error) {
    return {master, problem: problemOf(error)};
  }
}

function countOf(others: readonly Others[], {by}: Others): number {
  return others.filter(({by: each}) => each.token === by.token).length;
}

function held(said: Others): LockHeld {
  const {by} = said;
  if (said.says === 'held')
    return new LockHeld(said, {
      code: 'lock-held',
      message: `The cluster is locked by ${by.words}, for at least ${said.secondsLeft} s more.`,
      hint: 'Wait until it has ended. Should it be gone, its lock expires by itself.',
    });
  return new LockHeld(said, {
    code: 'lock-held',
    message: `The cluster was locked by ${by.words}, which has not been heard of for ${said.secondsAgo} s more than its time.`,
    hint: 'See whether it is gone: what it began may be half-done. Then take its lock over.',
  });
}

function unreachable(answers: readonly Answer[], needed: number): ProblemError {
  const silent = answers.flatMap(({master, problem}) => (problem ? [`${master}: ${problem.message}`] : []));
  return new ProblemError({
    code: 'machine-unreachable',
    message: `The lock of the cluster needs ${needed} of ${answers.length} masters, and ${answers.length - silent.length} can be asked.`,
    hint: 'Bring masters back first. Without a majority of them only what mends the cluster can go on.',
    detail: silent.join('\n'),
  });
}

function oneMachine(first: string, second: string): ProblemError {
  return new ProblemError({
    code: 'config-invalid',
    message: `${first} and ${second} are two names of one machine, so the cluster has fewer masters than the configuration says.`,
    hint: 'Look at the addresses of both, and at what the names in them lead to. Each master has to be a machine of its own.',
    machine: second,
  });
}

function notSure(): ProblemError {
  return new ProblemError({
    code: 'lock-held',
    message: 'The lock of the cluster could not be renewed on a majority of the masters in time.',
    hint: 'Somebody else may take it from now on, so nothing more is begun. Go on when the masters can be reached.',
  });
}

function silent(machine: string, afterMs: number): ProblemError {
  return new ProblemError({
    code: 'machine-unreachable',
    message: `${machine} did not answer within ${Math.round(afterMs / 1000)} s.`,
    machine,
  });
}

function never(): AbortSignal {
  return new AbortController().signal;
}
