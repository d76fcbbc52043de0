import {expect, test} from 'vitest';
import type {SshTarget} from '../../src/engine/machine-tools.ts';
import {beginProblem} from '../../src/engine/remote/begin-problem.ts';

const target: SshTarget = {name: 'node-1', address: '10.0.0.1', port: 22, user: 'pai', credentials: []};
const sudo = (stderr: string, more: {asked?: number; lateMs?: number; hasPassword?: boolean} = {}) => {
  const {asked = 1, hasPassword = true, lateMs} = more;
  const asking = {sudo: true, sudoPassword: hasPassword ? 'given' : undefined};
  return beginProblem(target, asking, {stdout: '', stderr, asked, exit: 1, ...(lateMs === undefined ? {} : {lateMs})})
    .problem;
};

// What sudo 1.8 and 1.9 print in the C locale.
test.each([
  [
    'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n',
    'refuses the password of pai',
  ],
  ['pai is not in the sudoers file.  This incident will be reported.\n', 'does not let pai run commands as root'],
  ['pai is not in the sudoers file.\nThis incident has been reported to the administrator.\n', 'does not let pai run'],
  ["Sorry, user pai is not allowed to execute '/bin/sh -c x' as root on node-1.\n", 'does not let pai run'],
  ['Sorry, user pai may not run sudo on node-1.\n', 'does not let pai run'],
  ['sudo: sorry, you must have a tty to run sudo\n', 'wants a terminal'],
  ['sudo: Account or password is expired, reset your password and try again\n', 'has expired'],
  ['sudo: account validation failure, is your account locked?\n', 'has expired'],
  ['sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set\n', 'cannot become root'],
  ['sudo: The "no new privileges" flag is set, which prevents sudo from running as root.\n', 'cannot become root'],
  ['sh: 3: exec: sudo: not found\n', 'There is no sudo'],
  ['sh: line 3: exec: sudo: not found\n', 'There is no sudo'],
  ['sudo: unknown uid 1000: who are you?\n', 'sudo on node-1 refuses.'],
])('sudo that says %j is understood', (said, meaning) => {
  expect(sudo(said)).toMatchObject({
    code: 'sudo-refused',
    machine: 'node-1',
    message: expect.stringContaining(meaning),
  });
});

test('a password that nobody gave is missing', () => {
  expect(sudo('', {hasPassword: false})).toMatchObject({code: 'secret-missing'});
});

test('sudo that asks for something else than a password is not waited for without end', () => {
  expect(sudo('Verification code: ', {asked: 0, lateMs: 60_000})).toMatchObject({
    code: 'sudo-refused',
    detail: 'Verification code:',
  });
});

test('a login shell that runs nothing is told with its words, without control characters', () => {
  const said = {stdout: '\u001b[31mThis account is currently not available.\r\n', stderr: '', asked: 0, exit: 1};
  expect(beginProblem(target, {sudo: false, sudoPassword: undefined}, said).problem).toMatchObject({
    code: 'login-refused',
    detail: 'This account is currently not available.',
  });
});

test('a password that has to be changed first is told', () => {
  const stderr = 'WARNING: Your password has expired.\nPassword change required but no TTY available.\n';
  const {problem} = beginProblem(
    target,
    {sudo: false, sudoPassword: undefined},
    {stdout: '', stderr, asked: 0, exit: 1},
  );
  expect(problem).toMatchObject({code: 'login-refused', message: 'The password of pai on node-1 has expired.'});
});
