/** Whether the account becomes root, as far as that is seen without a password. */

import type {Answer} from '../../machine-answer.ts';
import type {MachineFacts} from '../types.ts';

/**
 * sudo wants the password before it looks whether the account is in sudoers, so 'with password' promises nothing; and
 * where it was not asked, that is unknown.
 */
export function sudoIn(answer: Answer): MachineFacts['sudo'] {
  const [id] = (answer.first('user') ?? '').split(' ');
  if (id === '0') return 'root';
  if (!answer.complete) return 'unknown';
  if (!answer.lines('has').includes('sudo')) return 'none';
  const exit = answer.first('sudo-exit');
  if (exit === '0') return 'without password';
  const said = answer.lines('sudo-error').join(' ');
  if (/may not run sudo|not in the sudoers/i.test(said)) return 'none';
  return /password is required|no askpass|terminal is required/i.test(said) ? 'with password' : 'unknown';
}
