import type {Duplex} from 'node:stream';
import ssh2, {type Algorithms} from 'ssh2';
import type {HostKey, SshTarget} from '../machine-tools.ts';
import type {Clock} from '../tools.ts';
import {algorithmsFor, algorithmsForType, hostKeyTypes} from './algorithms.ts';
import {unreachable, type WireError} from './connect-problem.ts';
import type {Connector} from './connector.ts';
import {withDeadline} from './deadline.ts';
import {firstWords} from './first-words.ts';
import {handshakeProblem} from './handshake-problem.ts';
import {hostKeyOf} from './host-key.ts';
import type {SshLimits} from './limits.ts';

/**
 * `Ssh.hostKeys`: a machine proves one key in each handshake, so there is one for each type it has. It has proved that
 * it holds what is returned. Ends before anybody logs in.
 */
export async function showHostKeys(
  target: SshTarget,
  connector: Connector,
  {clock, limits}: {readonly clock: Clock; readonly limits: SshLimits},
  signal: AbortSignal,
): Promise<readonly HostKey[]> {
  const ask = (algorithms: Algorithms) =>
    connector.visit(target, signal, (stream) =>
      withDeadline(
        {clock, milliseconds: limits.handshakeMs, late: () => silent(target, limits.handshakeMs)},
        signal,
        () => shake(target, stream, algorithms),
      ),
    );
  const first = await ask(algorithmsFor([]));
  const others = hostKeyTypes.filter((type) => type !== first.key.type && first.types.has(type));
  const keys = [first.key];
  for (const type of others) keys.push((await ask(algorithmsForType(type))).key);
  return keys;
}

interface Shown {
  readonly key: HostKey;
  /** Of all keys the machine has. */
  readonly types: ReadonlySet<string>;
}

function shake(target: SshTarget, stream: Duplex, algorithms: Algorithms): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const heard = firstWords(stream);
    let key: HostKey | undefined;
    let types: ReadonlySet<string> = new Set();
    client.on('error', (error: WireError) => reject(handshakeProblem(target, error, heard())));
    client.on('close', () => reject(handshakeProblem(target, new Error('the connection was closed'), heard())));
    client.once('handshake', () => {
      if (key) resolve({key, types});
    });
    client.connect({
      sock: stream,
      username: target.user,
      algorithms,
      hostVerifier: (blob: Buffer) => {
        key = hostKeyOf(blob);
        return key !== undefined;
      },
      // The handshake is over by now; whatever comes next is not waited for.
      authHandler: (() => undefined) as never,
      // ssh2 tells nowhere else which kinds of keys the machine has.
      debug: (words: string) => {
        const list = /^Handshake: \(remote\) Host key format: (.*)$/.exec(words)?.[1];
        if (list !== undefined)
          types = new Set(list.split(',').map((name) => name.replace(/^rsa-sha2-\d+$/, 'ssh-rsa')));
      },
      readyTimeout: 0,
    });
  });
}

function silent(target: SshTarget, milliseconds: number) {
  return unreachable(
    target,
    `it took the connection, and showed no host key within ${milliseconds / 1000} s`,
    'The machine may be out of memory or its disk may hang; look at its console.',
  );
}
