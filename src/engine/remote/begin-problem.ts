import type {RemoteEnd, SshTarget} from '../machine-tools.ts';
import {printable} from '../printable.ts';
import {type Problem, ProblemError} from '../problem.ts';

/** What was heard from a machine that did not begin a script. */
export interface Heard extends RemoteEnd {
  readonly stdout: string;
  readonly stderr: string;
  /** How often sudo asked for the password. */
  readonly asked: number;
  /** It said nothing more for so long. */
  readonly lateMs?: number;
}

interface Asking {
  readonly sudo: boolean;
  readonly sudoPassword: unknown;
}

/** Why a script did not begin: what sudo said, or the login shell. */
export function beginProblem(target: SshTarget, {sudo, sudoPassword}: Asking, heard: Heard): ProblemError {
  const said = printable(heard.stderr) || printable(heard.stdout);
  const detail = said.split('\n').slice(-20).join('\n');
  const problem =
    (sudo && sudoProblem(target, heard, said, sudoPassword !== undefined)) || shellProblem(target, heard, said);
  return new ProblemError({...problem, machine: target.name, ...(detail ? {detail} : {})});
}

type Words = Pick<Problem, 'code' | 'message' | 'hint'>;

/** The words are those of sudo 1.8 and 1.9 in the C locale. */
function sudoProblem({name, user}: SshTarget, heard: Heard, said: string, hasPassword: boolean): Words | undefined {
  const refused = (message: string, hint: string): Words => ({code: 'sudo-refused', message, hint});
  if (/password (is |has )?expired|account.*expired|account validation failure|must change your password/i.test(said)) {
    return refused(
      `sudo on ${name} refuses ${user}: the account or its password has expired.`,
      'Log in once with ssh and set a new password.',
    );
  }
  if (/not in the sudoers file|may not run sudo|is not allowed to execute|not allowed to run sudo/i.test(said)) {
    return refused(
      `sudo on ${name} does not let ${user} run commands as root.`,
      `Add ${user} to the sudoers there (usermod -aG sudo ${user}, or wheel), or log in as another user.`,
    );
  }
  if (/must have a tty|a terminal is required/i.test(said)) {
    return refused(`sudo on ${name} wants a terminal.`, `Add to its sudoers: Defaults:${user} !requiretty`);
  }
  if (/must be setuid|must be owned by uid 0|effective uid is not 0|no new privileges/i.test(said)) {
    return refused(
      `sudo on ${name} cannot become root.`,
      'Its file has lost its setuid bit, or lies where that does not count.',
    );
  }
  if (/sudo: (command )?not found|exec: sudo: not found|sudo: No such file/i.test(said)) {
    return refused(`There is no sudo on ${name}.`, 'Install it there, or log in as root.');
  }
  if (heard.asked > 1 || /incorrect password attempt|Sorry, try again/i.test(said)) {
    return refused(
      `sudo on ${name} refuses the password of ${user}.`,
      'Correct it in the configuration, or where it was asked for. It was tried once.',
    );
  }
  if (heard.asked === 1 && !hasPassword) {
    return {
      code: 'secret-missing',
      message: `sudo on ${name} asks for the password of ${user}, and none was given.`,
      hint: 'Give it (--password-file), or let sudo ask for none: NOPASSWD in its sudoers.',
    };
  }
  if (heard.lateMs !== undefined) {
    return refused(
      `sudo on ${name} did not let ${user} through within ${heard.lateMs / 1000} s.`,
      'It may ask for more than a password (a code, a fingerprint), or wait for a server of accounts.',
    );
  }
  if (/^sudo: /m.test(said)) return refused(`sudo on ${name} refuses.`, 'What it said is below.');
  return undefined;
}

function shellProblem({name, user}: SshTarget, {lateMs, exit, signal}: Heard, said: string): Words {
  if (lateMs !== undefined) {
    return {
      code: 'deadline-passed',
      message: `${name} took the login of ${user} and began nothing within ${lateMs / 1000} s.`,
      hint: 'The profile of its login shell may wait for something (a lost network share?), or the machine is overloaded.',
    };
  }
  if (/password has expired|Password change required/i.test(said)) {
    return {
      code: 'login-refused',
      message: `The password of ${user} on ${name} has expired.`,
      hint: 'Log in once with ssh and set a new password.',
    };
  }
  const how = signal ? `ended by ${signal}` : exit === undefined ? 'closed the session' : `ended with ${exit}`;
  return {
    code: 'login-refused',
    message: `${name} lets ${user} in and runs no commands: its login shell ${how}.`,
    hint: `Is the account meant for logging in (its shell in /etc/passwd, ForceCommand in sshd_config)? Try: ssh ${user}@${name} true`,
  };
}
