import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {execute} from './execute.ts';
import {put, putFolder} from './files.ts';
import {allAccounts} from './logins.ts';

/** What hosts take over from /etc of this computer: what programs need to start, nothing that says how it is run. */
const copied = [
  ...[
    'alternatives',
    'bash.bashrc',
    'csh',
    'csh.cshrc',
    'csh.login',
    'debian_version',
    'fish',
    'init.d/docker',
    'iproute2',
  ],
  ...[
    'ld.so.cache',
    'ld.so.conf',
    'ld.so.conf.d',
    'localtime',
    'login.defs',
    'magic',
    'mime.types',
    'networks',
    'pam.conf',
  ],
  ...[
    'profile',
    'protocols',
    'rpc',
    'security',
    'services',
    'shells',
    'skel',
    'ssl/openssl.cnf',
    'terminfo',
    'timezone',
  ],
  ...['zsh'],
];

/** Debian's, without what asks other computers and without what needs the kernel's audit or systemd. */
const unix = {
  auth: 'auth [success=1 default=ignore] pam_unix.so nullok\nauth requisite pam_deny.so\nauth required pam_permit.so\n',
  account:
    'account [success=1 default=ignore] pam_unix.so\naccount requisite pam_deny.so\naccount required pam_permit.so\n',
  session:
    'session required pam_permit.so\nsession required pam_unix.so\nsession required pam_limits.so\nsession required pam_env.so\n',
};

/** The model of /etc for the hosts of one lab: Debian as it comes, and the accounts of logins.ts. */
export async function makeEtc(etc: string): Promise<void> {
  putFolder(etc);
  const there = copied.filter((name) => existsSync(join('/etc', name)));
  await execute('sh', ['-c', 'cd /etc && into=$1 && shift && cp -a --parents -- "$@" "$into"', 'sh', etc, ...there]);
  symlinkSync('../usr/lib/os-release', join(etc, 'os-release'));
  symlinkSync('/proc/self/mounts', join(etc, 'mtab'));
  put(join(etc, 'ssh/sshd_config'), readFileSync('/usr/share/openssh/sshd_config', 'utf8'));
  const master = (name: string) =>
    readFileSync(`/usr/share/base-passwd/${name}.master`, 'utf8').replaceAll(':*:', ':x:');
  put(join(etc, 'passwd'), `${master('passwd')}sshd:x:101:65534::/run/sshd:/usr/sbin/nologin\n`);
  put(join(etc, 'group'), `${master('group')}docker:x:998:\n`);
  completeEtc(etc);
  // Limits that root has no right to raise where it lacks CAP_SYS_RESOURCE.
  if (existsSync(join(etc, 'init.d/docker'))) {
    const script = readFileSync(join(etc, 'init.d/docker'), 'utf8');
    put(join(etc, 'init.d/docker'), script.replace(/^\s*ulimit .*$/gm, '\t\t:'), 0o755);
  }
}

/** Puts into the /etc of a Debian what every host has, and the accounts of logins.ts beside those that it knows. */
export function completeEtc(etc: string): void {
  const write = (name: string, text: string, mode?: number) => put(join(etc, name), text, mode);
  write('environment', 'PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"\n');
  write('resolv.conf', '');
  write('nsswitch.conf', ['passwd', 'group', 'shadow', 'hosts', 'services'].map((one) => `${one}: files\n`).join(''));
  // The word cgroup keeps init.d/docker from mounting control groups by itself.
  write('fstab', 'cgroup /sys/fs/cgroup cgroup defaults 0 0\n');
  for (const service of ['sshd', 'sudo', 'su', 'other'])
    write(`pam.d/${service}`, unix.auth + unix.account + unix.session);
  write('sudoers', sudoers(), 0o440);
  writeAccounts(etc, write);
}

function sudoers(): string {
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const rules = allAccounts
    .filter(({sudo}) => sudo !== 'no')
    .map(({user, sudo}) => `${user} ALL=(ALL:ALL) ${sudo === 'without' ? 'NOPASSWD:' : ''} ALL\n`);
  return `Defaults env_reset\nDefaults mail_badpass\nDefaults secure_path="${path}"\nDefaults use_pty\n${rules.join('')}`;
}

function writeAccounts(etc: string, write: (name: string, text: string, mode?: number) => void): void {
  const known = (name: string) => readFileSync(join(etc, name), 'utf8').trim().split('\n');
  const people = allAccounts.filter(({user}) => user !== 'root');
  const hashes = spawnSync('openssl', ['passwd', '-6', '-stdin'], {
    input: allAccounts.map(({password}) => `${password}\n`).join(''),
    encoding: 'utf8',
  })
    .stdout.trim()
    .split('\n');
  if (hashes.length !== allAccounts.length) throw new Error('openssl cannot make hashes of passwords here.');
  const passwd = [
    ...known('passwd'),
    ...people.map(({user, shell}, index) => `${user}:x:${1001 + index}:${1001 + index}::/home/${user}:${shell}`),
  ];
  const hashOf = (user: string) => hashes[allAccounts.findIndex((account) => account.user === user)] ?? '*';
  const shadow = passwd
    .map((line) => line.split(':')[0] ?? '')
    .map((user) => `${user}:${hashOf(user)}:19000:0:99999:7:::`);
  const group = [...known('group'), ...people.map(({user}, index) => `${user}:x:${1001 + index}:`)];
  write('passwd', `${passwd.join('\n')}\n`);
  write('group', `${group.join('\n')}\n`);
  write('shadow', `${shadow.join('\n')}\n`, 0o600);
}
