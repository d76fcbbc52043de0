import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {printableLine} from '../printable.ts';
import {ProblemError} from '../problem.ts';
import {type DockerConfig, objectOf, readDockerConfig, readJsonFile} from './docker-config.ts';
import {environmentTls, readTls, type TlsMaterial, type TlsSource} from './tls-material.ts';

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

const defaultSocket = '/var/run/docker.sock';

/**
 * Finds the engine as the docker command does: an explicit address, DOCKER_HOST, DOCKER_CONTEXT, the current
 * context of config.json, the usual place. Throws `engine-unreachable` for an address nobody can use,
 * `config-invalid` or `file-unreadable` for files of docker that cannot be read.
 */
export function findEndpoint(environment: NodeJS.ProcessEnv, explicit?: string): Endpoint {
  const host = environment['DOCKER_HOST'];
  if (explicit) return endpointAt(explicit, 'given', environmentTls(environment));
  if (host) return endpointAt(host, 'DOCKER_HOST', environmentTls(environment));
  const config = readDockerConfig(environment);
  const context = environment['DOCKER_CONTEXT'] || config.currentContext;
  if (context && context !== 'default')
    return contextEndpoint(config, context, environment['DOCKER_CONTEXT'] ? 'DOCKER_CONTEXT' : 'config.json');
  const tls = environmentTls(environment);
  // TLS is not spoken over the usual socket: whoever wants it means the usual port.
  if (tls) return endpointAt('tcp://localhost:2376', tls.variable, tls);
  return endpointAt(`unix://${usualSocket(environment)}`, 'default', undefined);
}

/** An address as it was written, safe to show: a password in it is not. */
export function shownAddress(text: string): string {
  return printableLine(text.replace(/(:\/\/[^/@:]*:)[^/]*@/, '$1••••••@'), 120);
}

function endpointAt(text: string, source: string, tls: TlsSource | undefined): Endpoint {
  const unix = /^unix:\/\/(.*)$/.exec(text);
  if (unix) {
    const socketPath = unix[1] ? resolve(unix[1]) : defaultSocket;
    return {address: `unix://${socketPath}`, source, target: {socketPath}};
  }
  const url = urlOf(text);
  if (url?.protocol === 'ssh:') throw behindSsh(text, source, url);
  if (!url || !['tcp:', 'http:', 'https:'].includes(url.protocol) || !url.hostname)
    throw unusable(text, source, 'it is not an address of an engine');
  if (url.pathname.replace('/', '') !== '') throw unusable(text, source, 'an address with a path is not supported');
  const material = tls?.read() ?? (url.protocol === 'https:' ? {verify: true} : undefined);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // URL leaves out the port that is usual for its scheme; the docker command takes 2375 even with TLS.
  const written = url.port || /:(\d+)\/?$/.exec(text)?.[1];
  const port = Number(written ?? (url.protocol === 'https:' ? 2376 : 2375));
  return {
    address: `tcp://${url.hostname}:${port}`,
    source,
    target: {host, port, ...(material ? {tls: material} : {})},
  };
}

/** As the docker command reads it: tcp:// may be left out, and so may a host that is this one. */
function urlOf(text: string): URL | undefined {
  const whole = (text.includes('://') ? text : `tcp://${text}`).replace(/^tcp:\/\/(?=:|\/|$)/, 'tcp://localhost');
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

function behindSsh(text: string, source: string, {username, host, pathname}: URL): ProblemError {
  const socket = pathname.length > 1 ? pathname : defaultSocket;
  const there = printableLine(`ssh://${username ? `${username}@` : ''}${host}`, 120);
  return unusable(text, source, 'engines behind SSH come with machines over SSH, which this version does not have', {
    hint: `Forward the socket yourself until then: ssh -NL ~/engine.sock:${printableLine(socket, 120)} ${there}, and DOCKER_HOST=unix://$HOME/engine.sock.`,
  });
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
  const tls = existsSync(tlsFolder) || !verify ? {read: () => readTls(tlsFolder, verify)} : undefined;
  return endpointAt(host, from, tls);
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
    message: `The Docker engine at ${shownAddress(text)} (${source}) cannot be used: ${why}.`,
    hint: more?.hint ?? `Write it as unix:///path/to/docker.sock or tcp://host:port.`,
  });
}
