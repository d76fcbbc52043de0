import {randomUUID} from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import {join} from 'node:path';
import {execute} from './execute.ts';
import {put, putFolder} from './files.ts';
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
    putFolder(join(folder, 'usr', path));
  for (const path of folders) putFolder(join(root, path));
  for (const path of ['tmp', 'var/tmp']) putFolder(join(root, path), 0o1777);
  for (const path of ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']) symlinkSync(`usr/${path}`, join(root, path));
  symlinkSync('/run', join(root, 'var/run'));
  symlinkSync('/run/lock', join(root, 'var/lock'));
  for (const path of ['wtmp', 'btmp', 'lastlog']) put(join(root, 'var/log', path), '');
  await execute('cp', ['-a', etc, join(root, 'etc')]);
  await makeOwn(root, host);
}

/** What makes a Debian this host and no other. */
export async function makeOwn(root: string, host: HostFiles): Promise<void> {
  put(join(root, 'etc/hostname'), `${host.name}\n`);
  put(join(root, 'etc/machine-id'), `${randomUUID().replaceAll('-', '')}\n`, 0o444);
  const itself = [host.address, host.address6].filter(Boolean).map((address) => `${address} ${host.name}\n`);
  put(join(root, 'etc/hosts'), `127.0.0.1 localhost\n::1 localhost\n${itself.join('')}`);
  makeHomes(root, host.authorizedKeys);
  await makeHostKeys(root);
}

const folders = [
  ...['boot', 'dev', 'home', 'media', 'mnt', 'opt', 'proc', 'root', 'run', 'srv', 'sys', 'usr', 'var/backups'],
  ...['var/cache', 'var/lib/docker', 'var/lib/sudo/lectured', 'var/local', 'var/log/journal', 'var/mail', 'var/opt'],
  'var/spool',
];

/**
 * What the engine of a host needs, and what is in it from the first boot: all of `dockerRoot`, a folder of images and
 * layers as Docker keeps them, which is not changed. `programs` is a folder of the lab, for one copy of the real runc.
 */
export async function equipWithDocker(folder: string, programs: string, dockerRoot?: string): Promise<void> {
  replaceRunc(folder, programs);
  const upper = join(folder, 'usr/upper/bin');
  putFolder(upper);
  copyFileSync(new URL('systemctl.sh', import.meta.url), join(upper, 'systemctl'));
  chmodSync(join(upper, 'systemctl'), 0o755);
  if (dockerRoot) await shareFiles(dockerRoot, join(folder, 'root/var/lib/docker'));
}

/** Docker never writes into a file of an image or a layer: one copy serves all hosts, where it is on the same disk. */
async function shareFiles(from: string, into: string): Promise<void> {
  const isSameDisk = statSync(from).dev === statSync(into).dev;
  await execute('cp', ['-a', isSameDisk ? '--link' : '--reflink=auto', `${from}/.`, into]);
}

/** Puts runc.sh in the place of runc, where root needs it. */
function replaceRunc(folder: string, programs: string): void {
  if (mayRaiseLimits()) return;
  const upper = join(folder, 'usr/upper');
  for (const name of ['sbin', 'libexec']) putFolder(join(upper, name));
  if (!existsSync(join(programs, 'runc'))) copyFileSync('/usr/sbin/runc', join(programs, 'runc'));
  linkSync(join(programs, 'runc'), join(upper, 'libexec/runc-of-the-computer'));
  writeRunc(join(upper, 'sbin/runc'));
}

/** Writes runc.sh, which calls the one in /usr/libexec. */
export function writeRunc(file: string): void {
  copyFileSync(new URL('runc.sh', import.meta.url), file);
  chmodSync(file, 0o755);
}

/** Whether root has CAP_SYS_RESOURCE here. */
export function mayRaiseLimits(): boolean {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${capabilities}`) & (1n << 24n)) !== 0n;
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
  put(join(root, 'etc/ssh/sshd_config.d/lab.conf'), lines.join(''));
}

function makeHomes(root: string, authorizedKeys: string): void {
  for (const [index, {user, profile}] of allAccounts.entries()) {
    const home = join(root, user === 'root' ? 'root' : `home/${user}`);
    for (const path of ['', '.ssh']) putFolder(join(home, path));
    for (const name of ['.bashrc', '.profile', '.bash_logout'])
      put(join(home, name), readFileSync(join('/etc/skel', name), 'utf8'));
    if (profile) put(join(home, '.bashrc'), `${profile}\n`);
    put(join(home, '.ssh/authorized_keys'), authorizedKeys, 0o600);
    const id = user === 'root' ? 0 : 1000 + index;
    for (const path of ['', '.ssh', '.ssh/authorized_keys', '.bashrc', '.profile', '.bash_logout'])
      chownSync(join(home, path), id, id);
    for (const path of ['', '.ssh']) chmodSync(join(home, path), 0o700);
  }
}
