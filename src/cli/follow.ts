import {join} from 'node:path';
import {type Engine, exitCodeOf, type RunView, readJournal} from '../engine/index.ts';
import {createRunText} from './follow-text.ts';
import type {Output} from './output.ts';
import {type Follower, interruptedProblem, type RunTeller} from './run-teller.ts';
import type {Ended, World} from './world.ts';

/**
 * Follows a run directory to the end of its run and tells what happens: lines for a person, or its events as JSON
 * Lines. Resolves to the exit code; the run itself does not depend on this in any way.
 */
export async function followRun(
  engine: Engine,
  id: string,
  follower: Follower,
  world: World,
  output: Output,
): Promise<Ended> {
  const run = engine.runs.follow(id);
  const tell = output.json
    ? createEventLines(output, follower.journalFrom ?? 0)
    : createRunText(engine, id, follower, output);
  const left = new AbortController();
  const stopper = createStopper(engine, id, follower, output, () => left.abort());
  world.signals.on('SIGINT', stopper);
  if (follower.interrupted) stopper();
  try {
    const view = await new Promise<RunView | undefined>((resolve) => {
      const look = () => {
        const now = run.get();
        tell.show(now);
        if (hasEnded(now)) resolve(now);
      };
      run.subscribe(look);
      left.signal.addEventListener('abort', () => resolve(undefined));
      output.closed.addEventListener('abort', () => resolve(undefined));
      look();
    });
    if (view) {
      await tell.end(view);
      return exitCodeOfRun(view);
    }
    output.say(`The run goes on without this command. Come back to it with: pai-tui run attach ${id}`);
    return 5;
  } finally {
    world.signals.off('SIGINT', stopper);
    tell.close();
    run.close();
  }
}

/** 0, or why a run that ended did not end well: 1, 5, or the code of what kept it from changing anything. */
function exitCodeOfRun({summary, state}: RunView): Ended {
  if (state.status === 'done') return 0;
  if (state.status === 'stopped') return 5;
  const changed = state.tasks.some((task) => task.changed);
  return summary.status === 'failed' && !changed && state.problem ? exitCodeOf(state.problem) : 1;
}

function hasEnded({summary, state}: RunView): boolean {
  return summary.status === 'interrupted' || (state.status !== 'waiting' && state.status !== 'running');
}

/** The journal as JSON Lines: what the folder says, nothing made up. */
function createEventLines(output: Output, from: number): RunTeller {
  let offset = from;
  const show = ({summary}: RunView) => {
    const part = readJournal(join(summary.folder, 'journal.jsonl'), offset);
    offset = part.offset;
    for (const event of part.events) output.data(event);
  };
  return {
    show,
    async end(view) {
      show(view);
      if (view.summary.status !== 'interrupted') return;
      output.data({problem: interruptedProblem(view)});
      output.problem(interruptedProblem(view));
    },
    close() {},
  };
}

/** What Ctrl-C does: once asks the run to stop, twice presses it, a third time leaves it alone. */
function createStopper(engine: Engine, id: string, follower: Follower, output: Output, leave: () => void): () => void {
  let times = 0;
  return () => {
    times += 1;
    if (!follower.interruptStops || times > 2) {
      leave();
      return;
    }
    output.say(
      times === 1
        ? 'Stopping: nothing new starts, what is running is told to end. Ctrl-C again also stops what is critical.'
        : 'Stopping at once, critical tasks too. Ctrl-C again leaves the run to itself.',
    );
    engine.runs.cancel(id).catch((error: unknown) => {
      output.say(`The request to stop did not get through: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
}
