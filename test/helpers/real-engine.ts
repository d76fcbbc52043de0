import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, statfsSync, statSync, writeFileSync} from 'node:fs';
import {request} from 'node:http';
import type {Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {pack} from 'tar-stream';
import {cleanDeadEngines, engineFolderPrefix} from './real-engine-cleanup.ts';

/** Where a Docker engine of the tests' own and its two registries answer. Plain data: it travels between processes. */
export interface RealEngineAddresses {
  /** Path of the engine's Unix socket. */
  readonly socket: string;
  /** host:port of a registry anyone may push to, over plain HTTP. */
  readonly registry: string;
  /** A registry that lets nobody in without these. */
  readonly loginRegistry: {readonly address: string; readonly username: string; readonly password: string};
}

export interface RealEngine extends RealEngineAddresses {
  /** Gives the engine an image with a shell and the usual commands, made of this machine's static busybox. */
  importBusybox(name: string): Promise<void>;
  /** Ends the engine and the registries and removes all they left. */
  stop(): Promise<void>;
}

/** The programs an engine of the tests is made of and this machine does not have. */
export function missingPrograms(): readonly string[] {
  return ['dockerd', 'containerd', 'docker-registry', 'busybox'].filter((name) => !program(name));
}

export interface RealEngineOptions {
  /** Bytes of memory to keep its images in, instead of the disk: for tests on a disk that is full. */
  readonly diskBytes?: number;
  /** Of dockerd, besides its own: another --host, --insecure-registry. */
  readonly arguments?: readonly string[];
}

/** Why no engine can be started here, as the end of a sentence; undefined when one can. */
export function whyNoRealEngine(): string | undefined {
  const missing = missingPrograms();
  if (missing.length > 0)
    return `${missing.join(', ')} missing (PAI_TEST_SYSTEM=1 npm test installs, as root on Debian)`;
  if (process.getuid?.() !== 0) return 'starting a Docker engine needs root';
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  if ((BigInt(`0x${capabilities}`) & (1n << 21n)) === 0n) return 'mounting is not allowed here (CAP_SYS_ADMIN)';
  return undefined;
}

/**
 * Starts a Docker engine with everything of its own (socket, data, containerd, configuration) and two registries
 * on free loopback ports, without touching the machine's network, firewall or another engine. When this process
 * ends, in whatever way, all of it ends and is removed.
 */
export async function startRealEngine(options: RealEngineOptions = {}): Promise<RealEngine> {
  const obstacle = whyNoRealEngine();
  if (obstacle) throw new Error(`No Docker engine for the tests: ${obstacle}.`);
  const base = baseFolder();
  await cleanDeadEngines(base.folder);
  const folder = mkdtempSync(join(base.folder, engineFolderPrefix));
  const guard = startGuard(folder);
  try {
    if (options.diskBytes) mountMemory(join(folder, 'data'), options.diskBytes);
    const password = randomBytes(12).toString('hex');
    const [registry, loginRegistry] = await Promise.all([
      startRegistry(folder, 'registry'),
      startRegistry(folder, 'login-registry', {username: 'operator', password}),
      startDockerd(folder, base.overlay, options.arguments ?? []),
    ]);
    const socket = join(folder, 's');
    return {
      socket,
      registry,
      loginRegistry: {address: loginRegistry, username: 'operator', password},
      importBusybox: (name) => importBusybox(socket, name),
      stop: () => stopGuard(guard),
    };
  } catch (error) {
    const last = lastLines(join(folder, 'dockerd.log'));
    await stopGuard(guard);
    throw new Error(`The Docker engine for the tests did not start. Last lines of its log:\n${last}`, {cause: error});
  }
}

/** Gives an engine an image with a shell and the usual commands, made of this machine's static busybox. */
async function importBusybox(socket: string, name: string): Promise<void> {
  const busybox = program('busybox');
  if (!busybox) throw new Error('There is no busybox.');
  const colon = name.lastIndexOf(':');
  const [repository, tag] =
    colon > name.lastIndexOf('/') ? [name.slice(0, colon), name.slice(colon + 1)] : [name, 'latest'];
  const query = new URLSearchParams({fromSrc: '-', repo: repository, tag, changes: 'CMD ["/bin/sh"]'});
  const answer = await askEngine(socket, 'POST', `/images/create?${query}`, rootFileSystem(busybox));
  if (!/sha256:/.test(answer)) throw new Error(`Importing ${name} failed: ${answer}`);
}

function rootFileSystem(busybox: string): NodeJS.ReadableStream {
  const tar = pack();
  const mtime = new Date(0);
  for (const name of ['bin/', 'etc/', 'tmp/', 'root/'])
    tar.entry({name, type: 'directory', mode: name === 'tmp/' ? 0o1777 : 0o755, mtime});
  tar.entry({name: 'etc/passwd', mode: 0o644, mtime}, 'root:x:0:0:root:/root:/bin/sh\n');
  tar.entry({name: 'bin/busybox', mode: 0o755, mtime}, readFileSync(busybox));
  const applets = spawnSync(busybox, ['--list'], {encoding: 'utf8'}).stdout.trim().split('\n');
  for (const applet of applets) {
    // busybox lists itself: a link of that name would point to itself.
    if (applet !== 'busybox') tar.entry({name: `bin/${applet}`, type: 'symlink', linkname: 'busybox', mtime});
  }
  tar.finalize();
  return Readable.from(tar);
}

function mountMemory(folder: string, bytes: number): void {
  mkdirSync(folder);
  const {status, stderr} = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'pai-tests', folder]);
  if (status !== 0) throw new Error(`mount failed: ${stderr}`);
}

