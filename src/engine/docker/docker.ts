import {printableLine} from '../printable.ts';
import type {BuildRequest, Docker, EngineImage, EngineInfo} from '../tools.ts';
import {buildWithLogins} from './build-with-logins.ts';
import {type Connection, createConnection, type Deadlines} from './connection.ts';
import {notAnEngine, refusalOf, refusedProblem} from './connection-problem.ts';
import {findCredentials} from './credentials.ts';
import {readDockerConfig} from './docker-config.ts';
import {type Endpoint, findEndpoint, shownAddress} from './endpoint.ts';
import {type EngineMessage, numberOf, textOf} from './json-lines.ts';
import {authConfigOrNone} from './login.ts';
import {proxyArguments} from './proxy-arguments.ts';
import {pullImage} from './pull.ts';
import {notOnEngine, pushImage} from './push.ts';
import {checkedImageName, parseReference} from './reference.ts';
import {registryProblem} from './registry-problem.ts';

export interface DockerOptions {
  /** Where DOCKER_HOST and the others are read, and where credential helpers are looked for. */
  readonly environment: NodeJS.ProcessEnv;
  /** Beats the environment: unix:///path or tcp://host:port. */
  readonly endpoint?: string;
  readonly deadlines?: Partial<Deadlines & {readonly helper: number}>;
}

const usualDeadlines = {connect: 10_000, answer: 30_000, registry: 60_000, silence: 300_000, helper: 10_000};

/**
 * The engine the docker command would use. Making it touches no network; an address that cannot be used is said by
 * each call (`engine-unreachable`, `config-invalid`).
 */
export function createDocker(options: DockerOptions): Docker {
  const deadlines = {...usualDeadlines, ...options.deadlines};
  const found = locate(options);
  const connection = 'endpoint' in found ? createConnection(found.endpoint, deadlines) : undefined;
  const connected = (): Connection => {
    if (!connection) throw 'problem' in found ? found.problem : new Error('There is no endpoint.');
    return connection;
  };

  const withProxies = (request: BuildRequest): BuildRequest => {
    const given = request.buildArgs ?? {};
    const config = readDockerConfig(options.environment);
    return {...request, buildArgs: {...proxyArguments(config, connected().endpoint.address, given), ...given}};
  };

  return {
    endpoint: 'endpoint' in found ? found.endpoint.address : found.address,
    info: async (signal) => engineInfo(connected(), signal),
    image: async (reference, signal) => engineImage(connected(), reference, signal),
    build: async (request, watch, signal) =>
      buildWithLogins(
        connected(),
        withProxies(request),
        (registry) => findCredentials(options.environment, registry, deadlines.helper, signal),
        watch,
        signal,
      ),
    async tag(image, reference, signal) {
      const {repository, tag} = parseReference(reference);
      const source = checkedImageName(image);
      const {ask, endpoint} = connected();
      try {
        await ask((docker) => docker.getImage(source).tag({repo: repository, tag}), signal);
      } catch (error) {
        const refusal = refusalOf(error);
        if (!refusal) throw error;
        throw refusal.status === 404 ? notOnEngine(image) : refusedProblem(endpoint, `to tag ${image}`, refusal);
      }
    },
    push: async (reference, credentials, watch, signal) =>
      pushImage(connected(), reference, credentials, watch, signal),
    pull: async (reference, credentials, watch, signal) =>
      pullImage(connected(), reference, credentials, watch, signal),
    async registryDigest(reference, credentials, signal) {
      const name = checkedImageName(reference);
      const {ask, endpoint, deadlines: times} = connected();
      const asked = `asking for ${reference}`;
      try {
        const answer = await ask(
          (docker) => docker.getImage(name).distribution({authconfig: authConfigOrNone(credentials)}),
          signal,
          times.registry,
        );
        const digest = (answer as {Descriptor?: {digest?: unknown}}).Descriptor?.digest;
        if (typeof digest !== 'string') throw notAnEngine(endpoint, 'an answer about a registry without a digest');
        return digest;
      } catch (error) {
        const refusal = refusalOf(error);
        if (!refusal) throw error;
        if (/manifest unknown|name unknown|manifest for .* not found/i.test(refusal.said)) return undefined;
        throw registryProblem(reference, asked, refusal.said || String(refusal.status), credentials);
      }
    },
    credentials: (registry, signal) => findCredentials(options.environment, registry, deadlines.helper, signal),
  };
}

/** An unusable address must not stop the program: it is told when the engine is needed. */
function locate(
  options: DockerOptions,
): {readonly endpoint: Endpoint} | {readonly address: string; readonly problem: unknown} {
  const {environment, endpoint} = options;
  try {
    return {endpoint: findEndpoint(environment, endpoint)};
  } catch (problem) {
    const named =
      endpoint ?? environment['DOCKER_HOST'] ?? environment['DOCKER_CONTEXT'] ?? 'the current docker context';
    return {address: shownAddress(named), problem};
  }
}

async function engineInfo({ask, endpoint}: Connection, signal?: AbortSignal): Promise<EngineInfo> {
  const [info, version] = await Promise.all([
    ask((docker) => docker.info() as Promise<EngineMessage>, signal),
    ask((docker) => docker.version() as Promise<unknown> as Promise<EngineMessage>, signal),
  ]).catch((error: unknown) => {
    const refusal = refusalOf(error);
    throw refusal ? refusedProblem(endpoint, 'to say what it is', refusal) : error;
  });
  const apiVersion = textOf(version, 'ApiVersion');
  if (apiVersion === '' || textOf(version, 'Version') === '') throw notAnEngine(endpoint, 'no version in its answer');
  return {
    version: printableLine(textOf(version, 'Version')),
    apiVersion,
    name: printableLine(textOf(info, 'Name')),
    id: textOf(info, 'ID'),
    platform: `${textOf(version, 'Os')}/${textOf(version, 'Arch')}`,
    cpus: numberOf(info, 'NCPU') ?? 1,
    buildkit: hasBuildkit(version),
  };
}

/** Every Docker engine for Linux has it since API 1.39; Podman answers like one, but has not. */
function hasBuildkit(version: EngineMessage): boolean {
  const [major = 0, minor = 0] = textOf(version, 'ApiVersion').split('.').map(Number);
  const components = JSON.stringify(version['Components'] ?? '');
  return (major > 1 || minor >= 39) && textOf(version, 'Os') !== 'windows' && !/podman/i.test(components);
}

async function engineImage(
  {ask, endpoint}: Connection,
  reference: string,
  signal?: AbortSignal,
): Promise<EngineImage | undefined> {
  const name = checkedImageName(reference);
  try {
    const image = (await ask((docker) => docker.getImage(name).inspect(), signal)) as unknown as EngineMessage;
    const id = textOf(image, 'Id');
    if (id === '') throw notAnEngine(endpoint, 'an image without an id');
    return {
      id,
      repoDigests: texts(image['RepoDigests']),
      repoTags: texts(image['RepoTags']),
      sizeBytes: numberOf(image, 'Size') ?? 0,
      created: textOf(image, 'Created'),
    };
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    if (refusal.status === 404) return undefined;
    throw refusedProblem(endpoint, `to show ${reference}`, refusal);
  }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
