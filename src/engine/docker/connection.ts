import type Dockerode from 'dockerode';
import {ProblemError} from '../problem.ts';
import {connectionLost, refusalOf, unreachableProblem} from './connection-problem.ts';
import type {Endpoint} from './endpoint.ts';
import {type Line, openLine} from './line.ts';

/** How long each part of a conversation with the engine may take, in milliseconds. */
export interface Deadlines {
  /** From the start until the engine has taken the connection, TLS included. */
  readonly connect: number;
  /** For calls that are answered at once. */
  readonly answer: number;
  /** For calls for which the engine itself asks a registry. */
  readonly registry: number;
  /** Without a sign of life while layers are pushed or pulled. */
  readonly silence: number;
}

/** Speaks with one engine. Each conversation has a connection of its own, which is closed when it ends. */
export interface Connection {
  readonly endpoint: Endpoint;
  readonly deadlines: Deadlines;
  /** A call with one answer. Throws the signal's reason, `engine-unreachable`, or dockerode's error for a refusal. */
  ask<T>(call: (docker: Dockerode) => Promise<T>, signal?: AbortSignal, deadlineMs?: number): Promise<T>;
  /**
   * A call whose answer is read for as long as it takes; the engine is asked first whether it is there.
   * `during` names it in a message, for instance 'the build'. Throws as ask() does; aborting closes the connection.
   */
  follow<T>(
    during: string,
    call: (docker: Dockerode) => Promise<NodeJS.ReadableStream>,
    read: (answer: AsyncIterable<Uint8Array | string>) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
}

export function createConnection(endpoint: Endpoint, deadlines: Deadlines): Connection {
  let loading: ReturnType<typeof loadDockerode> | undefined;
  const load = () => {
    loading ??= loadDockerode();
    return loading;
  };
  const connection: Connection = {
    endpoint,
    deadlines,
    async ask(call, signal, deadlineMs = deadlines.answer) {
      const Docker = await load();
      signal?.throwIfAborted();
      const line = openLine(endpoint.target, deadlines.connect);
      const watch = watchEnd(signal, deadlineMs);
      try {
        return await Promise.race([call(dockerOver(Docker, endpoint, line)), line.lost, watch.ended]);
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof ProblemError || refusalOf(error)) throw error;
        throw unreachableProblem(endpoint, error);
      } finally {
        watch.forget();
        line.close();
      }
    },
    async follow(during, call, read, signal) {
      await connection.ask((docker) => docker.ping(), signal);
      const Docker = await load();
      signal.throwIfAborted();
      const line = openLine(endpoint.target, deadlines.connect);
      const close = () => line.close();
      signal.addEventListener('abort', close, {once: true});
      try {
        const answer = await call(dockerOver(Docker, endpoint, line));
        return await read(answer as AsyncIterable<Uint8Array | string>);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof ProblemError || refusalOf(error)) throw error;
        throw connectionLost(endpoint, during, error);
      } finally {
        signal.removeEventListener('abort', close);
        line.close();
      }
    },
  };
  return connection;
}

/**
 * dockerode takes a noticeable time to load, so it is loaded when an engine is first spoken to. While it loads, DEBUG
 * is hidden: with it, dockerode would print every request, credentials included, to stderr.
 */
async function loadDockerode(): Promise<typeof Dockerode> {
  const hidden = process.env['DEBUG'];
  delete process.env['DEBUG'];
  try {
    return (await import('dockerode')).default;
  } finally {
    if (hidden !== undefined) process.env['DEBUG'] = hidden;
  }
}

function dockerOver(Docker: typeof Dockerode, endpoint: Endpoint, line: Line): Dockerode {
  // The constructor reads DOCKER_HOST and friends: they would beat what it is given, or make it throw when they
  // name files that are not there.
  const hidden = process.env['DOCKER_HOST'];
  delete process.env['DOCKER_HOST'];
  try {
    // The agent makes the connection, whatever kind it is; the path is only there so that nothing else is tried.
    const options = {socketPath: endpoint.address, host: undefined, protocol: 'http' as const, agent: line.agent};
    return new Docker({...options, headers: {Host: hostHeader(endpoint)}} as Dockerode.DockerOptions);
  } finally {
    if (hidden !== undefined) process.env['DOCKER_HOST'] = hidden;
  }
}

function hostHeader({target, address}: Endpoint): string {
  return 'socketPath' in target ? 'docker' : address.replace('tcp://', '');
}

/** A promise that fails when the signal is aborted or the time is over. */
function watchEnd(signal: AbortSignal | undefined, deadlineMs: number): {ended: Promise<never>; forget(): void} {
  let reject: (reason: unknown) => void = () => {};
  const ended = new Promise<never>((_, fail) => {
    reject = fail;
  });
  ended.catch(() => {});
  const timer = setTimeout(() => reject(Object.assign(new Error('no answer'), {code: 'ETIMEDOUT'})), deadlineMs);
  const onAbort = () => reject(signal?.reason);
  signal?.addEventListener('abort', onAbort, {once: true});
  return {
    ended,
    forget() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
