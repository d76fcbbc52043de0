import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, openSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import {joiningFiles, makeGroups} from './control-groups.ts';
import {execute} from './execute.ts';
import {type Faults, makeFaults} from './faults.ts';
import {knownHostsLines, makeHostKeys, writeSshdOptions} from './host-files.ts';
import {type FileList, listFiles} from './list-files.ts';
import {addressOf, gatewayOf, hasIpv6, introduce, type LabNetwork, onSwitch} from './network.ts';

export interface Host extends Faults {
  /** Also its host name. */
  readonly name: string;
  /** Where its sshd answers, on the usual port. */
  readonly address: string;
  /** Absent where this computer has no IPv6. */
  readonly address6?: string;
  /** Where its files are on this computer, but for a shared /usr and what is mounted; also while it is off. */
  readonly root: string;
  /** Lines for known_hosts, with the keys it has now. */
  knownHosts(): string;
  /** Boots it again, with all its files. Resolves when sshd, and Docker where it has it, answer. */
  start(): Promise<void>;
  /** Shuts it down as an operator does: services first. */
  stop(): Promise<void>;
  /** Takes the power away: nobody hears a last word of it. */
  kill(): Promise<void>;
  /** Pulls the network cable: what is sent to it gets no answer. */
  cut(): Promise<void>;
  /** Plugs it in again. */
  join(): Promise<void>;
  /** Other host keys, as after a new installation. */
  newHostKeys(): Promise<void>;
  /** Sets options of sshd in the place of those of an earlier call: `{MaxStartups: '1:100:1'}`. */
  sshd(options: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Runs a POSIX script as root, without ssh. Resolves with what it printed; rejects with its errors when it fails or
   * takes longer than two minutes, or as many milliseconds as are given.
   */
  sh(script: string, input?: string | Uint8Array, timeout?: number): Promise<string>;
  /** What is on its disk, for comparison by `differences`, but for these files and folders. Also while it is off. */
  listFiles(leaveOut?: readonly string[]): Promise<FileList>;
  /** What its Docker engine has, also what has ended. */
  containers(): Promise<readonly Container[]>;
}

interface Container {
  readonly name: string;
  readonly image: string;
  /** 'running', 'exited', … */
  readonly state: string;
}

/** What a host is part of. */
export interface HostPlace {
  /** Of the host; root/ is in it, and usr/ where it shares this computer's. */
  readonly folder: string;
  /** The lab's, in every hierarchy of control groups. */
  readonly groupName: string;
  readonly network: LabNetwork;
  /** From 1. */
  readonly number: number;
  readonly name: string;
  readonly docker: boolean;
  /** Has all of /usr in root/. */
  readonly ownUsr: boolean;
}

/** A host whose files are there (host-files.ts). It is off. */
export function makeHost(place: HostPlace): Host {
  const {folder, network, number, name} = place;
  const root = join(folder, 'root');
  const at = addressOf(network, number);
  const addresses = [at.address, ...(hasIpv6() ? [at.address6] : [])];
  let up: {readonly process: ChildProcess; readonly init: number} | undefined;

  const sh = async (script: string, input?: string | Uint8Array, timeout?: number) => {
    if (!up) throw new Error(`${name} is off.`);
    const inside = ['env', '-i', 'HOME=/root', 'TERM=xterm', 'LANG=C.UTF-8', `PATH=${path}`, 'sh', '-c', script];
    return execute(
      'sh',
      joining(place, ['nsenter', `--target=${up.init}`, '--all', '--root', '--wd', '--', ...inside]),
      input,
      timeout,
    );
  };
  const kill = async () => {
    if (!up) return;
    const {process: booted, init} = up;
    up = undefined;
    booted.ref();
    const ended = new Promise<void>((resolve) => booted.once('exit', () => resolve()));
    // The cable first: the kernel says goodbye for the processes that it kills.
    await onSwitch(network, [`link set ${at.port} down`]);
    if (booted.exitCode === null && booted.signalCode === null) {
      process.kill(init, 'SIGKILL');
      await ended;
    }
    // It goes with its other end, in a moment; the next boot may come earlier.
    await onSwitch(network, [`link del ${at.port}`]).catch(() => {});
  };
  return {
    name,
    root,
    address: at.address,
    ...(hasIpv6() ? {address6: at.address6} : {}),
    knownHosts: () => knownHostsLines(root, addresses),
    start: async () => {
      if (up) return;
      makeGroups(place.groupName, name);
      await introduce(network, at);
      up = await boot(place, [at.port, at.mac, at.address, gatewayOf(network), addresses[1] ?? '']);
    },
    stop: async () => {
      if (!up) return;
      await sh(shutdown);
      await kill();
    },
    kill,
    cut: () => onSwitch(network, [`link set ${at.port} down`]),
    join: () => onSwitch(network, [`link set ${at.port} up`]),
    newHostKeys: async () => {
      await makeHostKeys(root);
      if (up) await sh(restartSshd);
    },
    sshd: async (options) => {
      writeSshdOptions(root, options);
      if (up) await sh(restartSshd);
    },
    sh,
    listFiles: (leaveOut = []) => listFiles(root, place.ownUsr ? undefined : join(folder, 'usr'), leaveOut),
    containers: async () => {
      const lines = await sh('docker ps --all --format "{{.Names}}\t{{.Image}}\t{{.State}}"');
      const rows = lines
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split('\t'));
      return rows.map(([one = '', image = '', state = '']) => ({name: one, image, state}));
    },
    ...makeFaults(sh),
  };
}

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Sessions that are there go on, as with systemd. */
const restartSshd = `
  [ ! -e /run/sshd.pid ] || kill "$(cat /run/sshd.pid)"
  while [ -e /run/sshd.pid ]; do sleep 0.02; done
  /usr/sbin/sshd
  until [ -e /run/sshd.pid ]; do sleep 0.02; done`;

