// What tests on real parts need of the system: a Docker engine, a registry, a static busybox to make images of,
// file systems that share blocks, tmux, programs to show in a pane, the shells that have a completion, a Python, a
// systemd with its logind, and what the hosts of a lab (test/lab) are made of. With CI or PAI_TEST_SYSTEM=1 set, as root
// on Debian or Ubuntu, what is missing is installed without starting any service; everywhere else those tests are
// skipped, and one line says how to have them.
import {spawnSync} from 'node:child_process';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

const parts = [
  {package: 'docker.io', there: () => found('dockerd')},
  {package: 'docker-registry', there: () => found('docker-registry')},
  {package: 'busybox-static', there: () => ['/bin/busybox', '/usr/bin/busybox'].some(isStatic)},
  {package: 'btrfs-progs', there: () => found('mkfs.btrfs')},
  {package: 'xfsprogs', there: () => found('mkfs.xfs')},
  {package: 'tmux', there: () => found('tmux')},
  {package: 'vim', there: () => found('vim')},
  {package: 'htop', there: () => found('htop')},
  {package: 'zsh', there: () => found('zsh')},
  {package: 'fish', there: () => found('fish')},
  {package: 'python3', there: () => found('python3')},
  {package: 'dbus', there: () => found('dbus-daemon')},
  // Never in the place of another init.
  {package: 'systemd', there: () => hasOtherInit() || existsSync('/lib/systemd/systemd')},
  {package: 'libpam-systemd', there: () => hasOtherInit() || hasPamSystemd()},
  {package: 'openssh-server', there: () => found('sshd'), before: keepSshdOff},
  {package: 'sudo', there: () => found('sudo')},
  {package: 'tcsh', there: () => found('tcsh')},
  {package: 'iproute2', there: () => found('ip')},
  {package: 'iptables', there: () => found('iptables')},
  {package: 'faketime', there: () => found('faketime')},
  {package: 'systemd-journal-remote', there: () => existsSync('/lib/systemd/systemd-journal-remote')},
  // Of these the images are made that the machines of a Kubernetes cluster run (test/lab/kubernetes).
  {package: 'etcd-server', there: () => found('etcd'), after: () => keepOff('etcd')},
  {package: 'etcd-client', there: () => found('etcdctl')},
  {package: 'haproxy', there: () => found('haproxy'), after: () => keepOff('haproxy')},
  {package: 'conntrack', there: () => found('conntrack')},
  {package: 'socat', there: () => found('socat')},
  // With these the Debian is made that some hosts have to themselves (test/lab/own-debian.ts).
  {package: 'debootstrap', there: () => found('debootstrap')},
  {package: 'dpkg-dev', there: () => found('dpkg-scanpackages')},
  // And with this Kubernetes is built, once (test/lab/kubernetes).
  {package: 'golang-go', there: () => hasKubernetes() || found('go')},
];
/** How long another apt or dpkg may keep us waiting. */
const lockWaitMs = 300_000;
const policyFile = '/usr/sbin/policy-rc.d';

const missing = parts.filter((part) => !part.there()).map((part) => part.package);
if (missing.length > 0) {
  const obstacle = whyNotHere();
  if (obstacle) {
    console.error(`Tests on real parts are skipped; they need ${missing.join(', ')}: ${obstacle}.`);
  } else {
    console.error(`Installing for the tests, without starting any service: ${missing.join(', ')} …`);
    await withoutStartingServices(() => install(missing));
    const still = parts.filter((part) => !part.there()).map((part) => part.package);
    if (still.length > 0) fail(`${still.join(', ')} was installed, but what the tests need of it is not there.`);
    console.error(`Installed: ${missing.join(', ')}. No service was started.`);
  }
}

function whyNotHere() {
  const how = 'PAI_TEST_SYSTEM=1 npm test, as root on Debian or Ubuntu, installs what is missing';
  if (!process.env.CI && process.env.PAI_TEST_SYSTEM !== '1') return how;
  if (!existsSync('/etc/debian_version') || !found('apt-get'))
    return 'only on Debian and Ubuntu are they installed for you';
  if (process.getuid?.() !== 0) return 'installing them needs root';
  return undefined;
}

async function withoutStartingServices(work) {
  if (existsSync(policyFile)) {
    if (spawnSync(policyFile, ['docker', 'start'], {stdio: 'ignore'}).status !== 101)
      fail(`${policyFile} allows services to start, and tests must start none. Make it end with 101 and try again.`);
    return work();
  }
  const remove = () => rmSync(policyFile, {force: true});
  const stop = (signal) => {
    remove();
    process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
  };
  process.once('exit', remove).once('SIGINT', stop).once('SIGTERM', stop);
  writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', {flag: 'wx'});
  chmodSync(policyFile, 0o755);
  try {
    return await work();
  } finally {
    remove();
    process.off('exit', remove).off('SIGINT', stop).off('SIGTERM', stop);
  }
}

async function install(packages) {
  for (const {package: name, before} of parts) if (packages.includes(name)) before?.();
  const arguments_ = ['install', '--yes', '--no-install-recommends', ...packages];
  let result = await apt(arguments_);
  if (result.status !== 0) {
    // The package lists are missing or out of date: the usual state of a fresh container.
    const update = await apt(['update']);
    result = update.status === 0 ? await apt(arguments_) : update;
  }
  if (result.status !== 0) {
    const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-15).join('\n');
    fail(`Installing ${packages.join(', ')} failed. The last that apt-get said:\n${said}`);
  }
  for (const {package: name, after} of parts) if (packages.includes(name)) after?.();
}

/** One apt-get, asking nothing; waits while another one holds a lock. */
async function apt(arguments_) {
  const deadline = Date.now() + lockWaitMs;
  let said = false;
  for (;;) {
    const result = spawnSync('apt-get', ['-q', '-o', 'Dpkg::Options::=--force-confold', ...arguments_], {
      encoding: 'utf8',
      env: {...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8'},
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
    if (result.status === 0 || !/Could not get lock|Unable to (acquire|lock)/.test(result.stderr ?? '')) return result;
    if (Date.now() > deadline) return result;
    if (!said) console.error('Another apt or dpkg is at work; waiting up to five minutes for it …');
    said = true;
    await sleep(3000);
  }
}

function found(program) {
  const folders = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin`.split(':');
  return folders.some((folder) => {
    try {
      accessSync(join(folder || '.', program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Who had no sshd gets none after the next boot either: its unit and its script ask for this file. */
function keepSshdOff() {
  mkdirSync('/etc/ssh', {recursive: true});
  writeFileSync('/etc/ssh/sshd_not_to_be_run', 'Installed for tests, which run it on hosts of their own.\n');
}

/** Who had no such service gets none after the next boot either. */
function keepOff(service) {
  spawnSync('update-rc.d', [service, 'disable'], {stdio: 'ignore'});
}

function hasKubernetes() {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return existsSync(join(cache, 'pai-tui-lab/kubernetes-v1.20.2/kubectl'));
}

function hasOtherInit() {
  return existsSync('/sbin/init') && !realpathSync('/sbin/init').includes('systemd');
}

function hasPamSystemd() {
  const folders = readdirSync('/usr/lib', {withFileTypes: true}).filter((entry) => entry.isDirectory());
  return folders.some(({name}) => existsSync(`/usr/lib/${name}/security/pam_systemd.so`));
}

/** A dynamically linked program names its loader near the start of the file. */
function isStatic(file) {
  if (!existsSync(file)) return false;
  const head = Buffer.alloc(4096);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, head);
  closeSync(descriptor);
  return !head.includes('/ld-');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
