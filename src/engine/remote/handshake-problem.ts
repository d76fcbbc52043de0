import type {SshTarget} from '../machine-tools.ts';
import {printableLine} from '../printable.ts';
import type {ProblemError} from '../problem.ts';
import {unreachable, type WireError} from './connect-problem.ts';

/** sshd closed the connection before it said anything of weight, as it does when it has too many: worth another try. */
export class TurnedAway extends Error {
  override readonly name = 'TurnedAway';
  readonly problem: ProblemError;

  constructor(problem: ProblemError) {
    super(problem.message);
    this.problem = problem;
  }
}

/** `heard` is what the other side said before anything else. */
export function handshakeProblem(target: SshTarget, error: WireError, heard: string): Error {
  const {message} = error;
  if (/no matching/.test(message)) {
    return unreachable(
      target,
      `its sshd has nothing in common with this program (${message.replace(/^Handshake failed: /, '')})`,
      'Its sshd is very old, or only old algorithms are allowed in sshd_config. Compare: ssh -vv, and ssh -Q kex.',
      error,
    );
  }
  if (/^Not allowed at this time/.test(heard)) {
    return unreachable(
      target,
      'its sshd has shut this computer out for a while, after failed logins from here',
      'Wait some minutes (PerSourcePenalties in sshd_config), and correct what fails to log in.',
      error,
    );
  }
  if (heard !== '' && !/SSH-|^Exceeded MaxStartups/.test(heard)) {
    return unreachable(
      target,
      `what answers there is no sshd (“${printableLine(heard, 80)}”)`,
      'Check the port in the configuration.',
      error,
    );
  }
  const closed = error.code === 'ECONNRESET' || error.code === 'EPIPE' || /closed|Connection lost/.test(message);
  if (closed) {
    return new TurnedAway(
      unreachable(
        target,
        'its sshd closes every connection before it says anything',
        'sshd has too many connections (MaxStartups), bans this computer (fail2ban, hosts.deny), or cannot start: look at its log.',
        error,
      ),
    );
  }
  return unreachable(target, printableLine(message), 'Try it with ssh -v from this computer.', error);
}
