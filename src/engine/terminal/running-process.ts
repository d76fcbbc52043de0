import type {CommandEnd} from '../tools.ts';

/** A command that is to be started; everything about it is settled. */
export interface Start {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly columns: number;
  readonly rows: number;
  /** Must not throw. */
  readonly output: (bytes: Uint8Array) => void;
  /** False when the command is not to go on. Must not throw. */
  readonly begun: (session: number) => boolean;
}

/** A command that was started as leader of a process session of its own, whose number is `pid`. */
export interface RunningProcess {
  readonly pid: number;
  /** Settles when the command itself is gone and what it wrote has been given to `output`. */
  readonly ended: Promise<CommandEnd>;
}

/** A child that the command left behind may keep its output open: what comes this long after the end is not waited for. */
const longestDrainMs = 1_000;

/**
 * Resolves when a stream that is being read has nothing more to give for now: one whole turn of the event loop, in
 * which everything that lay ready was read, without data.
 */
export async function drained(countOfBytes: () => number): Promise<void> {
  const end = performance.now() + longestDrainMs;
  let before: number;
  do {
    before = countOfBytes();
    await turn();
    await turn();
  } while (countOfBytes() !== before && performance.now() < end);
}

/** setImmediate runs right after the event loop looked for input. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
