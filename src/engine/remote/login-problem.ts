import type {SshTarget} from '../machine-tools.ts';
import {printableLine} from '../printable.ts';
import type {ProblemError} from '../problem.ts';
import {refused, targetWords, unreachable, type WireError} from './connect-problem.ts';
import type {LoginAttempts} from './login-attempts.ts';

/** Why nobody was let in, with what became of each credential. */
export function loginProblem(target: SshTarget, attempts: LoginAttempts, error: WireError): ProblemError {
  if (attempts.problem) return refused(target, attempts.problem, error);
  if (/Too many authentication failures/i.test(error.message)) {
    return refused(
      target,
      {
        code: 'login-refused',
        message: `${targetWords(target)} gave up after too many keys and passwords that are not taken.`,
        hint: 'An agent with many keys does this: name the one key in the configuration.',
        ...detailOf(attempts),
      },
      error,
    );
  }
  if (error.level !== 'client-authentication') {
    return unreachable(
      target,
      `the connection broke while logging in (${printableLine(error.message)})`,
      'The log of its sshd says more (journalctl -u ssh, /var/log/auth.log).',
      error,
    );
  }
  const [unusable] = attempts.unusable;
  // A missing passphrase is what to mend where nothing else was let in either.
  const missing = attempts.unusable.find(({code}) => code === 'secret-missing') ?? unusable;
  if (missing && attempts.refused.length === 0) return refused(target, {...missing, ...detailOf(attempts)}, error);
  if (missing?.code === 'secret-missing') return refused(target, {...missing, ...detailOf(attempts)}, error);
  return refused(
    target,
    {
      code: 'login-refused',
      message: `${targetWords(target)} lets nobody in with what was given: ${attempts.refused.join(', ') || 'no password and no key'}.`,
      hint: hintFor(attempts),
      ...detailOf(attempts),
    },
    error,
  );
}

function hintFor({accepted, refused}: LoginAttempts): string {
  const ways = accepted.length > 0 ? `It takes: ${accepted.join(', ')}. ` : '';
  return refused.length === 0
    ? `${ways}Give a password (--password-file), or name a key in the configuration.`
    : `${ways}Check user, password and key in the configuration; ssh -v shows the same from the machine's side.`;
}

function detailOf({unusable, refused}: LoginAttempts): {detail?: string} {
  const lines = [...unusable.map(({message}) => message), ...refused];
  return lines.length > 0 ? {detail: lines.join('\n')} : {};
}
