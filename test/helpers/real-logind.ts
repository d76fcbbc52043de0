import {type ChildProcess, execFile, spawn} from 'node:child_process';
import {existsSync, globSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

/** A systemd of the tests' own with its logind, which ends what a session leaves (KillUserProcesses=yes). */
export interface RealLogind {
  /** Logs the user `operator` in, runs a command there as the session's leader, and resolves after the logout. */
  login(argv: readonly string[]): Promise<string>;
  /** Runs a command in there as root, outside of any session. Rejects when it fails. */
  run(argv: readonly string[]): Promise<string>;
  /** Ends it with everything that runs in it. */
  stop(): Promise<void>;
}

/** Where this project lies in there. */
export const projectInside = '/project';
/** The number of `operator` in there. */
export const operatorId = 4711;

/** Everything it is made of, and the Debian package that brings it. */
const parts: readonly (readonly [pattern: string, from: string])[] = [
  ['/lib/systemd/systemd', 'systemd'],
  ['/usr/bin/systemd-run', 'systemd'],
  ['/usr/bin/dbus-daemon', 'dbus'],
  ['/usr/lib/*/security/pam_systemd.so', 'libpam-systemd'],
  ['/usr/bin/unshare', 'util-linux'],
  ['/usr/bin/nsenter', 'util-linux'],
];

/** Why none can be started here, as the end of a sentence; undefined when one can. */
export function whyNoRealLogind(): string | undefined {
  const missing = [...new Set(parts.filter(([pattern]) => globSync(pattern).length === 0).map(([, from]) => from))];
  if (missing.length > 0)
    return `${missing.join(', ')} missing (PAI_TEST_SYSTEM=1 npm test installs, as root on Debian)`;
  if (process.getuid?.() !== 0) return 'starting a systemd needs root';
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  if ((BigInt(`0x${capabilities}`) & (1n << 21n)) === 0n) return 'mounting is not allowed here (CAP_SYS_ADMIN)';
  if (!/^\S+ \S+ cgroup2 rw/m.test(readFileSync('/proc/mounts', 'utf8'))) return 'there is no cgroup2 to write to';
  return undefined;
}

/**
 * Starts one. It sees this computer's files, the project below `projectInside` and `shared` under its own name; what
 * is written anywhere but to these two is gone with it. When this process ends, in whatever way, all of it ends.
 */
export async function startRealLogind(shared: string): Promise<RealLogind> {
  const folder = mkdtempSync(join(tmpdir(), 'pai-tests-logind-'));
  const [script, project] = [new URL('real-logind.sh', import.meta.url), new URL('../..', import.meta.url)];
  const guard = spawn(
    '/bin/sh',
    [script, project]
      .map((url) => fileURLToPath(url))
      .toSpliced(1, 0, folder)
      .concat(shared),
    {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'inherit'],
    },
  );
  const run = async (argv: readonly string[]) => {
    const pid = readFileSync(join(folder, 'init.pid'), 'utf8').trim();
    const {stdout} = await promisify(execFile)('nsenter', ['-t', pid, '-a', '-r', '-w', '--', ...argv], {
      timeout: 60_000,
    });
    return stdout;
  };
  try {
    await untilUp(guard, () => run(['systemctl', 'is-active', '--quiet', 'logins.target']));
  } catch (error) {
    const log = join(folder, 'boot.log');
    const last = existsSync(log) ? readFileSync(log, 'utf8').trimEnd() : '';
    await stop(guard);
    rmSync(folder, {recursive: true, force: true});
    throw new Error(`The systemd for the tests did not start: ${last}`, {cause: error});
  }
  const session = ['-p', 'User=operator', '-p', 'PAMName=login-for-tests', '-p', `WorkingDirectory=${projectInside}`];
  return {
    run,
    login: (argv) => run(['systemd-run', '--quiet', '--wait', '--pipe', '--collect', ...session, '--', ...argv]),
    stop: () => stop(guard),
  };
}

async function untilUp(guard: ChildProcess, isUp: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    if (guard.exitCode !== null) throw new Error(`it ended with ${guard.exitCode}`);
    try {
      await isUp();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

async function stop(guard: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => guard.once('exit', () => resolve()));
  guard.stdin?.end();
  if (guard.exitCode === null) await ended;
  if (guard.exitCode !== 0) throw new Error('The systemd of the tests left something.');
}
