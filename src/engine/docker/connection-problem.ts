import {printableLine} from '../printable.ts';
import {type Problem, ProblemError} from '../problem.ts';
import type {Endpoint} from './endpoint.ts';

/** What dockerode throws for an answer that is not a success. */
export interface Refusal {
  readonly status: number;
  /** What the engine said, safe to show. */
  readonly said: string;
}

/** The engine's refusal in an error of dockerode; undefined when the error is of the connection. */
export function refusalOf(error: unknown): Refusal | undefined {
  const status = (error as {statusCode?: unknown}).statusCode;
  if (!(error instanceof Error) || typeof status !== 'number') return undefined;
  return {status, said: printableLine(error.message.replace(/^\(HTTP code \d+\) .*? - /s, ''), 600)};
}

/** An answer of the engine that the caller has no better words for. */
export function refusedProblem(endpoint: Endpoint, asked: string, refusal: Refusal): ProblemError {
  const plainHttp = /HTTP request to an HTTPS server/.test(refusal.said);
  return new ProblemError({
    code: 'engine-refused',
    message: `The Docker engine at ${endpoint.address} refused ${asked} (HTTP ${refusal.status}): ${refusal.said || 'it gave no reason'}`,
    hint: plainHttp
      ? 'It speaks TLS only: set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH.'
      : 'The log of the engine says more (journalctl -u docker).',
  });
}

/** Something else than a Docker engine, or a broken one, answers there. */
export function notAnEngine(endpoint: Endpoint, what: string): ProblemError {
  return new ProblemError({
    code: 'engine-refused',
    message: `What answers at ${endpoint.address} does not speak as a Docker engine does: ${printableLine(what)}.`,
    hint: `Check that a Docker engine listens there and no proxy stands before it (address from: ${endpoint.source}).`,
  });
}

/** The connection ended in the middle of something that had begun. */
export function connectionLost(endpoint: Endpoint, during: string, cause?: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'engine-unreachable',
      message: `The connection to the Docker engine at ${endpoint.address} broke during ${during}.`,
      hint: 'Was the engine restarted or out of memory (journalctl -u docker)? Try again when it answers: docker info.',
    },
    {cause},
  );
}

/** Nobody answers: what was tried, why it failed, what to check. */
export function unreachableProblem(endpoint: Endpoint, error: unknown): ProblemError {
  const {why, hint} = reasonOf(endpoint, error);
  const problem: Problem = {
    code: 'engine-unreachable',
    message: `No Docker engine answers at ${endpoint.address} (${endpoint.source}): ${why}.`,
    hint,
  };
  return new ProblemError(problem, {cause: error});
}

const elsewhere = 'Another engine is named by DOCKER_HOST or by a docker context (docker context ls).';
const unixHints: Readonly<Record<string, {why: string; hint: string}>> = {
  ENOENT: {
    why: 'there is no such socket file',
    hint: `Is Docker installed and running (systemctl status docker)? ${elsewhere}`,
  },
  ENOTSOCK: {why: 'that file is no socket', hint: elsewhere},
  EACCES: {
    why: 'this user may not use the socket (permission denied)',
    hint: 'Become a member of the group docker (sudo usermod -aG docker "$USER", then log in again), or run as root.',
  },
  ECONNREFUSED: {
    why: 'the socket file is there, but nobody listens on it',
    hint: 'The engine has ended without removing it: systemctl restart docker.',
  },
};
const tcpHints: Readonly<Record<string, {why: string; hint: string}>> = {
  ECONNREFUSED: {
    why: 'the connection was refused',
    hint: `Does the engine listen on that port (dockerd -H)? ${elsewhere}`,
  },
  ENOTFOUND: {why: 'there is no host of that name', hint: `Is the name spelt right? ${elsewhere}`},
  EAI_AGAIN: {why: 'the name cannot be looked up now', hint: 'Check DNS on this computer (getent hosts NAME).'},
  EHOSTUNREACH: {why: 'there is no route to that host', hint: 'Is the host up, and is the network between (ping)?'},
  ENETUNREACH: {why: 'there is no route to that network', hint: 'Check the network of this computer (ip route).'},
};

function reasonOf(endpoint: Endpoint, error: unknown): {why: string; hint: string} {
  const {code, message} = innermost(error);
  const unix = 'socketPath' in endpoint.target;
  const known = (unix ? unixHints : tcpHints)[code];
  if (known) return known;
  if (code === 'ETIMEDOUT')
    return {
      why: 'it did not answer in time',
      hint: 'Is the host up, and does a firewall drop packets? docker info tells whether an engine hangs.',
    };
  if (/CERT|TLS|SSL|EPROTO|SELF_SIGNED|VERIFY|HOSTNAME/i.test(code)) {
    return {
      why: `TLS failed (${printableLine(message, 160)})`,
      hint: 'Check ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH, or of the docker context, and the name of the host.',
    };
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return {
      why: 'the connection was closed without an answer',
      hint:
        'tls' in endpoint.target
          ? 'Does that port speak TLS?'
          : 'Does it speak TLS only (DOCKER_TLS_VERIFY=1)? Is the engine about to end?',
    };
  }
  return {why: printableLine(`${code} ${message}`, 200), hint: elsewhere};
}

/** Node tries all addresses of a host and wraps the errors. */
function innermost(error: unknown): {code: string; message: string} {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const {code, message} = (first ?? {}) as {code?: unknown; message?: unknown};
  return {code: String(code ?? ''), message: String(message ?? first)};
}
