import {ProblemError} from '../problem.ts';
import {ask, type Question} from './ask.ts';
import {endGroup, lookAtGroup} from './group-script.ts';
import type {Line} from './line.ts';

/**
 * Whether something runs in a process group that was begun by pai-tui. A number that belongs to something else by now
 * (the machine was started anew) counts as ended. Where only root may look, sudo looks; if that is refused, it counts
 * as alive.
 */
export async function groupIsAlive(line: Line, processGroup: number, signal: AbortSignal): Promise<boolean> {
  const question = {script: lookAtGroup, args: [String(processGroup)]};
  const state = await askWhoMay(line, question, signal);
  return state === 'alive' || state === 'hidden';
}

/** Ends a process group that was begun by pai-tui. Throws `machine-lost` when it is still there after KILL. */
export async function endProcessGroup(line: Line, processGroup: number, signal: AbortSignal): Promise<void> {
  const {killMs, askMs} = line.limits;
  const args = [String(processGroup), String(Math.ceil(killMs / 100))];
  // KILL is waited for as well, and a machine that is busy takes its time for each look.
  const milliseconds = askMs + 2 * killMs + 10_000;
  const state = await askWhoMay(line, {script: endGroup, args}, signal, milliseconds);
  if (state === 'gone' || state === 'foreign') return;
  throw new ProblemError({
    code: 'machine-lost',
    message: `Process group ${processGroup} on ${line.target.name} could not be ended${state === 'hidden' ? ': it belongs to another account' : ''}.`,
    hint: `Look at it there: ps -o pid,stat,args -g ${processGroup}. State D waits for a disk or a network share.`,
    detail: `processGroup: ${processGroup}`,
    machine: line.target.name,
  });
}

async function askWhoMay(line: Line, question: Question, signal: AbortSignal, milliseconds?: number): Promise<string> {
  const state = (await ask(line, question, signal, milliseconds)).trim();
  if (state !== 'hidden') return state;
  try {
    return (await ask(line, {...question, sudo: true}, signal, milliseconds)).trim();
  } catch (error) {
    if (error instanceof ProblemError && /^(sudo-refused|secret-missing)$/.test(error.problem.code)) return state;
    throw error;
  }
}