/** A process of its own session that waits for this one to end and then clears up; closing its stdin tells it to. */
function startGuard(folder: string): ChildProcess {
  const script = fileURLToPath(new URL('real-engine-guard.ts', import.meta.url));
  const guard = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
    cwd: '/',
  });
  // Whoever forgets to stop the engine can end all the same, and the guard sees that.
  guard.unref();
  (guard.stdin as Socket).unref();
  return guard;
}

async function stopGuard(guard: ChildProcess): Promise<void> {
  guard.ref();
  const ended = new Promise<number | null>((resolve) => guard.once('exit', resolve));
  guard.stdin?.end();
  if (guard.exitCode === null && (await ended) !== 0) throw new Error('The Docker engine of the tests left something.');
}

async function startDockerd(folder: string, overlay: boolean, more: readonly string[]): Promise<void> {
  const containerd = join(folder, 'containerd');
  mkdirSync(containerd);
  const containerdSocket = join(containerd, 's');
  writeFileSync(
    join(containerd, 'config.toml'),
    [
      'version = 2',
      `root = "${containerd}/root"`,
      `state = "${containerd}/state"`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
      `[grpc]\naddress = "${containerdSocket}"`,
      `[plugins."io.containerd.internal.v1.opt"]\npath = "${containerd}/opt"`,
    ].join('\n'),
  );
  // Its own configuration file, because the machine's /etc/docker/daemon.json is not ours to follow.
  writeFileSync(join(folder, 'daemon.json'), '{}');
  daemon(folder, 'containerd', ['--config', join(containerd, 'config.toml')]);
  await until('containerd answers', () => existsSync(containerdSocket));
  const dockerd = daemon(folder, 'dockerd', [
    ...['--host', `unix://${folder}/s`],
    ...['--data-root', `${folder}/data`],
    ...['--exec-root', `${folder}/exec`],
    ...['--pidfile', `${folder}/pid`],
    ...['--config-file', `${folder}/daemon.json`],
    ...['--containerd', containerdSocket],
    ...['--cgroup-parent', `/${folder.slice(folder.lastIndexOf('/') + 1)}`],
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs'],
    ...['--bridge=none', '--iptables=false', '--ip6tables=false'],
    ...['--shutdown-timeout=2', '--log-level=warn'],
    // overlay2 does not run on overlayfs, which is what a container's own file system is.
    ...(overlay ? ['--storage-driver=vfs'] : []),
    ...more,
  ]);
  await until('the Docker engine answers', async () => {
    if (dockerd.exitCode !== null) throw new Error(`dockerd ended with ${dockerd.exitCode}`);
    return (
      existsSync(join(folder, 's')) && (await askEngine(join(folder, 's'), 'GET', '/_ping').catch(() => '')) === 'OK'
    );
  });
}

