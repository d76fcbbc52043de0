import type {Plan, Task} from '../plan/types.ts';
import {ProblemError, problemOf} from '../problem.ts';
import type {Tools} from '../tools.ts';
import {beforeTasks, type Limits} from './before-tasks.ts';
import type {RunState, StartedScript} from './events.ts';
import {emptyRun, fold} from './fold.ts';
import type {RunFolder} from './folder.ts';
import {readJournal} from './journal.ts';

/** How long a critical script of an earlier runner is waited for where its task has no deadline. */
const patienceMs = 10 * 60_000;
const lookEveryMs = 1000;

/**
 * Looks for scripts that earlier runners left at work on machines. Those of critical tasks are waited for, all others
 * are ended; then their tasks begin anew. Returns the tasks something was ended or waited for. Throws `machine-lost`
 * where a machine cannot be asked: two at once must not be.
 */
export async function endLeftScripts(
  {tasks}: RunState,
  {plan, tools}: {readonly plan: Plan; readonly tools: Tools},
  limits: Limits,
): Promise<readonly string[]> {
  const byId = new Map(plan.tasks.map((task) => [task.id, task]));
  const left = tasks.flatMap(({id, scripts = []}) => scripts.map((script) => ({id, script})));
  const found = await beforeTasks(limits, (signal) =>
    Promise.all(left.map(async ({id, script}) => ((await settle(script, byId.get(id), tools, signal)) ? [id] : []))),
  );
  return [...new Set(found.flat())];
}

/**
 * The same for a run that nobody goes on with, before another one begins. Returns the machines that could not be asked:
 * that one of them is gone shall not keep the others from being worked on.
 */
export async function endScriptsOf(
  run: RunFolder,
  tools: Pick<Tools, 'machines' | 'clock'>,
  limits: Limits,
): Promise<readonly string[]> {
  const {tasks} = readJournal(run.journal).events.reduce(fold, emptyRun);
  const left = tasks.flatMap((task) => (task.scripts ?? []).map((script) => ({task, script})));
  const silent = await beforeTasks(limits, (signal) =>
    Promise.all(
      left.map(async ({task, script}) => {
        try {
          await settle(script, task, tools, signal);
          return [];
        } catch (error) {
          signal.throwIfAborted();
          if (problemOf(error).code !== 'machine-lost') throw error;
          return [script.machine];
        }
      }),
    ),
  );
  return [...new Set(silent.flat())];
}

/**
 * Makes sure that a script is not at work any more: waits for it where its task is critical, ends it otherwise. Whether
 * it was still at work. Throws `machine-lost` where that cannot be found out, `deadline-passed` where it does not end.
 */
export async function settle(
  {machine, processGroup}: StartedScript,
  task: Pick<Task, 'critical' | 'deadlineMs'> | undefined,
  {machines, clock}: Pick<Tools, 'machines' | 'clock'>,
  signal: AbortSignal,
): Promise<boolean> {
  const deadlineMs = task?.deadlineMs ?? patienceMs;
  try {
    return await machines.use(
      machine,
      async (remote) => {
        if (!(await remote.isAlive(processGroup, signal))) return false;
        if (!task?.critical) {
          await remote.endGroup(processGroup, signal);
          return true;
        }
        const until = clock.monotonic() + deadlineMs;
        while (await remote.isAlive(processGroup, signal)) {
          if (clock.monotonic() > until) throw doesNotEnd(machine, processGroup);
          await clock.sleep(lookEveryMs, signal);
        }
        return true;
      },
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    const {message, code, hint} = problemOf(error);
    if (code === 'stopped' || code === 'deadline-passed') throw error;
    throw new ProblemError(
      {
        code: 'machine-lost',
        message: `Whether a script that was begun earlier still runs on ${machine} cannot be found out: ${message}`,
        hint: hint ?? 'Go on when the machine can be asked again.',
        machine,
      },
      {cause: error},
    );
  }
}

function doesNotEnd(machine: string, processGroup: number): ProblemError {
  return new ProblemError({
    code: 'deadline-passed',
    message: `A script that was begun earlier still runs on ${machine}, and must not be interrupted.`,
    hint: `Look at it there: ps -o pid,etime,args -g ${processGroup}. Go on when it has ended.`,
    machine,
  });
}
