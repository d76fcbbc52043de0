import {ProblemError} from '../../problem.ts';

/** What is wrong with a certificate or key, never with a word of its contents. */
export function certificateProblem(message: string, hint?: string): ProblemError {
  return new ProblemError({code: 'certificate-invalid', message, ...(hint ? {hint} : {})});
}