/** Returns host:port of a registry; it takes a free port itself and its log says which. */
async function startRegistry(
  folder: string,
  name: string,
  login?: {username: string; password: string},
): Promise<string> {
  const home = join(folder, name);
  mkdirSync(home);
  const auth = login ? `auth: {htpasswd: {realm: tests, path: ${home}/htpasswd}}\n` : '';
  if (login) writeFileSync(join(home, 'htpasswd'), `${login.username}:${bcrypt(login.password)}\n`, {mode: 0o600});
  writeFileSync(
    join(home, 'config.yml'),
    `version: 0.1\nlog: {level: info, formatter: json}\nstorage: {filesystem: {rootdirectory: ${home}/storage}, delete: {enabled: true}}\n` +
      `http: {addr: '127.0.0.1:0', secret: ${randomBytes(16).toString('hex')}}\n${auth}`,
  );
  const child = daemon(folder, 'docker-registry', ['serve', join(home, 'config.yml')], name);
  let address: string | undefined;
  await until(`the registry ${name} answers`, () => {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${lastLines(join(folder, `${name}.log`))}`);
    address = /listening on (127\.0\.0\.1:\d+)/.exec(readFileSync(join(folder, `${name}.log`), 'utf8'))?.[1];
    return address !== undefined;
  });
  return String(address);
}

/** The C library of Debian knows bcrypt, and perl is always there; the password goes over stdin. */
function bcrypt(password: string): string {
  const salt = randomBytes(16).toString('hex').slice(0, 22);
  const script = `$_ = <STDIN>; chomp; print crypt($_, '$2y$05$${salt}')`;
  const {stdout} = spawnSync('perl', ['-e', script], {input: `${password}\n`, encoding: 'utf8'});
  if (!stdout.startsWith('$2y$')) throw new Error('perl cannot make a bcrypt hash here.');
  return stdout;
}

/** Starts a daemon in a session of its own, so that Ctrl-C reaches only us; the guard ends it by its pid file. */
function daemon(folder: string, name: string, argv: readonly string[], as = name): ChildProcess {
  const log = openSync(join(folder, `${as}.log`), 'a');
  const child = spawn(String(program(name)), argv, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: folder,
    env: {PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', TMPDIR: folder, HOME: folder},
  });
  child.unref();
  if (child.pid) writeFileSync(join(folder, `${as}.daemon`), String(child.pid));
  return child;
}

function program(name: string): string | undefined {
  return ['/usr/local/sbin', '/usr/sbin', '/usr/local/bin', '/usr/bin', '/sbin', '/bin']
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path) && (statSync(path).mode & 0o111) !== 0);
}

/** A folder on a real file system where there is one: an engine does badly on overlayfs and in memory. */
function baseFolder(): {folder: string; overlay: boolean} {
  const [overlayfs, tmpfs] = [0x794c7630, 0x01021994];
  const candidates = [tmpdir(), '/var/tmp', '/var/lib'].filter((folder) => existsSync(folder));
  const real = candidates.find((folder) => ![overlayfs, tmpfs].includes(statfsSync(folder).type));
  const folder = real ?? tmpdir();
  return {folder, overlay: statfsSync(folder).type === overlayfs};
}

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited 60 s until ${what}.`);
    await sleep(20);
  }
}

function lastLines(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n') : '(no log)';
}

/** One request to an engine, past the code under test; resolves with the text of the answer, whatever its status. */
export function askEngine(
  socketPath: string,
  method: string,
  path: string,
  body?: NodeJS.ReadableStream,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({socketPath, method, path, agent: false}, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve(text)).on('error', reject);
    });
    outgoing.on('error', reject);
    if (body) body.on('error', reject).pipe(outgoing);
    else outgoing.end();
  });
}
