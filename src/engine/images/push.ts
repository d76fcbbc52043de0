import {displayText} from '../names.ts';
import type {TaskContext, TaskEnd} from '../plan/types.ts';
import {ProblemError} from '../problem.ts';
import {type Docker, registryOf} from '../tools.ts';
import {digestsOf} from './inputs.ts';
import {isRefusal, type Login, loginFor, withLogin} from './login.ts';
import {readRecord, writeRecord} from './record.ts';

/** One image on its way to a registry. */
export interface PushWork {
  readonly image: string;
  readonly localName: string;
  /** Where it goes: DOMAIN/NAMESPACE/IMAGE:TAG. */
  readonly reference: string;
  readonly engineId: string;
  /** Of the cluster configuration; its password is the run's secret `registry-password`. */
  readonly username?: string;
}

export interface Pushed {
  readonly digest: string;
}

/** The name under which a run is given the password of the cluster configuration. */
export const registryPassword = 'registry-password';

/** The digest when the registry already has this very image under this reference. */
export async function alreadyPushed(work: PushWork, context: TaskContext): Promise<Pushed | undefined> {
  const {docker} = context.tools;
  const here = await builtImage(work, docker, context.signal);
  const known = digestsOf(here, work.reference);
  if (known.length === 0) return undefined;
  const there = await withLogin(await loginOf(work, context), (credentials) =>
    docker.registryDigest(work.reference, credentials, context.signal),
  );
  return there !== undefined && known.includes(there) ? {digest: there} : undefined;
}

/** Tags, pushes, asks the registry whether it has what was pushed, and writes it down. */
export async function pushImage(work: PushWork, context: TaskContext): Promise<TaskEnd<Pushed>> {
  const {docker} = context.tools;
  const {signal, output, progress} = context;
  const {reference} = work;
  const {id} = await builtImage(work, docker, signal);
  const login = await loginOf(work, context);
  if (login.broken)
    output(
      `${login.broken.message} Going on ${login.credentials ? 'with that of the cluster configuration' : 'without a login'}.\r\n`,
    );
  await askBefore(reference, login, context);
  await docker.tag(id, reference, signal);
  output(`Pushing ${displayText(reference)}\r\n`);
  const digest = await withLogin(login, async (credentials) => {
    const pushed = await docker.push(reference, credentials, {output, progress}, signal);
    const there = await docker.registryDigest(reference, credentials, signal);
    if (there !== pushed.digest) throw notVerified(reference, pushed.digest, there);
    return pushed.digest;
  });
  output(`The registry has ${displayText(reference)} as ${digest}\r\n`);
  await remember(work, id, digest, context);
  return {changed: true, result: {digest}, note: `${digest.slice(0, 19)}…, verified`};
}

/**
 * Asks the registry before anything is changed: one that does not answer, or answers with errors, would be tried by
 * the engine for a minute. Somebody with credentials is let through whatever it says of them: Docker Hub, for one,
 * refuses to speak of a repository that the push is about to make.
 */
async function askBefore(reference: string, login: Login, {tools, signal}: TaskContext): Promise<void> {
  try {
    await withLogin(login, (credentials) => tools.docker.registryDigest(reference, credentials, signal));
  } catch (error) {
    if (!login.credentials || !isRefusal(error)) throw error;
  }
}

async function loginOf(
  {reference, username}: Pick<PushWork, 'reference' | 'username'>,
  {tools, secret, signal}: Pick<TaskContext, 'tools' | 'secret' | 'signal'>,
): Promise<Login> {
  const registry = registryOf(reference);
  const password = secret(registryPassword);
  const ofCluster = username !== undefined && password ? {registry, username, password} : undefined;
  return loginFor(registry, {docker: tools.docker, ofCluster}, signal);
}

async function builtImage({image, localName}: PushWork, docker: Docker, signal: AbortSignal) {
  const found = await docker.image(localName, signal);
  if (found) return found;
  throw new ProblemError({
    code: 'image-not-built',
    message: `The engine has no image ${displayText(localName)} any more.`,
    hint: `Build it: pai-tui image build ${displayText(image)}`,
  });
}

/** An image that was not built here (by another tool) has no record, and needs none. */
async function remember(work: PushWork, id: string, digest: string, context: TaskContext): Promise<void> {
  const record = await readRecord(context.stateFolder, work.engineId, work.image);
  if (!record) return;
  const pushed = {as: work.reference, id, digest, at: context.tools.clock.now()};
  await writeRecord(context.tools.files, context.stateFolder, work.engineId, {...record, pushed});
}

function notVerified(reference: string, digest: string, there: string | undefined): ProblemError {
  return new ProblemError({
    code: 'push-not-verified',
    message: `${displayText(reference)} was pushed as ${digest}, but the registry ${there === undefined ? 'has nothing under that name' : `answers with ${there}`}.`,
    hint: 'Somebody else may have pushed at the same moment, or a proxy answers from its cache. Push again.',
  });
}
