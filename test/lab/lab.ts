/**
 * Real hosts on this one computer, for tests of what is done to machines over SSH.
 *
 *     const obstacle = tellObstacle('Tests of … on lab hosts', whyNoLab());
 *     describe.skipIf(obstacle)('…', () => {
 *       let lab: Lab;
 *       beforeAll(async () => { lab = await startLab({hosts: 3}); });
 *       afterAll(() => lab?.close());
 *
 * A host has an address of its own (10.77.N.11 and up, and one of IPv6) that this computer and the other hosts reach,
 * its own files (of this computer only /usr, and what it changes there is its own), processes, name, control groups,
 * a stock sshd on port 22, sudo, and where asked a Docker engine. It knows the accounts of `logins`. What is no host's
 * own: kernel, clock, memory and processors; its init is not systemd. Nothing that it sends leaves this computer.
 *
 * Several labs may be up at once. When the process that made a lab ends, in whatever way, all of it goes: processes,
 * network, control groups, files; and settings of the kernel are as before once no lab is up.
 */
import {type ChildProcessByStdio, spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable, Writable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import {identityOf, thisProcess} from '../../src/engine/run/process.ts';
import {alone} from './alone.ts';
import {isOnOverlay} from './cache.ts';
import {clearDeadLabs} from './clear.ts';
import {makeEtc} from './etc.ts';
import {execute} from './execute.ts';
import {type Host, makeHost} from './host.ts';
import {equipWithDocker, makeHostFiles, writeSshdOptions} from './host-files.ts';
import {addressOf, freeNetwork, hasIpv6, legAddressOf, plugIn} from './network.ts';
import {makeDebianFiles} from './own-debian.ts';
import {allRecords, labPrefix, writeRecord} from './records.ts';
import {readSysctls} from './sysctls.ts';

export type {Host} from './host.ts';
export {logins} from './logins.ts';
export {whyNoLab} from './obstacles.ts';

export interface LabOptions {
  /** How many; they are node-1, node-2, … */
  readonly hosts: number;
  /** The first so many have a Docker engine, which makes their boot three times as long. */
  readonly docker?: number;
  /** A folder of images and layers that those engines have from the beginning. */
  readonly dockerRoot?: string;
  /** The root of a Debian (own-debian.ts), of which those without Docker have a copy to themselves, /usr and all. */
  readonly ownDebian?: string;
  /** Of every sshd, in the place of the stock ones: `{MaxStartups: '2:100:2'}`. */
  readonly sshd?: Readonly<Record<string, string>>;
}

export interface Lab {
  /** All up. */
  readonly hosts: readonly Host[];
  readonly keys: LabKeys;
  /** Where this computer is to be reached by hosts. */
  readonly address: string;
  /** Lines for known_hosts, with the keys that all hosts have now. */
  knownHosts(): string;
  /** Ends it and waits until nothing of it is left. Throws when something is. */
  close(): Promise<void>;
}

/** Files of private keys. */
interface LabKeys {
  /** Lets everyone in. */
  readonly plain: string;
  /** Lets everyone in, and has a passphrase. */
  readonly locked: {readonly file: string; readonly passphrase: string};
  /** Lets nobody in. */
  readonly stranger: string;
}

/** Brings up hosts. Throws when that fails; nothing is left then. Ask `whyNoLab` before. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const {guard, folder, network} = await openLab();
  const close = () => endGuard(guard);
  try {
    const etc = join(folder, 'etc');
    const [keys] = await Promise.all([makeKeys(folder), makeEtc(etc)]);
    const authorizedKeys = [keys.plain, keys.locked.file].map((file) => readFileSync(`${file}.pub`, 'utf8')).join('');
    const hosts = await Promise.all(
      Array.from({length: options.hosts}, async (_, index) => {
        const number = index + 1;
        const [name, {address, address6}] = [`node-${number}`, addressOf(network, number)];
        const place = join(folder, name);
        const own = {name, address, address6: hasIpv6() ? address6 : undefined, authorizedKeys};
        const docker = index < (options.docker ?? 0);
        const debian = docker ? undefined : options.ownDebian;
        if (debian === undefined) await makeHostFiles(place, etc, own);
        else await makeDebianFiles(place, debian, own);
        writeSshdOptions(join(place, 'root'), options.sshd ?? {});
        const groupName = basename(folder);
        if (docker) await equipWithDocker(place, folder, options.dockerRoot);
        const host = makeHost({folder: place, groupName, network, number, name, docker, ownUsr: debian !== undefined});
        await host.start();
        return host;
      }),
    );
    guard.unref();
    const address = legAddressOf(network);
    return {hosts, keys, address, knownHosts: () => hosts.map((host) => host.knownHosts()).join(''), close};
  } catch (error) {
    await close();
    throw error;
  }
}

/** Clears dead labs away, and starts one with a network and without hosts. */
function openLab() {
  return alone(async () => {
    const base = baseFolder();
    await clearDeadLabs(base);
    const id = randomBytes(4).toString('hex');
    const folder = join(base, `${labPrefix}${id}`);
    // As it was before the first lab that is up; they may have changed it.
    const sysctls = allRecords()[0]?.sysctls ?? readSysctls();
    const network = await freeNetwork(allRecords().map((record) => record.network));
    const record = {id, owner: thisProcess(), folder, network, sysctls};
    writeRecord(record);
    mkdirSync(folder, {mode: 0o700});
    const {guard, init} = await startGuard(id);
    writeRecord({...record, guard: identityOf(Number(guard.pid))});
    const plugged = {number: network, init};
    try {
      await plugIn(plugged);
    } catch (error) {
      // It clears away when we are not alone any more.
      guard.stdin.end();
      throw error;
    }
    return {guard, folder, network: plugged};
  });
}

async function startGuard(id: string) {
  const script = fileURLToPath(new URL('guard.ts', import.meta.url));
  const guard = spawn(process.execPath, [script, id], {detached: true, cwd: '/', stdio: ['pipe', 'pipe', 'inherit']});
  guard.stdin.on('error', () => {});
  const init = await firstLine(guard.stdout);
  if (init === undefined) throw new Error('The guard of the lab did not start.');
  return {guard, init: Number(init)};
}

/** Nothing more is read; an open end would keep this process from ending. */
async function firstLine(stream: Readable): Promise<string | undefined> {
  for await (const line of createInterface({input: stream})) {
    stream.destroy();
    return line;
  }
  return undefined;
}

async function endGuard(guard: ChildProcessByStdio<Writable, Readable, null>): Promise<void> {
  guard.ref();
  const ended = new Promise<void>((resolve) => guard.once('exit', () => resolve()));
  guard.stdin.end();
  if (guard.exitCode === null && guard.signalCode === null) await ended;
  if (guard.exitCode !== 0) throw new Error('The lab left something behind.');
}

async function makeKeys(folder: string): Promise<LabKeys> {
  const make = async (name: string, passphrase: string) => {
    const file = join(folder, name);
    await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', file]);
    return file;
  };
  const passphrase = 'words of a key';
  const [plain, locked, stranger] = await Promise.all([
    make('plain', ''),
    make('locked', passphrase),
    make('stranger', ''),
  ]);
  return {plain, locked: {file: locked, passphrase}, stranger};
}

/** A folder on a file system that the changes of /usr and Docker's images can be on, which overlayfs cannot. */
function baseFolder(): string {
  const folder = [tmpdir(), '/var/tmp', '/dev/shm'].find((one) => existsSync(one) && !isOnOverlay(one));
  if (!folder) throw new Error('A lab needs a folder that is not on overlayfs.');
  return folder;
}
