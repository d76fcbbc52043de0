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

/** The connection broke while something ran that can be repeated. It was ended. */
export class BrokenOff extends ProblemError {
  constructor(target: SshTarget, processGroup: number) {
    super(lost(target, 'it broke while a command ran, which was ended', processGroup).problem);
  }
}

/** What was begun was to be ended, and nobody there could be asked to, or it did not end. */
export function mayStillRun(target: SshTarget, processGroup: number, cause: ProblemError): ProblemError {
  return new ProblemError(
    {
      code: 'machine-lost',
      message: `${targetWords(target)} could not be made to end the command: it may still run there.`,
      hint: `Once it answers: ps -o pid,stat,args -g ${processGroup} shows what runs, kill -- -${processGroup} ends it.`,
      detail: `processGroup: ${processGroup}\n${cause.problem.message}`,
      machine: target.name,
    },
    {cause},
  );
}
