/** Asks a machine for its facts, in one round trip. */

import {randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Remote} from '../../machine-tools.ts';
import {displayText} from '../../names.ts';
import {ProblemError} from '../../problem.ts';
import type {Clock} from '../../tools.ts';
import type {MachineFacts} from '../types.ts';
import {readAnswer} from './answer.ts';
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

/** The whole answer, many times over. */
const mostBytes = 4 * 1024 * 1024;
const lastLines = 2000;

/** The script that runs on machines. `assets` is where this program's own files are. */
export async function readFactsScript(assets: string): Promise<string> {
  return await readFile(join(assets, 'machines/facts.sh'), 'utf8');
}

/**
 * The facts of one machine; what it does not say is absent. Throws what `Remote.run` throws, and `facts-unreadable`
 * where its /bin/sh does not carry the script to its end.
 */
export async function readFacts(remote: Remote, question: FactsQuestion, signal: AbortSignal): Promise<MachineFacts> {
  const {script, clock, askSudo, patienceSeconds = 4} = question;
  const mark = randomBytes(12).toString('hex');
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let error = '';
  const before = clock.now();
  let heard: number | undefined;
  const end = await remote.run(
    {
      script,
      args: [mark, String(patienceSeconds), askSudo ? 'ask-sudo' : 'leave-sudo'],
      deadlineMs: (patienceSeconds + 30) * 1000,
    },
    {
      stdout(chunk) {
        if (bytes >= mostBytes) return;
        bytes += chunk.length;
        chunks.push(chunk);
        // The time stands in the first line, which is written before anything else is asked.
        if (heard === undefined && Buffer.from(chunk).includes(mark)) heard = clock.now();
      },
      stderr(chunk) {
        error = (error + Buffer.from(chunk).toString('utf8')).slice(-lastLines);
      },
    },
    signal,
  );
  const answer = readAnswer(Buffer.concat(chunks).toString('utf8'), mark);
  if (!answer.complete) throw unreadable(remote.target.name, end, error || Buffer.concat(chunks).toString('utf8'));
  return parseFacts(answer, {before, after: heard ?? clock.now()});
}

function unreadable(
  machine: string,
  end: {readonly exit?: number; readonly signal?: string},
  said: string,
): ProblemError {
  const how = end.exit === undefined ? `was ended by ${end.signal ?? 'a signal'}` : `ended with exit code ${end.exit}`;
  const lines = said
    .split(/\r?\n/)
    .map(displayText)
    .filter((line) => line.trim() !== '');
  return new ProblemError({
    code: 'facts-unreadable',
    message: `The facts of ${machine} cannot be read: its /bin/sh ${how} before it had told them all.`,
    hint: 'Log in there and look whether /bin/sh is a POSIX shell and works.',
    ...(lines.length > 0 ? {detail: lines.slice(-10).join('\n')} : {}),
    machine,
    ...(end.exit === undefined ? {} : {exitCode: end.exit}),
  });
}
