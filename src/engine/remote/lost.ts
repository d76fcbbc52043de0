import type {SshTarget} from '../machine-tools.ts';
import {ProblemError} from '../problem.ts';
import {targetWords} from './connect-problem.ts';

/** A machine that was spoken to, and is no more. `processGroup`: what may still run there. */
export function lost(target: SshTarget, why: string, processGroup?: number, cause?: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'machine-lost',
      message: `The connection to ${targetWords(target)} was lost: ${why}.`,
      hint:
        processGroup === undefined
          ? 'Is the machine up, and the network between?'
          : `What was begun may still run there: ps -o pid,stat,args -g ${processGroup}`,
      ...(processGroup === undefined ? {} : {detail: `processGroup: ${processGroup}`}),
      machine: target.name,
    },
    {cause},
  );
}
