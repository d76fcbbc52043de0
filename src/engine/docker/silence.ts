import type {ProblemError} from '../problem.ts';

/** Watches that something goes on: tells when it has not for a while, and gives up in the end. */
export interface Silence {
  /** Aborted with the problem when nothing was heard for the time given. */
  readonly signal: AbortSignal;
  readonly heard: () => void;
  end(): void;
}

export function watchSilence(
  mostMs: number,
  {tell, problem}: {tell(sinceMs: number): void; problem(): ProblemError},
): Silence {
  const over = new AbortController();
  let told: NodeJS.Timeout;
  let late: NodeJS.Timeout;
  const stop = () => {
    clearTimeout(told);
    clearTimeout(late);
  };
  const heard = () => {
    stop();
    const tellMs = mostMs / 5;
    told = setTimeout(() => tell(tellMs), tellMs);
    late = setTimeout(() => over.abort(problem()), mostMs);
  };
  heard();
  return {signal: over.signal, heard, end: stop};
}

/** '1 min', '5 min', '30 s'. */
export function showMinutes(milliseconds: number): string {
  return milliseconds < 60_000 ? `${Math.round(milliseconds / 1000)} s` : `${Math.round(milliseconds / 60_000)} min`;
}
