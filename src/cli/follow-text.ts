import {type Engine, problemOf, type RunView, type TaskState} from '../engine/index.ts';
import type {Output} from './output.ts';
import {plainLine} from './plain.ts';
import {type Follower, interruptedProblem, type RunTeller} from './run-teller.ts';
import {stateWord, taskFacts} from './task-line.ts';
import {openTaskOutput, type TaskOutput} from './task-output.ts';
import {showClock, showDuration} from './times.ts';

/** Lines of a failed task's output that are printed; the rest is in its file. */
const tailLines = 100;

/** Tells a run in lines: each task as it starts and ends, the output of those that fail (or of all), the outcome. */
export function createRunText(engine: Engine, id: string, follower: Follower, output: Output): RunTeller {
  const told = new Map<string, string>();
  const open = new Map<string, TaskOutput>();
  // Lines that wait for the end of an output keep their place: everything is told in the order it is queued.
  let telling = Promise.resolve();
  const queue = (step: () => void | Promise<void>) => {
    telling = telling.then(step).catch((error: unknown) => output.problem(problemOf(error)));
  };
  let begun = false;
  let noticed = 0;

  const showTask = (task: TaskState) => {
    const mark = `${task.status} ${task.attempt} ${task.problem?.code ?? ''}`;
    if (told.get(task.id) === mark || task.status === 'waiting') return;
    told.set(task.id, mark);
    queue(async () => {
      if (task.status !== 'running') await open.get(task.id)?.finished();
      output.print(taskLine(task, output.colour));
      if (task.status === 'failed') await showFailure(task);
      if (task.status !== 'running') {
        open.get(task.id)?.close();
        open.delete(task.id);
      } else if (follower.verbose && !open.has(task.id)) {
        const prefix = `[${plainLine(task.id)}] `;
        open.set(
          task.id,
          openTaskOutput(engine, id, task.id, output.colour, (line) => output.print(prefix + line)),
        );
      }
    });
  };

  const showFailure = async (task: TaskState) => {
    if (!follower.verbose) {
      const source = openTaskOutput(engine, id, task.id, output.colour);
      try {
        await source.finished();
        const {lines, before, file} = source.tail(tailLines);
        if (before > 0)
          output.print(`  | ... ${before} lines before these${file ? `, all in ${plainLine(file)}` : ''}`);
        for (const line of lines) output.print(`  | ${line}`);
      } finally {
        source.close();
      }
    }
    // The output was just told, so the last lines that a problem carries along would be told twice.
    const {detail: _, ...problem} = task.problem ?? {code: 'task-failed', message: 'It failed.'};
    output.problem(problem);
  };

  return {
    show({summary, state}) {
      if (!begun && state.startedAt !== undefined) {
        begun = true;
        const title = `${plainLine(summary.title)} (run ${id})`;
        queue(() =>
          output.print(
            `${showClock(summary.startedAt)}  ${title}\n          follow it elsewhere: pai-tui run attach ${id}`,
          ),
        );
      }
      for (const notice of (state.notices ?? []).slice(noticed)) queue(() => output.problem(notice));
      noticed = state.notices?.length ?? 0;
      for (const task of [...state.tasks].sort(byTime)) showTask(task);
    },
    async end(view) {
      queue(() => output.print(outcomeLine(view, output.colour)));
      await telling;
      if (view.summary.status === 'interrupted') output.problem(interruptedProblem(view));
      else if (view.state.problem) output.problem(view.state.problem);
    },
    close() {
      for (const source of open.values()) source.close();
    },
  };
}

function byTime(a: TaskState, b: TaskState): number {
  return happenedAt(a) < happenedAt(b) ? -1 : Number(happenedAt(a) > happenedAt(b));
}

/** When the news about a task came: several tasks may have changed since the last look. */
function happenedAt(task: TaskState): number {
  // A task that never started has no time of its own: it is told after what it was skipped for.
  return (task.status === 'running' ? task.startedAt : task.endedAt) ?? Number.POSITIVE_INFINITY;
}

function taskLine(task: TaskState, colour: boolean): string {
  const at = task.status === 'running' ? task.startedAt : (task.endedAt ?? task.startedAt);
  // One that runs and has a problem waits for its next try.
  const waits = task.status === 'running' && task.problem !== undefined;
  const word =
    task.status !== 'running' ? task.status : waits ? 'again' : task.attempt > 1 ? `try ${task.attempt}` : 'start';
  const why = waits ? `  ${plainLine(task.problem?.message ?? '')}` : '';
  return `${at === undefined ? '        ' : showClock(at)}  ${stateWord(task.status, colour, word)}  ${taskFacts(task)}${why}`;
}

function outcomeLine({summary, state}: RunView, colour: boolean): string {
  const count = (status: TaskState['status']) => state.tasks.filter((task) => task.status === status).length;
  const changed = state.tasks.filter((task) => task.changed).length;
  const counts = [
    `${count('done')} of ${state.tasks.length} done (${changed} changed)`,
    ...(['failed', 'skipped', 'stopped'] as const).flatMap((status) =>
      count(status) > 0 ? [`${count(status)} ${status}`] : [],
    ),
  ].join(', ');
  const word = stateWord(summary.status, colour).trimEnd();
  const took = state.tookMs === undefined ? '' : ` after ${showDuration(state.tookMs)}`;
  return `${showClock(state.endedAt ?? summary.endedAt ?? summary.startedAt)}  ${word}${took}: ${counts}`;
}
