/** Asks all masters of a cluster at once for the state of their etcd. Changes nothing. */

import {askMachine, endText} from '../../machine-answer.ts';
import type {MachineAccess, Remote} from '../../machine-tools.ts';
import {each} from '../../machines/each.ts';
import {readMachineScript} from '../../machines/machine-script.ts';
import {ProblemError, problemOf} from '../../problem.ts';
import type {Clock} from '../../tools.ts';
import {parseEtcd} from './parse-answer.ts';
import type {EtcdAnswer, EtcdMaster, SeenEtcd} from './types.ts';

export interface EtcdQuestion {
  readonly machines: MachineAccess;
  readonly clock: Clock;
  /** The folder of what is shipped beside the program. */
  readonly assets: string;
  readonly masters: readonly EtcdMaster[];
  /** The folder on the masters that is mounted into etcd, by the configuration: for masters without a container. */
  readonly etcdDataPath: string;
  /** Seconds that docker and etcd are given on a machine; absent: 15. */
  readonly patienceSeconds?: number;
}

/**
 * An answer of every master, in their order; `told` hears each as it comes. A master that cannot be asked has a problem
 * in its answer. Rejects only when aborted. `judgeEtcd` says what the answers mean.
 */
export async function readEtcd(
  question: EtcdQuestion,
  told: (answer: EtcdAnswer) => void,
  signal: AbortSignal,
): Promise<readonly EtcdAnswer[]> {
  const {machines, clock, masters} = question;
  const script = await readMachineScript(question.assets, 'etcd.sh', 'etcd/settings.sh');
  return each(masters, {parallel: masters.length, clock}, async ({name}) => {
    const at = clock.now();
    let answer: EtcdAnswer;
    try {
      const ask = (remote: Remote) => askOne(remote, script, question, signal);
      answer = {master: name, at, seen: await machines.use(name, ask, signal)};
    } catch (error) {
      signal.throwIfAborted();
      answer = {master: name, at, problem: {...problemOf(error), machine: name}};
    }
    told(answer);
    return answer;
  });
}

async function askOne(
  remote: Remote,
  script: string,
  {etcdDataPath, patienceSeconds = 15}: EtcdQuestion,
  signal: AbortSignal,
): Promise<SeenEtcd> {
  const command = {
    script,
    args: [String(patienceSeconds), etcdDataPath],
    sudo: true,
    reads: true as const,
    deadlineMs: (2 * patienceSeconds + 30) * 1000,
  };
  const {answer, end, said} = await askMachine(remote, command, signal);
  if (answer.complete) return parseEtcd(answer);
  throw new ProblemError({
    code: 'facts-unreadable',
    message: `It could not be asked for its etcd: its /bin/sh ${endText(end)} before it had told everything.`,
    ...(said === '' ? {} : {detail: said}),
  });
}
