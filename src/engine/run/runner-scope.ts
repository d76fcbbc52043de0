import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {userName} from './process.ts';

/** Where systemd-logind keeps whose user manager stays after logout. */
const lingering = '/var/lib/systemd/linger';

/** What a process belongs to by its control group: a login session, a user manager (desktops), or neither. */
export interface CgroupPlace {
  readonly kind: 'session' | 'user manager' | 'system';
  /** Number of the user whose session or manager it is: after sudo not our own. */
  readonly uid?: number;
}

/**
 * What to put before a runner's command so that it becomes a scope that outlives a logout. A scope of the user
 * manager only where that stays (lingering): elsewhere it would end with it, and a plain process may not. Root needs
 * no user manager, and nothing where nobody logs out.
 */
export function runnerScope(environment: NodeJS.ProcessEnv, run: string, lingerFolder = lingering): readonly string[] {
  const {PATH: path = ''} = environment;
  const whose = whoseScope(environment, lingerFolder);
  const program = path
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, 'systemd-run'))
    .find((file) => existsSync(file));
  return whose && program ? [program, ...whose, '--quiet', '--collect', `--description=pai-tui run ${run}`, '--'] : [];
}

function whoseScope({XDG_RUNTIME_DIR: runtime}: NodeJS.ProcessEnv, lingerFolder: string): string[] | undefined {
  if (runtime && existsSync(join(runtime, 'systemd', 'private')) && lingers(userName(), lingerFolder))
    return ['--user', '--scope'];
  return isRoot() && isSystemd() && ownPlace().kind !== 'system' ? ['--scope'] : undefined;
}

/** Whether this computer was started by systemd. */
export function isSystemd(): boolean {
  return existsSync('/run/systemd/system');
}

/** Whether a user's manager stays after logout. */
export function lingers(user: string, folder = lingering): boolean {
  return existsSync(join(folder, user));
}

/** Of this process. */
export function ownPlace(): CgroupPlace {
  try {
    return placeOf(readFileSync('/proc/self/cgroup', 'utf8'));
  } catch {
    return {kind: 'system'};
  }
}

/** What /proc/<pid>/cgroup says, in the hierarchy of systemd. */
export function placeOf(cgroups: string): CgroupPlace {
  const lines = cgroups.split('\n').map((line) => /^\d+:(?:name=systemd)?:(.*)$/.exec(line));
  for (const path of lines.flatMap((line) => line?.[1] ?? [])) {
    const [, manager] = /\/user@(\d+)\.service(?:\/|$)/.exec(path) ?? [];
    if (manager !== undefined) return {kind: 'user manager', uid: Number(manager)};
    const [, session] = /\/user-(\d+)\.slice\/session-[^/]+\.scope(?:\/|$)/.exec(path) ?? [];
    if (session !== undefined) return {kind: 'session', uid: Number(session)};
  }
  return {kind: 'system'};
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
