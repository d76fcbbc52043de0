import {readFileSync} from 'node:fs';
import {hostname, userInfo} from 'node:os';

/** A process of some computer, told apart from every later one that gets its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot, from /proc; absent where there is no /proc. */
  readonly started?: string;
  readonly bootId: string;
  readonly host: string;
}

/** This very process. */
export function thisProcess(): ProcessIdentity {
  return identityOf(process.pid);
}

/** A process of this computer, which has to be there. */
export function identityOf(pid: number): ProcessIdentity {
  const started = startOf(pid);
  return {pid, ...(started === undefined ? {} : {started}), bootId: bootId(), host: hostname()};
}

/** Whether it still lives; unknown for one of another computer. */
export function fateOf(identity: ProcessIdentity): 'alive' | 'dead' | 'rebooted' | 'unknown' {
  if (identity.host !== hostname()) return 'unknown';
  if (identity.bootId !== bootId()) return 'rebooted';
  const state = statOf(identity.pid);
  if (state) {
    const zombie = state[0] === 'Z' || state[0] === 'X';
    return zombie || (identity.started !== undefined && startOf(identity.pid) !== identity.started) ? 'dead' : 'alive';
  }
  try {
    process.kill(identity.pid, 0);
    return 'alive';
  } catch (error) {
    // Not ours to signal, hence there.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'alive' : 'dead';
  }
}

/** Whether its number stands for a later process by now, or for none since a reboot. */
export function isReplaced({pid, started, bootId: boot}: ProcessIdentity): boolean {
  const now = startOf(pid);
  return boot !== bootId() || (now !== undefined && started !== undefined && now !== started);
}

/** Changes with each boot; empty where the system does not say. */
export function bootId(): string {
  return textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

/** user@host */
export function whoami(): string {
  return `${userName()}@${hostname()}`;
}

/** The account's name, or its number where the system has no name for it. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

function startOf(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

/** The fields of /proc/<pid>/stat from the state on: the command before it may hold blanks and brackets. */
function statOf(pid: number): readonly string[] | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
