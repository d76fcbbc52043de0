import {spawnSync} from 'node:child_process';
import {existsSync, globSync, readdirSync, readFileSync, readlinkSync} from 'node:fs';

/** A file that is needed, as a pattern, and the Debian package that brings it. */
export type Part = readonly [pattern: string, from: string];

/** Everything a lab is made of. */
const parts: readonly Part[] = [
  ['/usr/sbin/sshd', 'openssh-server'],
  ['/usr/bin/ssh-keygen', 'openssh-client'],
  ['/usr/bin/sudo', 'sudo'],
  ['/usr/{,s}bin/ip', 'iproute2'],
  ['/usr/{,s}bin/iptables', 'iptables'],
  ['/usr/lib/*/faketime/libfaketime.so.1', 'faketime'],
  ['/usr/lib/systemd/systemd-journal-remote', 'systemd-journal-remote'],
  ['/usr/bin/fish', 'fish'],
  ['/usr/bin/tcsh', 'tcsh'],
  ['/usr/bin/openssl', 'openssl'],
  ['/usr/bin/unshare', 'util-linux'],
  ['/usr/share/base-passwd/passwd.master', 'base-passwd'],
];
const dockerParts: readonly Part[] = [
  ['/usr/sbin/dockerd', 'docker.io'],
  ['/usr/sbin/runc', 'runc'],
  ['/{,usr/}bin/busybox', 'busybox-static'],
];

/**
 * Why no lab can be brought up here, as the end of a sentence; undefined when one can. `more`: what the computer must
 * have besides what hosts are made of.
 */
export function whyNoLab({docker = false, more = [] as readonly Part[]} = {}): string | undefined {
  const needed = [...parts, ...(docker ? dockerParts : []), ...more];
  const missing = needed.filter(([pattern]) => globSync(pattern).length === 0);
  if (missing.length > 0) {
    const packages = [...new Set(missing.map(([, from]) => from))].join(', ');
    return `${packages} missing (PAI_TEST_SYSTEM=1 npm test installs, as root on Debian)`;
  }
  return whyNotThisComputer();
}

/** Whether the tests may fetch and install what is not there; then scripts/system-packages.mjs has done so before them. */
export function mayInstall(): boolean {
  return Boolean(process.env['CI']) || process.env['PAI_TEST_SYSTEM'] === '1';
}

/**
 * Says which tests are skipped, and why, where something is in their way; returns what that is. Throws where all that
 * could be missing was to be installed and this computer can have labs: there nobody would see that nothing is tried.
 */
export function tellObstacle(tests: string, obstacle: string | undefined): string | undefined {
  if (obstacle === undefined) return undefined;
  if (mayInstall() && hasAllPackages() && whyNotThisComputer() === undefined)
    throw new Error(`${tests} would be skipped, on a computer that can have labs: ${obstacle}.`);
  console.error(`${tests} are skipped: ${obstacle}.`);
  return obstacle;
}

/** Whether all that tests need can be had here: Debian 11 and 12 have the sources of Kubernetes too. */
function hasAllPackages(): boolean {
  return existsSync('/etc/debian_version') && /^1[12]\./.test(readFileSync('/etc/debian_version', 'utf8'));
}

/** What stands in the way of labs whatever is installed. */
function whyNotThisComputer(): string | undefined {
  if (process.getuid?.() !== 0) return 'hosts of its own need root';
  const inUse = whoUsesThisComputer();
  if (inUse) return `this computer runs ${inUse}, and hosts of a lab change settings of the kernel`;
  return whatTheKernelRefuses();
}

/** A kubelet or containers that are not those of tests. Labs and their engines are in process namespaces of their own. */
function whoUsesThisComputer(): string | undefined {
  const here = readlinkSync('/proc/self/ns/pid');
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      // It is just beginning, or has ended: nobody can tell whose it is.
      if (argv.every((part) => part === '')) continue;
      if (readlinkSync(`/proc/${pid}/ns/pid`) !== here) continue;
      if ([...argv, readlinkSync(`/proc/${pid}/cwd`)].some((part) => part.includes('pai-tests-'))) continue;
      if (name === 'kubelet' || argv.includes('kubelet')) return `a kubelet (process ${pid})`;
      if (name.startsWith('containerd-shim') || name === 'conmon') return `containers (process ${pid}, ${name})`;
    } catch {
      // It ended while we looked.
    }
  }
  return undefined;
}

/** Root of a container lacks rights that its user cannot see; asking is quick. */
function whatTheKernelRefuses(): string | undefined {
  if (!existsSync('/sys/fs/cgroup')) return 'there are no control groups';
  const trial = `
    mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir upper work all
    mount -t overlay overlay -o lowerdir=/usr,upperdir=upper,workdir=work all
    ip link add switch type bridge && ip link add one type veth peer name two`;
  const own = ['--mount', '--uts', '--ipc', '--net', '--cgroup', '--pid', '--fork'];
  const {status, stderr} = spawnSync('unshare', [...own, 'sh', '-e', '-c', trial], {encoding: 'utf8', cwd: '/'});
  return status === 0 ? undefined : `the kernel refuses what a lab needs (${stderr.trim().split('\n')[0] ?? ''})`;
}
