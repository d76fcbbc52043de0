import {begin} from './begin.ts';
import {withDeadline} from './deadline.ts';
import type {Line} from './line.ts';
import {lost} from './lost.ts';

export interface Question {
  /** A short one of our own. */
  readonly script: string;
  readonly args: readonly string[];
  readonly sudo?: boolean;
  /** Absent: `askMs`. */
  readonly milliseconds?: number;
}

/**
 * Runs a short script on the channel that is kept free for that. Returns what it printed. Throws as `begin` does, and
 * `machine-lost` when the connection breaks or there is no answer in time.
 */
export async function ask(line: Line, question: Question, signal: AbortSignal): Promise<string> {
  const {target, limits, clock} = line;
  const milliseconds = question.milliseconds ?? limits.askMs;
  const late = () => lost(target, `it did not answer within ${milliseconds / 1000} s`);
  return withDeadline({clock, milliseconds, late}, signal, async (ending) => {
    const connection = await line.connection(ending);
    let stdout = '';
    const begun = await begin(
      connection,
      target,
      {...question, sudo: question.sudo ?? false, sudoPassword: line.sudoPassword, use: 'ask'},
      {stdout: (bytes) => (stdout += bytes.toString('utf8')), stderr: () => {}},
      line,
      ending,
    );
    const leave = () => begun.channel.close();
    ending.addEventListener('abort', leave, {once: true});
    try {
      begun.go();
      begun.channel.end();
      const end = await begun.ended;
      await begun.closed;
      if (end === undefined) throw lost(target, 'it broke while the machine was asked');
      return stdout;
    } finally {
      ending.removeEventListener('abort', leave);
    }
  });
}
