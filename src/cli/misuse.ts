import {ProblemError} from '../engine/index.ts';

/** Words that cannot be understood: exit code 2. */
export function misuse(message: string, hint?: string): ProblemError {
  return new ProblemError({code: 'usage', message, ...(hint ? {hint} : {})});
}
