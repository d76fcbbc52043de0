import {createInterface} from 'node:readline/promises';
import {ProblemError} from '../engine/index.ts';
import {listen} from './interrupts.ts';
import type {Output} from './output.ts';
import type {World} from './world.ts';
import {wrappedLines} from './wrap.ts';

/**
 * Asks the operator on the terminal; the question and the answer never touch stdout. The default is no. `look` is how
 * the same can be looked at without a terminal. Throws
 * `approval-missing` where nobody can be asked, and `stopped` for a no, Ctrl-C and
 * being told to end.
 */
export async function askApproval(
  world: World,
  output: Output,
  {question, shown, look}: {readonly question: string; readonly shown: string; readonly look: string},
): Promise<void> {
  if (!world.stdin.isTTY || !world.stderr.isTTY) {
    throw new ProblemError({
      code: 'approval-missing',
      message: 'Nobody has approved this, and there is no terminal to ask on.',
      hint: `Look at it with ${look}, then approve it with --yes.`,
    });
  }
  output.say(wrappedLines(shown, world.stderr.columns));
  const stop = new AbortController();
  const asking = createInterface({input: world.stdin, output: world.stderr, terminal: true});
  asking.on('SIGINT', () => stop.abort());
  asking.on('close', () => stop.abort());
  // Dying of a signal here would leave the terminal as the question needs it: without echo.
  const forget = listen(
    world,
    () => stop.abort(),
    () => stop.abort(),
  );
  try {
    const answer = await asking.question(`${question} [y/N] `, {signal: stop.signal});
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    output.say('');
  } finally {
    forget();
    asking.close();
  }
  throw new ProblemError({code: 'stopped', message: 'Not approved: nothing was done.'});
}
