import {randomUUID} from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {execute} from './execute.ts';
import {allAccounts} from './logins.ts';

export interface HostFiles {
  readonly name: string;
  readonly address: string;
  readonly address6?: string | undefined;
  /** Lines of ~/.ssh/authorized_keys of every account. */
  readonly authorizedKeys: string;
}

/** Makes the files of a host that has never been up, below root/ of its folder: everything of its own but /usr. */
export async function makeHostFiles(folder: string, etc: string, host: HostFiles): Promise<void> {
  const root = join(folder, 'root');
  for (const path of ['upper', 'work', 'local/bin', 'local/sbin', 'local/lib', 'local/share'])
    mkdirSync(join(folder, 'usr', path), {recursive: true});
  const folders =
    'boot dev home media mnt opt proc root run srv sys tmp usr var/backups var/cache var/lib/sudo/lectured';
  for (const path of `${folders} var/lib/docker var/local var/log/journal var/mail var/opt var/spool var/tmp`.split(
    ' ',
  ))
    mkdirSync(join(root, path), {recursive: true});
  for (const path of ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']) symlinkSync(`usr/${path}`, join(root, path));
  symlinkSync('/run', join(root, 'var/run'));
  symlinkSync('/run/lock', join(root, 'var/lock'));
  for (const path of ['tmp', 'var/tmp']) chmodSync(join(root, path), 0o1777);
  for (const path of ['wtmp', 'btmp', 'lastlog']) writeFileSync(join(root, 'var/log', path), '');
  cpSync(etc, join(root, 'etc'), {recursive: true, verbatimSymlinks: true, preserveTimestamps: true});
  // cpSync keeps the mode of files and not of folders.
  writeFileSync(join(root, 'etc/hostname'), `${host.name}\n`);
  writeFileSync(join(root, 'etc/machine-id'), `${randomUUID().replaceAll('-', '')}\n`);
  const itself = [host.address, host.address6].filter(Boolean).map((address) => `${address} ${host.name}\n`);
  writeFileSync(join(root, 'etc/hosts'), `127.0.0.1 localhost\n::1 localhost\n${itself.join('')}`);
  makeHomes(root, host.authorizedKeys);
  await makeHostKeys(root);
}

/** Puts runc.sh in the place of runc, where root needs it. `programs` is a folder of the lab, for one copy of the real one. */
export function replaceRunc(folder: string, programs: string): void {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  if ((BigInt(`0x${capabilities}`) & (1n << 24n)) !== 0n) return;
  const upper = join(folder, 'usr/upper');
  for (const name of ['sbin', 'libexec']) mkdirSync(join(upper, name), {recursive: true});
  if (!existsSync(join(programs, 'runc'))) copyFileSync('/usr/sbin/runc', join(programs, 'runc'));
  linkSync(join(programs, 'runc'), join(upper, 'libexec/runc-of-the-computer'));
  copyFileSync(new URL('runc.sh', import.meta.url), join(upper, 'sbin/runc'));
  chmodSync(join(upper, 'sbin/runc'), 0o755);
}

/** A key of each kind that is quickly made; a stock sshd has one of RSA too. */
export async function makeHostKeys(root: string): Promise<void> {
  await Promise.all(
    ['ed25519', 'ecdsa'].map(async (kind) => {
      const file = join(root, `etc/ssh/ssh_host_${kind}_key`);
      rmSync(file, {force: true});
      await execute('ssh-keygen', ['-q', '-t', kind, '-N', '', '-C', 'host', '-f', file]);
    }),
  );
}

/** What known_hosts says of the host's present keys. */
export function knownHostsLines(root: string, addresses: readonly string[]): string {
  const keys = ['ed25519', 'ecdsa'].map((kind) => readFileSync(join(root, `etc/ssh/ssh_host_${kind}_key.pub`), 'utf8'));
  return keys.map((key) => `${addresses.join(',')} ${key.split(' ').slice(0, 2).join(' ')}\n`).join('');
}

/** The options of a test before those of the lab: sshd takes the first it meets. */
export function writeSshdOptions(root: string, options: Readonly<Record<string, string>>): void {
  const lines = Object.entries({...options, PermitRootLogin: 'yes'}).map(([name, value]) => `${name} ${value}\n`);
  mkdirSync(join(root, 'etc/ssh/sshd_config.d'), {recursive: true});
  writeFileSync(join(root, 'etc/ssh/sshd_config.d/lab.conf'), lines.join(''));
}

function makeHomes(root: string, authorizedKeys: string): void {
  for (const [index, {user, profile}] of allAccounts.entries()) {
    const home = join(root, user === 'root' ? 'root' : `home/${user}`);
    const id = user === 'root' ? 0 : 1000 + index;
    mkdirSync(join(home, '.ssh'), {recursive: true});
    for (const name of ['.bashrc', '.profile', '.bash_logout'])
      writeFileSync(join(home, name), readFileSync(join('/etc/skel', name)));
    if (profile) writeFileSync(join(home, '.bashrc'), `${profile}\n`);
    writeFileSync(join(home, '.ssh/authorized_keys'), authorizedKeys);
    for (const [path, mode] of [
      ['', 0o700],
      ['.ssh', 0o700],
      ['.ssh/authorized_keys', 0o600],
      ['.bashrc', 0o644],
      ['.profile', 0o644],
      ['.bash_logout', 0o644],
    ] as const) {
      chmodSync(join(home, path), mode);
      chownSync(join(home, path), id, id);
    }
  }
}
