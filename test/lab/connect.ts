import {createClock} from '../../src/engine/clock.ts';
import type {Remote, SshTarget} from '../../src/engine/machine-tools.ts';
import {createSsh} from '../../src/engine/remote/create-ssh.ts';
import {hostKeyBook} from '../../src/engine/remote/host-key-book.ts';
import {readKnownHosts} from '../../src/engine/remote/known-hosts.ts';
import type {SshLimits} from '../../src/engine/remote/limits.ts';
import {Secret} from '../../src/engine/secret.ts';
import type {Host, Lab} from './lab.ts';
import {type LoginName, logins} from './logins.ts';

/** Logs in as the product does, with the key of the lab, and the account's password for sudo. */
export function connectTo(lab: Lab, host: Host, user: LoginName, limits: Partial<SshLimits> = {}): Promise<Remote> {
  const hostKeys = hostKeyBook(readKnownHosts(host.knownHosts(), 'the lab').entries, []);
  const ssh = createSsh({hostKeys, clock: createClock(), limits});
  return ssh.connect(targetOf(lab, host, user), new AbortController().signal);
}

/** Where a host is and how that account logs in. */
export function targetOf(lab: Lab, host: Host, user: LoginName): SshTarget {
  return {
    name: host.name,
    address: host.address,
    port: 22,
    user,
    credentials: [{kind: 'key', file: lab.keys.plain}],
    sudoPassword: new Secret(logins[user].password),
  };
}
