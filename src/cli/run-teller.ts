import {type Problem, type RunView, taskTitle} from '../engine/index.ts';
import {plainLine} from './plain.ts';

/** How a command follows a run. */
export interface Follower {
  /** Print the output of every task, not only of those that fail. */
  readonly verbose: boolean;
  /** Whether Ctrl-C asks the run to stop, or only ends the looking on. */
  readonly interruptStops: boolean;
  /** What came before there was a run: Ctrl-C asks it to stop at once, the others leave it alone at once. */
  readonly came?: 'interrupt' | 'end';
  /** Bytes of the journal that are not told again (JSON of a resumed run). */
  readonly journalFrom?: number;
}

/** Tells a run as it goes on. */
export interface RunTeller {
  show(view: RunView): void;
  /** Tells what is left to tell of a run that ended or was interrupted. */
  end(view: RunView): Promise<void>;
  close(): void;
}

/** Why a run is neither going on nor ended, and what to do. */
export function interruptedProblem({summary, explanation}: RunView): Problem {
  return {
    code: 'run-failed',
    message: explanation ?? 'The runner of this run is gone.',
    hint: `Go on where it stopped with: pai-tui run resume ${summary.id}`,
  };
}

/** The tasks that run and are not to be interrupted, by title: 'Swap the manifest and Join etcd'; undefined: none. */
export function criticalNames({state}: RunView): string | undefined {
  const titles = state.tasks
    .filter(({critical, status}) => critical && status === 'running')
    .map((task) => plainLine(taskTitle(task)));
  return titles.length > 1 ? `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}` : titles[0];
}
