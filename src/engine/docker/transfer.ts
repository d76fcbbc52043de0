import {printable} from '../printable.ts';
import {ProblemError} from '../problem.ts';
import {type Credentials, type PushWatch, registryOf} from '../tools.ts';
import type {Connection} from './connection.ts';
import {connectionLost, notAnEngine} from './connection-problem.ts';
import {
  CutStream,
  type EngineMessage,
  failureOf,
  jsonLines,
  NotJsonLines,
  numberOf,
  partOf,
  textOf,
} from './json-lines.ts';
import {createLayerLines, isCountdown} from './layer-lines.ts';
import {registryProblem} from './registry-problem.ts';
import {showMinutes, watchSilence} from './silence.ts';

/** Layers on their way between the engine and a registry. */
export interface Transfer {
  readonly connection: Connection;
  readonly reference: string;
  readonly credentials: Credentials | undefined;
  /** How it is called in messages. */
  readonly words: {readonly during: 'the push' | 'the pull'; readonly asked: string};
  /** The status under which layers tell how far they are. */
  readonly moving: 'Pushing' | 'Downloading';
  /** The digest, in the message that holds it. */
  digestIn(message: EngineMessage): string | undefined;
  /** A better problem for what the engine says; undefined when it is of the registry. */
  otherProblem?(said: string): ProblemError | undefined;
}

/**
 * Follows one to its end and returns the digest. What the engine tries again by itself is told; when it gives up, so
 * do we. A registry that says nothing is given up after a while, which is told before.
 */
export async function followTransfer(
  transfer: Transfer,
  call: Parameters<Connection['follow']>[1],
  watch: PushWatch,
  signal: AbortSignal,
): Promise<string> {
  const {connection, words, reference} = transfer;
  const {silence} = connection.deadlines;
  const quiet = watchSilence(silence, {
    tell(sinceMs) {
      const silent = `${registryOf(reference)} has been silent for ${showMinutes(sinceMs)}`;
      say(watch, `${silent}; ${words.during} is given up after ${showMinutes(silence)}.`);
    },
    problem: () => stalled(reference, words.asked, silence),
  });
  try {
    return await connection.follow(
      words.during,
      call,
      (answer) => readTransfer(transfer, answer, quiet.heard, watch),
      AbortSignal.any([signal, quiet.signal]),
    );
  } finally {
    quiet.end();
  }
}

async function readTransfer(
  transfer: Transfer,
  answer: AsyncIterable<Uint8Array | string>,
  heard: () => void,
  watch: PushWatch,
): Promise<string> {
  const {connection, words, reference, credentials} = transfer;
  const lines = createLayerLines();
  const sum = createSum(transfer.moving, watch);
  let digest: string | undefined;
  let failed: string | undefined;
  let triedAgain = false;
  try {
    for await (const message of jsonLines(answer)) {
      heard();
      failed ??= failureOf(message)?.said;
      const line = lines.line(message);
      if (line !== undefined) say(watch, line);
      if (!triedAgain && isCountdown(textOf(message, 'status'))) {
        triedAgain = true;
        say(watch, 'The engine tries five times by itself, which takes about a minute.');
      }
      sum.take(message);
      digest = transfer.digestIn(message) ?? digest;
    }
  } catch (error) {
    if (!failed && error instanceof NotJsonLines) throw notAnEngine(connection.endpoint, error.message);
    if (!failed && error instanceof CutStream) throw connectionLost(connection.endpoint, words.during, error);
    if (!failed) throw error;
  }
  if (failed) {
    say(watch, printable(failed));
    const problem = transfer.otherProblem?.(failed) ?? registryProblem(reference, words.asked, failed, credentials);
    throw triedAgain ? givenUp(problem) : problem;
  }
  if (!digest) throw connectionLost(connection.endpoint, words.during);
  return digest;
}

function say(watch: PushWatch, line: string): void {
  watch.output(Buffer.from(`${line}\n`));
}

/** The engine has tried for a minute: to begin anew at once would only make the operator wait for the same. */
function givenUp(error: ProblemError): ProblemError {
  const {problem} = error;
  if (problem.code !== 'registry-unreachable') return error;
  const message = `${problem.message} The engine has tried five times.`;
  return new ProblemError({...problem, code: 'push-failed', message}, {cause: error});
}

function stalled(reference: string, asked: string, afterMs: number): ProblemError {
  const registry = registryOf(reference);
  return new ProblemError({
    code: 'deadline-passed',
    message: `The registry ${registry} did nothing for ${showMinutes(afterMs)} (${asked}), and was given up.`,
    hint: `Is it busy, or is a proxy between? Look at its log, and at the network of the engine's host; then try again.`,
  });
}

/** Adds up the bytes of all layers. Layers that are there already count as nothing to do. */
function createSum(moving: Transfer['moving'], watch: PushWatch): {take(message: EngineMessage): void} {
  const layers = new Map<string, {readonly done: number; readonly total: number}>();
  return {
    take(message) {
      const id = textOf(message, 'id');
      const status = textOf(message, 'status');
      const before = layers.get(id);
      if (status === moving) {
        const detail = partOf(message, 'progressDetail');
        const done = numberOf(detail, 'current') ?? 0;
        // The engine compresses while it sends, so it may send more than it thought.
        layers.set(id, {done, total: Math.max(done, numberOf(detail, 'total') ?? 0)});
      } else if ((status === 'Pushed' || status === 'Download complete') && before) {
        layers.set(id, {done: before.total, total: before.total});
      } else {
        return;
      }
      const all = [...layers.values()];
      watch.progress(
        all.reduce((bytes, layer) => bytes + layer.done, 0),
        all.reduce((bytes, layer) => bytes + layer.total, 0),
      );
    },
  };
}
