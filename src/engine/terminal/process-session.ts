import {readdir, readFile} from 'node:fs/promises';
import {setTimeout as pause} from 'node:timers/promises';

/** How long to wait for an end, in milliseconds. */
export interface EndPatience {
  /** After TERM, before KILL. */
  readonly killAfterMs: number;
  /** After KILL: a process in the kernel's hands (a dead network disk) cannot be ended. */
  readonly giveUpAfterMs: number;
}

export const usualPatience: EndPatience = {killAfterMs: 10_000, giveUpAfterMs: 20_000};

const lookEveryMs = 50;

/**
 * Ends everything in a process session: TERM (or HUP, for shells, which do not hear TERM), after a while KILL. Returns
 * when nothing of it runs any more, or true when something could not be ended. `session` is the number of its leader,
 * which this process started.
 */
export async function endSession(
  session: number,
  patience: EndPatience,
  first: 'SIGTERM' | 'SIGHUP' = 'SIGTERM',
): Promise<boolean> {
  if (session <= 1) throw new RangeError(`${session} is not a process session of ours`);
  await signalSession(session, [first, 'SIGCONT']);
  if (await isEmptyWithin(session, patience.killAfterMs, async () => undefined)) return false;
  return !(await isEmptyWithin(session, patience.giveUpAfterMs, () => signalSession(session, ['SIGKILL'])));
}

/** The same of a session that a process of ours started which is gone; its number must still mean that session. */
export async function endLeftSession(
  session: number,
  patience: EndPatience = usualPatience,
): Promise<'not there' | 'ended' | 'stuck'> {
  if ((await groupsOf(session)).length === 0) return 'not there';
  return (await endSession(session, patience)) ? 'stuck' : 'ended';
}

async function isEmptyWithin(session: number, milliseconds: number, each: () => Promise<void>): Promise<boolean> {
  const end = performance.now() + milliseconds;
  for (;;) {
    await each();
    if ((await groupsOf(session)).length === 0) return true;
    if (performance.now() >= end) return false;
    await pause(Math.min(lookEveryMs, milliseconds));
  }
}

async function signalSession(session: number, signals: readonly NodeJS.Signals[]): Promise<void> {
  for (const group of await groupsOf(session)) for (const signal of signals) send(group, signal);
}

function send(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    // EPERM: it runs as somebody else (sudo); ESRCH: it is gone.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The process groups in which something of a session still runs. Where there is no /proc only the first group is
 * known; children that made a group of their own are then not found.
 */
async function groupsOf(session: number): Promise<number[]> {
  const processes = await readdir('/proc').catch((): string[] => []);
  if (!processes.includes('self')) return send(session, 0) ? [session] : [];
  const groups = new Set<number>();
  for (const name of processes) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
    // The name in brackets may hold anything, so what follows is counted from its end: state, parent, group, session.
    const [state, , group, owner] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(owner) === session && state !== 'Z' && state !== 'X') groups.add(Number(group));
  }
  return [...groups];
}
