import {execFile} from 'node:child_process';
import {access, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {userName} from './process.ts';

/** Where systemd-logind keeps whose processes go on after logout. */
const lingering = '/var/lib/systemd/linger';

/** Whether a run outlives the operator's logout, for `info`. */
export interface LogoutFate {
  /** no: the system ends what a user leaves behind. */
  readonly outlives: 'yes' | 'no';
  readonly why: string;
}

/**
 * A runner has its own process session, so a lost connection never ends it. What may is systemd-logind, where it is
 * told to end everything of a user who logged out (KillUserProcesses), and lingering is not switched on.
 */
export async function outlivesLogout(environment: NodeJS.ProcessEnv): Promise<LogoutFate> {
  const user = userName();
  if (!(await isThere('/run/systemd/seats')))
    return {outlives: 'yes', why: 'no systemd-logind here: nothing ends processes at logout'};
  if (await lingers(user)) {
    const scope = (await runnerScope(environment, 'info')).length > 0;
    return {outlives: 'yes', why: `${user} lingers${scope ? '; runs start as scopes of the user manager' : ''}`};
  }
  if (!(await killsUserProcesses())) return {outlives: 'yes', why: 'systemd-logind lets processes go on after logout'};
  if (user === 'root') return {outlives: 'yes', why: 'systemd-logind spares root unless told otherwise'};
  return {
    outlives: 'no',
    why: `systemd-logind ends a user's processes at logout; \`loginctl enable-linger ${user}\` keeps runs going`,
  };
}

/**
 * What to put before a runner's command so that it becomes a scope of the user manager. Only where that manager
 * stays after logout (lingering): elsewhere a scope would end with it, and a plain process may not.
 */
export async function runnerScope(
  environment: NodeJS.ProcessEnv,
  run: string,
  lingerFolder = lingering,
): Promise<readonly string[]> {
  const {XDG_RUNTIME_DIR: runtime, PATH: path = ''} = environment;
  if (!runtime || !(await isThere(join(runtime, 'systemd', 'private'))) || !(await lingers(userName(), lingerFolder)))
    return [];
  for (const folder of path.split(':')) {
    const program = join(folder, 'systemd-run');
    if (folder.startsWith('/') && (await isThere(program)))
      return [program, '--user', '--scope', '--quiet', '--collect', `--description=pai-tui run ${run}`, '--'];
  }
  return [];
}

function lingers(user: string, folder = lingering): Promise<boolean> {
  return isThere(join(folder, user));
}

/** As logind itself would answer; from its configuration file where it cannot be asked; off is the default upstream. */
async function killsUserProcesses(): Promise<boolean> {
  try {
    const property = ['get-property', 'org.freedesktop.login1', '/org/freedesktop/login1'];
    const args = [...property, 'org.freedesktop.login1.Manager', 'KillUserProcesses'];
    const {stdout} = await promisify(execFile)('busctl', args, {timeout: 3000});
    return stdout.trim() === 'b true';
  } catch {
    const text = await readFile('/etc/systemd/logind.conf', 'utf8').catch(() => '');
    return /^\s*KillUserProcesses\s*=\s*(yes|true|on|1)\s*$/im.test(text);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
