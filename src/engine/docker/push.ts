import {ProblemError} from '../problem.ts';
import type {Credentials, PushWatch} from '../tools.ts';
import type {Connection} from './connection.ts';
import {refusalOf, refusedProblem} from './connection-problem.ts';
import {partOf, textOf} from './json-lines.ts';
import {authConfigOrNone} from './login.ts';
import {parseReference} from './reference.ts';
import {followTransfer} from './transfer.ts';

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
    const digest = await followTransfer(
      {
        connection,
        reference,
        credentials,
        words: {during: 'the push', asked: `pushing ${reference}`},
        moving: 'Pushing',
        digestIn: (message) => textOf(partOf(message, 'aux'), 'Digest') || undefined,
        otherProblem: (said) => (unknownImage.test(said) ? notOnEngine(reference) : undefined),
      },
      (docker) => docker.getImage(repository).push({tag, authconfig: authConfigOrNone(credentials)}),
      watch,
      signal,
    );
    return {digest};
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
