import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync, statSync} from 'node:fs';
import {basename, join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

/** How the folder of an engine of the tests begins; below it lies everything that engine has. */
export const engineFolderPrefix = 'pai-tests-engine-';

/** Removes what test runs left whose guard could not do it (power failure, a killed guard). */
export async function cleanDeadEngines(base: string): Promise<void> {
  for (const name of readdirSync(base).filter((entry) => entry.startsWith(engineFolderPrefix))) {
    const folder = join(base, name);
    const guarded = processesOf(folder).some(({argv}) => argv.some((part) => part.endsWith('real-engine-guard.ts')));
    // Another run may be between making its folder and starting its guard.
    const young = Date.now() - (statSync(folder, {throwIfNoEntry: false})?.birthtimeMs ?? 0) < 10_000;
    if (!guarded && !young) await clearEngineFolder(folder);
  }
}

/** Ends the processes of one engine folder by pid, unmounts what is below it, and removes it with its cgroups. */
export async function clearEngineFolder(folder: string): Promise<void> {
  // The engine first, so that it ends its containers; containerd is still needed for that.
  for (const names of [['dockerd'], ['containerd', 'registry', 'login-registry']])
    await end(names.map((name) => daemonPid(folder, name)).filter((pid) => pid !== undefined));
  await end(
    processesOf(folder)
      .filter(({argv}) => !argv.some((part) => part.endsWith('real-engine-guard.ts')))
      .map(({pid}) => pid),
  );
  // Commands of containers whose engine was killed: only their cgroup says whose they are.
  const cgroups = cgroupsOf(basename(folder));
  await end(cgroups.flatMap((cgroup) => processesIn(cgroup)));
  for (const mount of mountsBelow(folder)) {
    if (spawnSync('umount', [mount], {stdio: 'ignore'}).status !== 0) spawnSync('umount', ['-l', mount]);
  }
  rmSync(folder, {recursive: true, force: true, maxRetries: 5});
  for (const cgroup of cgroups) await removeCgroup(cgroup);
}

/** The pid of a daemon of this folder, if that process is still the one that was started. */
function daemonPid(folder: string, name: string): number | undefined {
  const file = join(folder, `${name}.daemon`);
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  return processesOf(folder).some((candidate) => candidate.pid === pid) ? pid : undefined;
}

/** Processes that name the folder in their arguments or work in it: the daemons, their shims, the guard. */
function processesOf(folder: string): readonly {pid: number; argv: readonly string[]}[] {
  const found: {pid: number; argv: readonly string[]}[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const inside =
        argv.some((part) => part.includes(folder)) || `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`);
      if (inside && Number(pid) !== process.pid) found.push({pid: Number(pid), argv});
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

async function end(pids: readonly number[]): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const pid of pids) send(pid, signal);
    const deadline = Date.now() + 15_000;
    while (pids.some((pid) => send(pid, 0)) && Date.now() < deadline) await sleep(20);
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal) && !isZombie(pid);
  } catch {
    return false;
  }
}

function isZombie(pid: number): boolean {
  try {
    return /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

/** The deepest first. */
function mountsBelow(folder: string): readonly string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mount) => mount.startsWith(`${folder}/`))
    .reverse();
}

/** The folders of a cgroup of this name, one for each hierarchy. */
function cgroupsOf(name: string): readonly string[] {
  const root = '/sys/fs/cgroup';
  const hierarchies = existsSync(root) ? readdirSync(root).map((entry) => join(root, entry)) : [];
  return [root, ...hierarchies].map((folder) => join(folder, name)).filter((folder) => existsSync(folder));
}

function processesIn(cgroup: string): readonly number[] {
  const own = readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  return [...own, ...foldersIn(cgroup).flatMap((folder) => processesIn(folder))];
}

/** A cgroup is removed by removing its folder; the kernel may need a moment after its last process ended. */
async function removeCgroup(cgroup: string): Promise<void> {
  for (const folder of foldersIn(cgroup)) await removeCgroup(folder);
  const deadline = Date.now() + 5000;
  for (;;) {
    try {
      rmdirSync(cgroup);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(20);
    }
  }
}

function foldersIn(folder: string): readonly string[] {
  return readdirSync(folder, {withFileTypes: true})
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}
