import type {Problem, RunView} from '../engine/index.ts';

/** How a command follows a run. */
export interface Follower {
  /** Print the output of every task, not only of those that fail. */
  readonly verbose: boolean;
  /** Whether Ctrl-C asks the run to stop, or only ends the looking on. */
  readonly interruptStops: boolean;
  /** Ctrl-C came before there was a run to stop. */
  readonly interrupted?: boolean;
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
