import {printableLine} from '../printable.ts';
import {ProblemError} from '../problem.ts';
import type {Credentials, PushWatch} from '../tools.ts';
import type {Connection} from './connection.ts';
import {refusalOf, refusedProblem} from './connection-problem.ts';
import {textOf} from './json-lines.ts';
import {authConfigOrNone} from './login.ts';
import {parseReference} from './reference.ts';
import {registryProblem} from './registry-problem.ts';
import {followTransfer} from './transfer.ts';

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
    const digest = await followTransfer(
      {
        connection,
        reference,
        credentials,
        words: {during: 'the pull', asked: `pulling ${reference}`},
        moving: 'Downloading',
        digestIn: (message) => /^Digest: (sha256:[0-9a-f]{64})$/.exec(textOf(message, 'status'))?.[1],
      },
      (docker) => docker.pull(`${repository}:${tag}`, {authconfig: authConfigOrNone(credentials)}),
      watch,
      signal,
    );
    return {digest};
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    if (refusal.status === 404) throw notThere(reference, refusal.said);
    throw refusal.status >= 500
      ? registryProblem(reference, `pulling ${reference}`, refusal.said, credentials)
      : refusedProblem(connection.endpoint, `to pull ${reference}`, refusal);
  }
}

function notThere(reference: string, said: string): ProblemError {
  return new ProblemError({
    code: 'not-found',
    message: `The registry has no image ${printableLine(reference, 200)}: ${printableLine(said, 300)}`,
    hint: 'Correct the FROM line, or load the image into the engine (docker load).',
  });
}