/** Asks all processes to end and gives them five seconds; 1 and this shell with its sleep stay. */
const shutdown = `
  [ ! -e /run/docker.pid ] || service docker stop > /dev/null 2>&1
  kill -TERM -1
  tries=0
  while [ "$(ls -d /proc/[0-9]* | wc -l)" -gt 5 ] && [ $tries -lt 250 ]; do tries=$((tries + 1)); sleep 0.02; done`;

async function boot(place: HostPlace, address: readonly string[]) {
  const {folder, name, network, docker, ownUsr} = place;
  const log = openSync(join(folder, 'boot.log'), 'w');
  const script = fileURLToPath(new URL('boot.sh', import.meta.url));
  const own = ['--mount', '--propagation=private', '--uts', '--ipc', '--net', '--cgroup', '--pid', '--fork'];
  const child = spawn(
    'sh',
    joining(place, [
      ...['env', '-i', `PATH=${path}`, 'nsenter', `--target=${network.init}`, '--pid', '--', 'unshare', ...own],
      ...[
        '--kill-child=SIGKILL',
        'sh',
        script,
        folder,
        name,
        String(network.init),
        ...address,
        docker ? 'docker' : ownUsr ? 'installed' : '',
      ],
    ]),
    {detached: true, cwd: '/', stdio: ['ignore', 'pipe', log]},
  );
  closeSync(log);
  const lines: string[] = [];
  for await (const line of createInterface({input: child.stdout as Readable})) {
    lines.push(line);
    if (line === 'up') break;
  }
  if (lines.at(-1) !== 'up')
    throw new Error(`${name} did not boot: ${readFileSync(join(folder, 'boot.log'), 'utf8').trimEnd()}`);
  // Whoever made a lab may end without closing it.
  child.stdout?.destroy();
  child.unref();
  return {process: child, init: Number(lines[0])};
}

/** Arguments of sh that run a command in the control groups of a host, whose it is then. */
function joining({groupName, name}: HostPlace, argv: readonly string[]): readonly string[] {
  const files = joiningFiles(groupName, name);
  const script = 'n=$1; shift; while [ $n -gt 0 ]; do echo 0 > "$1"; shift; n=$((n - 1)); done; exec "$@"';
  return ['-c', script, 'sh', String(files.length), ...files, ...argv];
}
