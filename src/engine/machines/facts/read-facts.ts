/** Asks a machine for its facts, in one round trip. */

import {askMachine, endText} from '../../machine-answer.ts';
import type {Remote} from '../../machine-tools.ts';
import {ProblemError} from '../../problem.ts';
import type {Clock} from '../../tools.ts';
import {readMachineScript} from '../machine-script.ts';
import type {MachineFacts} from '../types.ts';
import {parseFacts} from './parse-facts.ts';

export interface FactsQuestion {
  /** What `readFactsScript` gave. */
  readonly script: string;
  /** This computer's: the machine's clock is compared with it. */
  readonly clock: Clock;
  /** Whether to try `sudo -n`. It leaves a line in the machine's log each time, so who watches asks once. */
  readonly askSudo: boolean;
  /** Seconds that programs which may hang on the machine (nvidia-smi, docker, df) are given; absent: 4. */
  readonly patienceSeconds?: number;
}

/** The script that asks for them. `assets` is where this program's own files are. */
export function readFactsScript(assets: string): Promise<string> {
  return readMachineScript(assets, 'facts.sh');
}

/**
 * The facts of one machine; what it does not say is absent. Throws what `Remote.run` throws, and `facts-unreadable`
 * where its /bin/sh does not carry the script to its end.
 */
export async function readFacts(remote: Remote, question: FactsQuestion, signal: AbortSignal): Promise<MachineFacts> {
  const {script, clock, askSudo, patienceSeconds = 4} = question;
  const before = clock.now();
  // The time stands in the first line, which is written before anything else is asked.
  let after: number | undefined;
  const {answer, end, said} = await askMachine(
    remote,
    {
      script,
      args: [String(patienceSeconds), askSudo ? 'ask-sudo' : 'leave-sudo'],
      reads: true,
      deadlineMs: (patienceSeconds + 30) * 1000,
    },
    signal,
    () => {
      after = clock.now();
    },
  );
  if (answer.complete) return parseFacts(answer, {before, after: after ?? clock.now()});
  const machine = remote.target.name;
  throw new ProblemError({
    code: 'facts-unreadable',
    message: `The facts of ${machine} cannot be read: its /bin/sh ${endText(end)} before it had told them all.`,
    hint: 'Log in there and look whether /bin/sh is a POSIX shell and works.',
    ...(said === '' ? {} : {detail: said}),
    machine,
    ...(end.exit === undefined ? {} : {exitCode: end.exit}),
  });
}
