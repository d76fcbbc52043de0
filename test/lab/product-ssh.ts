import {createClock} from '../../src/engine/clock.ts';
import type {Ssh, SshCredential, SshTarget} from '../../src/engine/machine-tools.ts';
import {createSsh} from '../../src/engine/remote/create-ssh.ts';
import {hostKeyBook} from '../../src/engine/remote/host-key-book.ts';
import {readKnownHosts} from '../../src/engine/remote/known-hosts.ts';
import type {SshLimits} from '../../src/engine/remote/limits.ts';
import {Secret} from '../../src/engine/secret.ts';
import type {Host} from './lab.ts';
import {type LoginName, logins} from './logins.ts';

/** What the program speaks SSH with, knowing these lines of known_hosts. */
export function productSsh(knownHosts: string, limits: Partial<SshLimits> = {}): Ssh {
  const {entries} = readKnownHosts(knownHosts, 'known_hosts');
  return createSsh({hostKeys: hostKeyBook([], [{name: 'known_hosts', entries}]), clock: createClock(), limits});
}

/** A host as a configuration names it; by password where nothing else is given. */
export function targetOf(host: Host, login: LoginName, ...credentials: readonly SshCredential[]): SshTarget {
  const {user, password} = logins[login];
  return {
    name: host.name,
    address: host.address,
    port: 22,
    user,
    credentials: credentials.length > 0 ? credentials : [{kind: 'password', password: new Secret(password)}],
  };
}
