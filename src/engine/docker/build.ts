import type Dockerode from 'dockerode';
import type {BuildRequest, BuildWatch, Credentials} from '../tools.ts';
import {containersGone} from './build-end.ts';
import {type BuildFailure, buildFailure, buildRefused} from './build-problem.ts';
import {createBuildkitTranscript} from './buildkit-transcript.ts';
import type {ClassicTraces} from './classic-traces.ts';
import {createClassicTranscript} from './classic-transcript.ts';
import type {Connection} from './connection.ts';
import {connectionLost, notAnEngine, refusalOf} from './connection-problem.ts';
import {CutStream, failureOf, jsonLines, NotJsonLines} from './json-lines.ts';
import {createLastLines} from './last-lines.ts';
import {authConfig, serverAddress} from './login.ts';
import {checkedImageName} from './reference.ts';
import type {Transcript} from './transcript.ts';

/**
 * Builds one image. Succeeds only when the engine named the finished image; `build-failed`, `dockerfile-invalid`,
 * `disk-full`, `registry-login`, `registry-unreachable` or `engine-unreachable` otherwise. When it is aborted it
 * rejects once the engine has removed the containers of the build, or after 20 s.
 */
export async function buildImage(
  connection: Connection,
  request: BuildRequest,
  watch: BuildWatch,
  signal: AbortSignal,
): Promise<{readonly id: string}> {
  checkedImageName(request.tag);
  signal.throwIfAborted();
  const network = request.builder === 'buildkit' ? await buildkitNetwork(connection, signal) : {};
  const told = tellBuild(request, watch);
  const context = request.context();
  // An unreadable file of the tree is what failed then, not the connection it breaks.
  let contextError: unknown;
  context.on('error', (error) => {
    contextError ??= error;
  });
  try {
    return await connection.follow(
      'the build',
      (docker) => docker.buildImage(context, {...buildOptions(request), ...network}),
      (answer) => readBuild(connection, request, answer, watch, told),
      signal,
    );
  } catch (error) {
    context.destroy();
    const traces = told.traces?.();
    if (signal.aborted && traces && !(await containersGone(connection, traces)))
      watch.output(Buffer.from('The engine has not said yet that the containers of the build are gone.\n'));
    signal.throwIfAborted();
    if (contextError !== undefined) throw contextError;
    const refusal = refusalOf(error);
    throw refusal ? buildRefused(connection.endpoint, request.dockerfile, refusal) : error;
  } finally {
    context.destroy();
  }
}

interface Told {
  readonly transcript: Transcript;
  /** BuildKit leaves none. */
  readonly traces?: () => ClassicTraces;
  /** The end of the output. */
  lastLines(): string | undefined;
}

/** The transcript of a build, written to whoever watches. */
function tellBuild(request: BuildRequest, watch: BuildWatch): Told {
  const lastLines = createLastLines();
  const write = (text: string | Uint8Array) => {
    const bytes = Buffer.from(text as Uint8Array);
    lastLines.add(bytes.toString('utf8'));
    watch.output(bytes);
  };
  const progress = (done: number, total?: number) => watch.progress(done, total);
  if (request.builder === 'buildkit')
    return {transcript: createBuildkitTranscript(write, progress), lastLines: lastLines.text};
  const transcript = createClassicTranscript(write, progress);
  return {transcript, traces: transcript.traces, lastLines: lastLines.text};
}

async function readBuild(
  connection: Connection,
  request: BuildRequest,
  answer: AsyncIterable<Uint8Array | string>,
  watch: BuildWatch,
  {transcript, lastLines}: Told,
): Promise<{readonly id: string}> {
  let failure: BuildFailure | undefined;
  try {
    for await (const message of jsonLines(answer)) {
      failure ??= failureOf(message);
      if (!failure) transcript.take(message);
    }
  } catch (error) {
    // What the engine said before the connection broke explains it better.
    if (!failure && error instanceof NotJsonLines) throw notAnEngine(connection.endpoint, error.message);
    if (!failure && error instanceof CutStream) throw connectionLost(connection.endpoint, 'the build', error);
    if (!failure && error instanceof RangeError) throw notAnEngine(connection.endpoint, error.message);
    if (!failure) throw error;
  }
  const id = transcript.id();
  transcript.end(!failure && id !== undefined);
  if (failure) {
    watch.output(Buffer.from(`${failure.said}\n`));
    throw buildFailure(connection.endpoint, request.dockerfile, failure, transcript, lastLines());
  }
  if (!id) throw connectionLost(connection.endpoint, 'the build');
  return {id};
}

function buildOptions(request: BuildRequest): Dockerode.ImageBuildOptions {
  return {
    t: request.tag,
    dockerfile: request.dockerfile,
    // Without these the engine keeps the container of a step that failed.
    rm: true,
    forcerm: true,
    ...(request.noCache ? {nocache: true} : {}),
    ...(Object.keys(request.buildArgs ?? {}).length > 0 ? {buildargs: {...request.buildArgs}} : {}),
    ...(request.platform ? {platform: request.platform} : {}),
    ...(request.credentials ? {registryconfig: registryConfig(request.credentials)} : {}),
    // For the text "2" dockerode opens a session, which answers any registry that asks with our credentials; the
    // engine itself does not tell the number from the text.
    version: request.builder === 'buildkit' ? (2 as unknown as '2') : '1',
  };
}

/**
 * On an engine without a bridge (hosts of Kubernetes often have none) the classic builder runs commands without a
 * network, and BuildKit refuses to run them unless it is told to do the same.
 */
async function buildkitNetwork(connection: Connection, signal: AbortSignal): Promise<{networkmode?: 'none'}> {
  const networks = await connection.ask((docker) => docker.listNetworks(), signal);
  return networks.some((network) => network.Name === 'bridge') ? {} : {networkmode: 'none'};
}

/** For bases from registries that want a login; the engine sends each only to its own registry. */
function registryConfig(credentials: readonly Credentials[]): Dockerode.RegistryConfig {
  return Object.fromEntries(
    credentials.map((one) => [serverAddress(one.registry), authConfig(one)]),
  ) as unknown as Dockerode.RegistryConfig;
}
