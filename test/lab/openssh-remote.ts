import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {Remote, RemoteCommand, RemoteEnd, RemoteWatch} from '../../src/engine/machine-tools.ts';
import type {Host, Lab} from './lab.ts';
import type {LoginName} from './logins.ts';

/**
 * A host by OpenSSH's own client: for tests of what runs on machines, whatever brings it there. sudo works for accounts
 * that it asks nothing.
 */
export function opensshRemote(lab: Lab, host: Host, user: LoginName): Remote {
  const known = join(dirname(lab.keys.plain), `known_hosts-${host.name}`);
  writeFileSync(known, host.knownHosts());
  const options = ['IdentitiesOnly=yes', 'IdentityAgent=none', `UserKnownHostsFile=${known}`, 'ConnectTimeout=10'];
  const never = () => Promise.reject(new Error('not asked for in this test'));
  return {
    target: {name: host.name, address: host.address, port: 22, user, credentials: []},
    async run(command: RemoteCommand, watch: RemoteWatch, signal: AbortSignal): Promise<RemoteEnd> {
      const child = spawn(
        'ssh',
        [
          ...['-F', 'none', '-T', '-l', user, '-i', lab.keys.plain],
          ...options.flatMap((option) => ['-o', option]),
          ...['--', host.address, wordsFor(command)],
        ],
        {env: {PATH: '/usr/bin:/bin'}, stdio: ['pipe', 'pipe', 'pipe'], signal},
      );
      child.on('error', () => {});
      child.stdout.on('data', (bytes: Uint8Array) => watch.stdout?.(bytes));
      child.stderr.on('data', (bytes: Uint8Array) => watch.stderr?.(bytes));
      const closed = once(child, 'close');
      const {stdin = ''} = command;
      // A script that ends without reading it all is its own affair.
      await pipeline(stdin instanceof Readable ? stdin : Readable.from([stdin]), child.stdin).catch(() => {});
      const [exit] = (await closed) as [number | null];
      signal.throwIfAborted();
      return exit === null ? {signal: 'KILL'} : {exit};
    },
    shell: never,
    isAlive: never,
    endGroup: never,
    close: () => Promise.resolve(),
  };
}

/** In words that every login shell reads alike. */
function wordsFor({script, args = [], sudo = false}: RemoteCommand): string {
  const words = ['/bin/sh', '-c', script, 'sh', ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const line = `exec ${sudo ? 'sudo -n ' : ''}${words.join(' ')}`;
  return `exec /bin/sh -c 'eval "$(echo ${Buffer.from(line).toString('base64')} | base64 -d)"'`;
}
