import {begin, LostBeforeBegin} from './begin.ts';
import {withDeadline} from './deadline.ts';
import type {Line} from './line.ts';
import {lost} from './lost.ts';

const hearTries = 3;

export interface Question {
  /** A short one of our own. */
  readonly script: string;
  readonly args: readonly string[];
  readonly sudo?: boolean;
}

/**
 * Runs a short script on the channel that is kept free for that. Returns what it printed. Throws as `begin` does, and
 * `machine-lost` when the connection breaks or there is no answer in time.
 */
export async function ask(
  line: Line,
  question: Question,
  signal: AbortSignal,
  milliseconds = line.limits.askMs,
): Promise<string> {
  const late = () => lost(line.target, `it did not answer within ${milliseconds / 1000} s`);
  return withDeadline({clock: line.clock, milliseconds, late}, signal, async (ending) =>
    (await hear(line, question, 'ask', ending)).toString('utf8'),
  );
}

/** The same, however long it takes, on whichever channel. A connection that broke before it began is made again. */
export async function hear(line: Line, question: Question, use: 'ask' | 'work', signal: AbortSignal): Promise<Buffer> {
  for (let tried = 1; ; tried++) {
    try {
      return await hearOnce(line, question, use, signal);
    } catch (error) {
      if (!(error instanceof LostBeforeBegin)) throw error;
      if (tried === hearTries) throw lost(line.target, 'it broke each time it was asked', undefined, error);
    }
  }
}

async function hearOnce(line: Line, question: Question, use: 'ask' | 'work', signal: AbortSignal): Promise<Buffer> {
  const {target} = line;
  const connection = await line.connection(signal);
  const said: Buffer[] = [];
  const begun = await begin(
    connection,
    target,
    {...question, sudo: question.sudo ?? false, sudoPassword: line.sudoPassword, use},
    {stdout: (bytes) => said.push(bytes), stderr: () => {}},
    line,
    signal,
  );
  const leave = () => begun.channel.close();
  signal.addEventListener('abort', leave, {once: true});
  try {
    begun.go();
    begun.channel.end();
    const end = await begun.ended;
    await begun.closed;
    signal.throwIfAborted();
    if (end === undefined) throw lost(target, 'it broke while the machine was asked');
    return Buffer.concat(said);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
