import {ProblemError} from '../problem.ts';
import type {Credentials, PushWatch} from '../tools.ts';
import type {Connection} from './connection.ts';
import {connectionLost, notAnEngine, refusalOf, refusedProblem} from './connection-problem.ts';
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
import {createLayerLines} from './layer-lines.ts';
import {authConfigOrNone} from './login.ts';
import {printable} from './printable.ts';
import {parseReference} from './reference.ts';
import {registryProblem} from './registry-problem.ts';

/** Pushes a reference the engine has, and returns the digest the registry gave it. */
export async function pushImage(
  connection: Connection,
  reference: string,
  credentials: Credentials | undefined,
  watch: PushWatch,
  signal: AbortSignal,
): Promise<{readonly digest: string}> {
  const {repository, tag} = parseReference(reference);
  try {
    return await connection.follow(
      'the push',
      (docker) => docker.getImage(repository).push({tag, authconfig: authConfigOrNone(credentials)}),
      (answer) => readPush(connection, reference, credentials, answer, watch),
      signal,
    );
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    if (refusal.status === 404 || unknownImage.test(refusal.said)) throw notOnEngine(reference);
    throw refusedProblem(connection.endpoint, `to push ${reference}`, refusal);
  }
}

/** An image that must be built or tagged first. */
export function notOnEngine(reference: string): ProblemError {
  return new ProblemError({
    code: 'image-not-built',
    message: `The engine has no image ${reference}.`,
    hint: 'Build it first: pai-tui image build.',
  });
}

const unknownImage = /does not exist locally|No such image|reference does not exist/i;

async function readPush(
  connection: Connection,
  reference: string,
  credentials: Credentials | undefined,
  answer: AsyncIterable<Uint8Array | string>,
  watch: PushWatch,
): Promise<{readonly digest: string}> {
  const lines = createLayerLines();
  const sum = createSum(watch);
  let digest: string | undefined;
  let failed: string | undefined;
  try {
    for await (const message of jsonLines(answer)) {
      failed ??= failureOf(message)?.said;
      const line = lines.line(message);
      if (line !== undefined) watch.output(Buffer.from(`${line}\n`));
      sum.take(message);
      digest = textOf(partOf(message, 'aux'), 'Digest') || digest;
    }
  } catch (error) {
    if (!failed && error instanceof NotJsonLines) throw notAnEngine(connection.endpoint, error.message);
    if (!failed && error instanceof CutStream) throw connectionLost(connection.endpoint, 'the push', error);
    if (!failed) throw error;
  }
  if (failed) {
    watch.output(Buffer.from(`${printable(failed)}\n`));
    if (unknownImage.test(failed)) throw notOnEngine(reference);
    throw registryProblem(reference, `pushing ${reference}`, failed, credentials?.username);
  }
  if (!digest) throw connectionLost(connection.endpoint, 'the push');
  return {digest};
}

/** Adds up the bytes of all layers. Layers that are there already count as nothing to do. */
function createSum(watch: PushWatch): {take(message: EngineMessage): void} {
  const layers = new Map<string, {done: number; total: number}>();
  return {
    take(message) {
      const id = textOf(message, 'id');
      const status = textOf(message, 'status');
      const before = layers.get(id);
      if (status === 'Pushing') {
        const detail = partOf(message, 'progressDetail');
        const done = numberOf(detail, 'current') ?? 0;
        // The engine compresses while it sends, so it may send more than it thought.
        layers.set(id, {done, total: Math.max(done, numberOf(detail, 'total') ?? 0)});
      } else if (status === 'Pushed' && before) {
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
