import type {SshTarget} from '../machine-tools.ts';
import {printableLine} from '../printable.ts';
import type {ProblemError} from '../problem.ts';
import {unreachable, type WireError} from './connect-problem.ts';
import {offered} from './offer.ts';

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
  const nothingInCommon = /no matching (.*)$/.exec(message)?.[1];
  if (nothingInCommon !== undefined) return tooOld(target, nothingInCommon, heard, error);
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

function tooOld(target: SshTarget, kind: string, heard: string, cause: unknown): ProblemError {
  const its = offered(heard, kind);
  return unreachable(
    target,
    `there is no ${kind} that both its sshd and this program take`,
    'Its sshd is very old, or its sshd_config allows old algorithms only: update it there. Those that are broken are not used.',
    cause,
    its && `It offers: ${printableLine(its.replaceAll(',', ' '), 1_000)}`,
  );
}
