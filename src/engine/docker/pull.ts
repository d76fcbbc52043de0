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
import {printable, printableLine} from './printable.ts';
import {parseReference} from './reference.ts';
import {registryProblem} from './registry-problem.ts';

/** Brings what a registry has under a reference to the engine, and returns its digest. */
export async function pullImage(
  connection: Connection,
  reference: string,
  credentials: Credentials | undefined,
  watch: PushWatch,
  signal: AbortSignal,
): Promise<{readonly digest: string}> {
  const {repository, tag} = parseReference(reference);
  try {
    return await connection.follow(
      'the pull',
      (docker) => docker.pull(`${repository}:${tag}`, {authconfig: authConfigOrNone(credentials)}),
      (answer) => readPull(connection, reference, credentials, answer, watch),
      signal,
    );
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    if (refusal.status === 404) throw notThere(reference, refusal.said);
    throw refusal.status >= 500
      ? registryProblem(reference, `pulling ${reference}`, refusal.said, credentials?.username)
      : refusedProblem(connection.endpoint, `to pull ${reference}`, refusal);
  }
}

async function readPull(
  connection: Connection,
  reference: string,
  credentials: Credentials | undefined,
  answer: AsyncIterable<Uint8Array | string>,
  watch: PushWatch,
): Promise<{readonly digest: string}> {
  const lines = createLayerLines();
  const layers = new Map<string, {done: number; total: number}>();
  let digest: string | undefined;
  let failed: string | undefined;
  try {
    for await (const message of jsonLines(answer)) {
      failed ??= failureOf(message)?.said;
      const line = lines.line(message);
      if (line !== undefined) watch.output(Buffer.from(`${line}\n`));
      digest = /^Digest: (sha256:[0-9a-f]{64})$/.exec(textOf(message, 'status'))?.[1] ?? digest;
      if (addUp(layers, message)) {
        const all = [...layers.values()];
        watch.progress(
          all.reduce((sum, {done}) => sum + done, 0),
          all.reduce((sum, {total}) => sum + total, 0),
        );
      }
    }
  } catch (error) {
    if (!failed && error instanceof NotJsonLines) throw notAnEngine(connection.endpoint, error.message);
    if (!failed && error instanceof CutStream) throw connectionLost(connection.endpoint, 'the pull', error);
    if (!failed) throw error;
  }
  if (failed) {
    watch.output(Buffer.from(`${printable(failed)}\n`));
    throw registryProblem(reference, `pulling ${reference}`, failed, credentials?.username);
  }
  if (!digest) throw connectionLost(connection.endpoint, 'the pull');
  return {digest};
}

function addUp(layers: Map<string, {done: number; total: number}>, message: EngineMessage): boolean {
  if (textOf(message, 'status') !== 'Downloading') return false;
  const detail = partOf(message, 'progressDetail');
  const done = numberOf(detail, 'current') ?? 0;
  layers.set(textOf(message, 'id'), {done, total: Math.max(done, numberOf(detail, 'total') ?? 0)});
  return true;
}

function notThere(reference: string, said: string): ProblemError {
  return new ProblemError({
    code: 'not-found',
    message: `The registry has no image ${printableLine(reference, 200)}: ${printableLine(said, 300)}`,
    hint: 'Correct the FROM line, or load the image into the engine (docker load).',
  });
}
