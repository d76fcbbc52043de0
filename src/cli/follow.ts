import {type Engine, exitCodeOf, problemOf, type RunView} from '../engine/index.ts';
import {keepStatus} from './follow-status.ts';
import {createRunText} from './follow-text.ts';
import {listen} from './interrupts.ts';
import type {Output} from './output.ts';
import {criticalNames, type Follower, interruptedProblem, type RunTeller} from './run-teller.ts';
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
    ? createEventLines(engine, id, output, follower.journalFrom ?? 0)
    : createRunText(engine, id, follower, output);
  const left = new AbortController();
  const leave = () => left.abort();
  const stopper = createStopper(engine, id, {follower, output, view: run.get, leave});
  const forget = listen(world, stopper, leave);
  if (follower.came === 'interrupt') stopper();
  if (follower.came === 'end') leave();
  const status = output.statusLine && !follower.verbose ? keepStatus(run, output.statusLine) : undefined;
  try {
    const view = await new Promise<RunView | undefined>((resolve) => {
      const look = () => {
        const now = run.get();
        tell.show(now);
        if (hasEnded(now)) resolve(now);
      };
      run.subscribe(look);
      for (const signal of [left.signal, output.closed]) {
        signal.addEventListener('abort', () => resolve(undefined));
        if (signal.aborted) resolve(undefined);
      }
      look();
    });
    status?.close();
    if (view) {
      await tell.end(view);
      return exitCodeOfRun(view);
    }
    output.say(`The run goes on without this command. Come back to it with: pai-tui run attach ${id}`);
    return 5;
  } finally {
    forget();
    status?.close();
    tell.close();
    run.close();
  }
}

/**
 * 0, or why a run that ended did not end well: 1, 5, or the code of what kept it from changing anything. Where every
 * task failed because something could not be reached, that is the code of the whole (6).
 */
function exitCodeOfRun({summary, state}: RunView): Ended {
  if (state.status === 'done') return 0;
  if (state.status === 'stopped') return 5;
  const changed = state.tasks.some((task) => task.changed);
  if (summary.status !== 'failed' || changed || !state.problem) return 1;
  const failed = state.tasks.filter(({status}) => status === 'failed');
  const codes = failed.map(({problem}) => (problem ? exitCodeOf(problem) : 1));
  const nothingReached = codes.length > 0 && !state.tasks.some(({status}) => status === 'done' || status === 'stopped');
  return nothingReached && codes.every((code) => code === 6) ? 6 : exitCodeOf(state.problem);
}

function hasEnded({summary, state}: RunView): boolean {
  return summary.status === 'interrupted' || (state.status !== 'waiting' && state.status !== 'running');
}

/** The journal as JSON Lines: what the folder says, nothing made up. */
function createEventLines(engine: Engine, id: string, output: Output, from: number): RunTeller {
  const newEvents = engine.runs.journal(id, from);
  const show = () => {
    for (const event of newEvents()) output.data(event);
  };
  return {
    show,
    async end(view) {
      show();
      if (view.summary.status !== 'interrupted') return;
      output.data({problem: interruptedProblem(view)});
      output.problem(interruptedProblem(view));
    },
    close() {},
  };
}

interface Stopping {
  readonly follower: Follower;
  readonly output: Output;
  readonly view: () => RunView;
  readonly leave: () => void;
}

/** What Ctrl-C does: once asks the run to stop, twice presses it, a third time leaves it alone. */
function createStopper(engine: Engine, id: string, {follower, output, view, leave}: Stopping): () => void {
  let times = 0;
  return () => {
    times += 1;
    if (!follower.interruptStops || times > 2) {
      leave();
      return;
    }
    const critical = criticalNames(view());
    engine.runs.cancel(id).then(
      (stage) => output.say(stage === 1 ? stoppingText(critical) : stoppingAtOnceText(critical)),
      (error: unknown) => output.say(`The request to stop did not get through: ${problemOf(error).message}`),
    );
  };
}

function stoppingText(critical: string | undefined): string {
  return critical
    ? `Stopping: nothing new starts, what is running is told to end. Critical and not interrupted: ${critical}. Ctrl-C again stops that too and may leave it half done.`
    : 'Stopping: nothing new starts, what is running is told to end. Ctrl-C again also stops what is critical.';
}

function stoppingAtOnceText(critical: string | undefined): string {
  return `Stopping at once, ${critical ? `also what is critical: ${critical}` : 'critical tasks too'}. Ctrl-C again leaves the run to itself.`;
}
