import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {ProblemError} from '../problem.ts';
import {type DockerConfig, objectOf, readDockerConfig, readJsonFile} from './docker-config.ts';
import {printableLine} from './printable.ts';

/** Where an engine is and how to get there. */
export interface Endpoint {
  /** As a person would write it. */
  readonly address: string;
  /** Who said so, as it fits into brackets: 'DOCKER_HOST', 'docker context prod'. */
  readonly source: string;
  readonly target:
    | {readonly socketPath: string}
    | {readonly host: string; readonly port: number; readonly tls?: TlsMaterial};
}

interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly verify: boolean;
}

const defaultSocket = '/var/run/docker.sock';

/**
 * Finds the engine as the docker command does: an explicit address, DOCKER_HOST, DOCKER_CONTEXT, the current
 * context of config.json, the usual socket. Throws `engine-unreachable` for an address nobody can use.
 */
export function findEndpoint(environment: NodeJS.ProcessEnv, explicit?: string): Endpoint {
  const host = environment['DOCKER_HOST'];
  if (explicit) return endpointAt(explicit, 'given', environmentTls(environment));
  if (host) return endpointAt(host, 'DOCKER_HOST', environmentTls(environment));
  const config = readDockerConfig(environment);
  const context = environment['DOCKER_CONTEXT'] || config.currentContext;
  if (context && context !== 'default')
    return contextEndpoint(config, context, environment['DOCKER_CONTEXT'] ? 'DOCKER_CONTEXT' : 'config.json');
  return endpointAt(`unix://${usualSocket(environment)}`, 'default', undefined);
}

function endpointAt(text: string, source: string, tls: (() => TlsMaterial) | undefined): Endpoint {
  const unix = /^unix:\/\/(.*)$/.exec(text);
  if (unix) {
    const socketPath = unix[1] || defaultSocket;
    return {address: `unix://${socketPath}`, source, target: {socketPath}};
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'ssh:') {
    throw unusable(text, source, 'engines behind SSH come with machines over SSH, which this version does not have', {
      hint: `Forward the socket yourself until then: ssh -NL /tmp/docker.sock:${defaultSocket} ${url.host}, and DOCKER_HOST=unix:///tmp/docker.sock.`,
    });
  }
  if (!url || !['tcp:', 'http:', 'https:'].includes(url.protocol) || !url.hostname)
    throw unusable(text, source, 'it is not an address of an engine');
  if (url.pathname.replace('/', '') !== '') throw unusable(text, source, 'an address with a path is not supported');
  const material = tls?.() ?? (url.protocol === 'https:' ? {verify: true} : undefined);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // URL leaves out the port that is usual for its scheme.
  const written = url.port || /:(\d+)\/?$/.exec(text)?.[1];
  const port = Number(written ?? (material ? 2376 : 2375));
  return {
    address: `tcp://${url.hostname}:${port}`,
    source,
    target: {host, port, ...(material ? {tls: material} : {})},
  };
}

/** DOCKER_TLS_VERIFY counts as set whatever its value, as with the docker command; DOCKER_TLS is TLS without checking. */
function environmentTls(environment: NodeJS.ProcessEnv): (() => TlsMaterial) | undefined {
  const verify = Boolean(environment['DOCKER_TLS_VERIFY']);
  if (!verify && !environment['DOCKER_TLS']) return undefined;
  return () => readTls(environment['DOCKER_CERT_PATH'] || readDockerConfig(environment).folder, verify);
}

function contextEndpoint(config: DockerConfig, name: string, source: string): Endpoint {
  const id = createHash('sha256').update(name).digest('hex');
  const file = join(config.folder, 'contexts', 'meta', id, 'meta.json');
  const shown = printableLine(name, 80);
  const meta = readJsonFile(file);
  if (!meta) {
    throw new ProblemError({
      code: 'engine-unreachable',
      message: `There is no docker context "${shown}", although ${source} names it.`,
      hint: 'docker context ls shows those there are; docker context use NAME chooses one.',
      file,
    });
  }
  const docker = objectOf(objectOf(meta['Endpoints'])['docker']);
  const host = docker['Host'];
  const from = `docker context ${shown}`;
  if (typeof host !== 'string' || host === '') return endpointAt(`unix://${defaultSocket}`, from, undefined);
  const tlsFolder = join(config.folder, 'contexts', 'tls', id, 'docker');
  const verify = docker['SkipTLSVerify'] !== true;
  const tls = existsSync(tlsFolder) || !verify ? () => readTls(tlsFolder, verify) : undefined;
  return endpointAt(host, from, tls);
}

function readTls(folder: string, verify: boolean): TlsMaterial {
  const read = (name: string) => {
    const file = join(folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')];
  return {...(ca ? {ca} : {}), ...(cert ? {cert} : {}), ...(key ? {key} : {}), verify};
}

/** The system's socket, or that of a rootless engine where only that is there. */
function usualSocket(environment: NodeJS.ProcessEnv): string {
  const runtime = environment['XDG_RUNTIME_DIR'];
  const rootless = runtime ? join(runtime, 'docker.sock') : undefined;
  return !existsSync(defaultSocket) && rootless && existsSync(rootless) ? rootless : defaultSocket;
}

function unusable(text: string, source: string, why: string, more?: {hint: string}): ProblemError {
  return new ProblemError({
    code: 'engine-unreachable',
    message: `The Docker engine at ${printableLine(text, 120)} (${source}) cannot be used: ${why}.`,
    hint: more?.hint ?? `Write it as unix:///path/to/docker.sock or tcp://host:port.`,
  });
}
