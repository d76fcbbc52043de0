import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {userName} from './process.ts';
import {type CgroupPlace, isSystemd, lingers, ownPlace, runnerScope} from './runner-scope.ts';

/** Whether a run outlives the operator's logout, for `info`. */
export interface LogoutFate {
  /** no: the system ends what a user leaves behind. unknown: it does not say. */
  readonly outlives: 'yes' | 'no' | 'unknown';
  readonly why: string;
}

/** What decides it. */
export interface LoginFacts {
  /** Without systemd, and hence its logind, nothing ends processes at logout. */
  readonly systemd: boolean;
  /** What this process belongs to, and with it a runner that gets no scope of its own. */
  readonly place: CgroupPlace['kind'];
  /** Whose session or user manager that is. */
  readonly owner: string;
  /** Whether logind ends what a session of the owner leaves; undefined where it does not say. */
  readonly endsSessions: boolean | undefined;
  /** Whether the owner's user manager stays after the last logout. */
  readonly managerStays: boolean;
  /** Who starts runs, and which scopes they become (runner-scope.ts). */
  readonly user: string;
  readonly scope: 'of the user manager' | 'of systemd' | 'none';
  readonly userLingers: boolean;
}

/**
 * Whether a run that is started now outlives the logout. It has its own process session, so a lost connection never
 * ends it. What may is systemd-logind, where it is told to end what a session leaves behind (KillUserProcesses and
 * the lists beside it), or the end of the user manager.
 */
export async function outlivesLogout(environment: NodeJS.ProcessEnv): Promise<LogoutFate> {
  const {kind: place, uid} = ownPlace();
  const owner = await nameOf(uid);
  const scope = runnerScope(environment, 'info');
  return logoutFate({
    systemd: isSystemd(),
    place,
    owner,
    endsSessions: place === 'session' ? await endsSessionsOf(owner) : undefined,
    managerStays: lingers(owner),
    user: userName(),
    scope: scope.length === 0 ? 'none' : scope.includes('--user') ? 'of the user manager' : 'of systemd',
    userLingers: lingers(userName()),
  });
}

/** The same of facts that are known. Lingering alone saves nothing that belongs to a session. */
export function logoutFate(facts: LoginFacts): LogoutFate {
  const {place, owner, user, scope} = facts;
  if (!facts.systemd) return {outlives: 'yes', why: 'no systemd here: nothing ends processes at logout'};
  if (scope !== 'none') {
    return {
      outlives: 'yes',
      why: `runs start as scopes ${scope}${scope === 'of systemd' ? '' : `, and ${user} lingers`}`,
    };
  }
  switch (place) {
    case 'system':
      return {outlives: 'yes', why: 'this is no login session: nobody logs out of it'};
    case 'user manager':
      if (facts.managerStays)
        return {outlives: 'yes', why: `${owner} lingers: the user manager stays, with what was started in it`};
      return {
        outlives: 'no',
        why: `the user manager ends at logout, with all that was started in it; ${enable(owner)}`,
      };
    case 'session':
      if (facts.endsSessions === undefined)
        return {outlives: 'unknown', why: 'systemd-logind does not say whether it ends processes at logout'};
      if (!facts.endsSessions)
        return {outlives: 'yes', why: `systemd-logind lets processes of ${owner} go on after logout`};
      return {
        outlives: 'no',
        why: `systemd-logind ends the processes of ${owner} at logout; ${facts.userLingers ? noScope : enable(user)}`,
      };
  }
}

function enable(user: string): string {
  return `\`loginctl enable-linger ${user}\` keeps runs going`;
}

const noScope = 'lingering would help, but XDG_RUNTIME_DIR does not lead to the user manager or systemd-run is missing';

/** As logind would decide for this user; undefined when it cannot be asked. */
async function endsSessionsOf(user: string): Promise<boolean | undefined> {
  const object = ['org.freedesktop.login1', '/org/freedesktop/login1', 'org.freedesktop.login1.Manager'];
  const properties = ['KillUserProcesses', 'KillOnlyUsers', 'KillExcludeUsers'];
  const answer = await said('busctl', ['get-property', ...object, ...properties]);
  return answer === undefined ? undefined : endsSessions(answer, user);
}

/** Of three lines of busctl: `b true`, and two lists of users such as `as 1 "ann"`. */
export function endsSessions(answer: string, user: string): boolean {
  const [kills = '', only = '', exclude = ''] = answer.split('\n');
  const users = (line: string) => [...line.matchAll(/"([^"]*)"/g)].map(([, name]) => name);
  // Where nobody is named, root is spared.
  const spared = users(exclude).length > 0 ? users(exclude) : ['root'];
  if (spared.includes(user)) return false;
  return users(only).length > 0 ? users(only).includes(user) : kills.trim() === 'b true';
}

/** Of the user with this number; our own without one, the number itself where the system has no name for it. */
async function nameOf(uid: number | undefined): Promise<string> {
  if (uid === undefined || uid === process.getuid?.()) return userName();
  return (await said('id', ['-nu', String(uid)]))?.trim() ?? String(uid);
}

/** Undefined when the command fails or does not answer. */
async function said(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(program, args, {timeout: 3000})).stdout;
  } catch {
    return undefined;
  }
}
