import type {Duplex} from 'node:stream';
import ssh2, {type Algorithms, type Client} from 'ssh2';
import type {SshTarget} from '../machine-tools.ts';
import {printableLine} from '../printable.ts';
import {type Problem, ProblemError} from '../problem.ts';
import type {Clock} from '../tools.ts';
import {unreachable, type WireError} from './connect-problem.ts';
import {withDeadline} from './deadline.ts';
import {firstWords} from './first-words.ts';
import {handshakeProblem} from './handshake-problem.ts';
import {hostKeyOf} from './host-key.ts';
import type {HostKeyBook} from './host-key-check.ts';
import {hostKeyProblem} from './host-key-problem.ts';
import type {SshLimits} from './limits.ts';
import type {LoginAttempts} from './login-attempts.ts';
import {loginProblem} from './login-problem.ts';

export interface LoginWorld {
  readonly hostKeys: HostKeyBook;
  readonly clock: Clock;
  readonly limits: SshLimits;
}

/**
 * Checks the host key of whoever answers on a stream, and logs in. The stream is closed when that fails. Throws
 * `host-key-*` before anything secret was sent, `machine-unreachable`, `login-refused`, `secret-missing`,
 * and TurnedAway where it is worth another try.
 */
export async function logIn(
  target: SshTarget,
  stream: Duplex,
  attempts: LoginAttempts,
  algorithms: Algorithms,
  {hostKeys, clock, limits}: LoginWorld,
  signal: AbortSignal,
): Promise<Client> {
  const client = new ssh2.Client();
  const encrypted = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<void>();
  let phase: 'handshake' | 'login' = 'handshake';
  let refusedKey: Problem | undefined;
  const fail = (error: WireError) => {
    const problem = refusedKey
      ? new ProblemError(refusedKey)
      : phase === 'handshake'
        ? handshakeProblem(target, error, heard())
        : loginProblem(target, attempts, error);
    encrypted.reject(problem);
    ready.reject(problem);
  };
  for (const {promise} of [encrypted, ready]) promise.catch(() => {});
  const heard = firstWords(stream);
  // Stays as long as the client lives: an error nobody listens to would end the process.
  client.on('error', (error: WireError) => {
    if (error.level === 'agent') attempts.agentFailed(printableLine(error.message));
    // ssh2 goes on with the next attempt by itself.
    else if (!/^Error (while )?signing/.test(error.message)) fail(error);
  });
  client.on('close', () => fail(new Error('the connection was closed')));
  client.once('handshake', () => {
    phase = 'login';
    encrypted.resolve();
  });
  client.once('ready', () => ready.resolve());
  client.once('change password', () => {
    attempts.problem ??= {
      code: 'login-refused',
      message: `The password of ${target.user} on ${target.name} has expired.`,
      hint: 'Log in once with ssh and set a new password.',
    };
    fail(new Error('the password has expired'));
  });
  try {
    client.connect({
      sock: stream,
      username: target.user,
      algorithms,
      hostVerifier: (blob: Buffer) => {
        const key = hostKeyOf(blob);
        if (key === undefined) return false;
        refusedKey = hostKeyProblem(target, key, hostKeys.check(target, key));
        return refusedKey === undefined;
      },
      // ssh2's types know neither the end of a list of attempts nor that an answer may be returned.
      authHandler: ((left, partly) => {
        const next = attempts.next(left, partly);
        return attempts.problem ? false : next;
      }) as NonNullable<Parameters<Client['connect']>[0]['authHandler']>,
      readyTimeout: 0,
      keepaliveInterval: limits.keepaliveMs,
      keepaliveCountMax: limits.keepaliveMisses,
    });
    await withDeadline(
      {
        clock,
        milliseconds: limits.handshakeMs,
        late: () => silent(target, 'agree on how to encrypt', limits.handshakeMs),
      },
      signal,
      () => encrypted.promise,
    );
    await withDeadline(
      {clock, milliseconds: limits.loginMs, late: () => silent(target, 'decide about the login', limits.loginMs)},
      signal,
      () => ready.promise,
    );
    return client;
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** It took the connection and did not go on. */
export function silent(target: SshTarget, what: string, milliseconds: number): ProblemError {
  return unreachable(
    target,
    `it took the connection, and did not ${what} within ${milliseconds / 1000} s`,
    'The machine may be out of memory or its disk may hang; look at its console.',
  );
}
