import {spawn} from 'node:child_process';
import {chmodSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {Host, Lab} from './lab.ts';

/** How OpenSSH's own client logs in. */
export interface OpensshLogin {
  readonly user: string;
  /** Instead of a key. */
  readonly password?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** 6 goes there by IPv6. */
  readonly family?: 4 | 6;
  /** Instead of those that the lab knows now. */
  readonly knownHosts?: string;
}

export interface OpensshEnd {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command on a host by `ssh`, checking its key, to have a second opinion beside that of the product. */
export async function openssh(
  lab: Lab,
  host: Host,
  login: OpensshLogin,
  command: string,
  input = '',
): Promise<OpensshEnd> {
  const folder = dirname(lab.keys.plain);
  const [known, askpass] = [join(folder, 'known_hosts'), join(folder, 'askpass')];
  writeFileSync(known, login.knownHosts ?? lab.knownHosts());
  writeFileSync(askpass, '#!/bin/sh\nprintf "%s\\n" "$ANSWER"\n');
  chmodSync(askpass, 0o700);
  const options = [
    ...['ConnectTimeout=3', 'ServerAliveInterval=2', 'ServerAliveCountMax=3', 'NumberOfPasswordPrompts=1'],
    ...[
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${known}`,
      'GlobalKnownHostsFile=/dev/null',
      'IdentityAgent=none',
    ],
    ...['IdentitiesOnly=yes', login.key ? 'PasswordAuthentication=no' : 'PubkeyAuthentication=no'],
  ];
  const child = spawn(
    'ssh',
    [
      ...['-F', 'none', '-T', '-l', login.user, ...(login.key ? ['-i', login.key] : [])],
      ...options.flatMap((option) => ['-o', option]),
      ...['--', (login.family === 6 ? host.address6 : undefined) ?? host.address, command],
    ],
    {
      cwd: folder,
      timeout: 60_000,
      env: {
        PATH: '/usr/bin:/bin',
        SSH_ASKPASS: askpass,
        SSH_ASKPASS_REQUIRE: 'force',
        ANSWER: login.passphrase ?? login.password ?? '',
      },
    },
  );
  const said = {stdout: '', stderr: ''};
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => (said[stream] += text));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit) => resolve({exit, ...said}));
  });
}
