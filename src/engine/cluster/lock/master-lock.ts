import {askMachine, endText} from '../../machine-answer.ts';
import type {MachineAccess} from '../../machine-tools.ts';
import {displayText} from '../../names.ts';
import {ProblemError} from '../../problem.ts';
import {lockFolder, lockScript} from './lock-script.ts';

/** Who holds the lock of a cluster. */
export interface ClusterHolder {
  /** Nobody else has it; a run that is resumed has it again, and with it its own lock. */
  readonly token: string;
  /** 'run 20261128-… of ann on box' */
  readonly words: string;
}

/** What one master says. Seconds are counted by its own clock. */
export type MasterSays =
  | {readonly says: 'taken' | 'renewed' | 'released' | 'gone'}
  /** Its lock is this holder's, taken by another name: two names lead to one machine. */
  | {readonly says: 'twice'; readonly as: string}
  | {readonly says: 'held'; readonly by: ClusterHolder; readonly secondsLeft: number}
  | {readonly says: 'expired'; readonly by: ClusterHolder; readonly secondsAgo: number};

export interface MasterQuestion {
  readonly what: 'take' | 'renew' | 'release';
  readonly holder: ClusterHolder;
  readonly seconds: number;
  /** The tokens of expired holders that are to be taken over. */
  readonly over?: readonly string[];
  /** The tokens of holders that have ended: nobody renews what they hold. */
  readonly ended?: readonly string[];
  /** Where the lock lies; `/var/lib/pai-tui`. */
  readonly folder?: string;
}

/** Asks one master. Throws what connecting and running throw, `file-unwritable` where it cannot keep a lock. */
export async function askMaster(
  machines: MachineAccess,
  master: string,
  {what, holder, seconds, over = [], ended = [], folder = lockFolder}: MasterQuestion,
  signal: AbortSignal,
): Promise<MasterSays> {
  const command = {
    script: lockScript,
    args: [what, folder, holder.token, String(seconds), over.join(' '), master, ended.join(' ')],
    stdin: `${displayText(holder.words)}\n`,
    sudo: true,
    deadlineMs: 20_000,
  };
  const {answer, end, said} = await machines.use(master, (remote) => askMachine(remote, command, signal), signal);
  for (const says of ['taken', 'renewed', 'released', 'gone'] as const)
    if (answer.complete && answer.lines(says).length > 0) return {says};
  const as = answer.first('twice');
  if (as !== undefined) return {says: 'twice', as};
  const words = answer.first('holder') ?? 'somebody';
  const [held, expired] = [answer.first('held'), answer.first('expired')].map((line) => line?.split(' '));
  if (held) return {says: 'held', by: {token: held[1] ?? '', words}, secondsLeft: Number(held[0])};
  if (expired) return {says: 'expired', by: {token: expired[1] ?? '', words}, secondsAgo: Number(expired[0])};
  const why = answer.first('failed') ?? `its /bin/sh ${endText(end)}`;
  throw new ProblemError({
    code: 'file-unwritable',
    message: `The lock of the cluster cannot be kept on ${master}: ${why}.`,
    hint: `Look at ${folder} there: root must be able to write to it, and flock (of util-linux) must be installed.`,
    ...(said === '' ? {} : {detail: said}),
    machine: master,
  });
}
