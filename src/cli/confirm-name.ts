import {ProblemError} from '../engine/index.ts';
import type {Context} from './context.ts';
import {plainLine} from './plain.ts';
import {askText, canAsk} from './secrets.ts';
import {wrappedLines} from './wrap.ts';

export interface Confirmation {
  /** What has to be typed. */
  readonly name: string;
  /** Shown on a terminal before the question. */
  readonly shown?: string;
  /** Asked on a terminal. */
  readonly question: string;
  /** What nobody has confirmed, as a sentence. */
  readonly missing: string;
  /** Which flags stand for it where nobody can be asked: '--confirm gpu-04'. */
  readonly flags: string;
}

/**
 * Wants a name typed, or given as --confirm; returns what was typed. Throws `confirmation-missing` for another name, and
 * where it can be asked for nowhere: without a terminal, and with --json.
 */
export async function confirmName(wanted: Confirmation, {world, output, options}: Context): Promise<string> {
  const {name, shown, question, missing, flags} = wanted;
  const refuse = (message: string) =>
    new ProblemError({
      code: 'confirmation-missing',
      message,
      hint: `On a terminal, and without --json, the name is asked for; elsewhere it is given with ${flags}.`,
    });
  if (options.confirm === undefined && (output.json || !canAsk(world))) throw refuse(missing);
  if (options.confirm === undefined && shown !== undefined) output.say(wrappedLines(shown, world.stderr.columns));
  const typed = typeof options.confirm === 'string' ? options.confirm : await askText(world, output, question);
  if (typed.trim() !== name) throw refuse(`"${plainLine(typed)}" is not ${plainLine(name)}: nothing was changed.`);
  return name;
}
