import {printableLine} from '../printable.ts';
import {type Problem, ProblemError} from '../problem.ts';
import {mapOf, shownOf} from './json.ts';

/** Where a call was made and what it wanted, for people: 'list nodes', 'apply DaemonSet kube-system/kube-proxy'. */
export interface Asked {
  readonly server: string;
  readonly wanted: string;
  /** The request changes something, and may have reached the server. */
  readonly mayBeDone: boolean;
}

const listens =
  'Check that kube-apiserver runs on its machine (docker ps | grep kube-apiserver) and nothing on the way drops connections.';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'the machine does not answer',
  EHOSTUNREACH: 'there is no way to the machine',
  ENETUNREACH: 'there is no way to its network',
  ENOTFOUND: 'its name is not known here',
  EAI_AGAIN: 'its name cannot be looked up now',
};

/** The connection failed, or broke before the reply was whole. */
export function connectionProblem(asked: Asked, error: Error): ProblemError {
  const {code = ''} = error as NodeJS.ErrnoException;
  if (isDistrust(code)) return distrustProblem(asked, error);
  const why = reasons[code] ?? printableLine(error.message.replace(/^socket hang up$/, 'the connection was closed'));
  return noReply(asked, why, error);
}

export function deadlineProblem(asked: Asked, deadlineMs: number): ProblemError {
  return noReply(asked, `no whole answer came within ${deadlineMs / 1000} s`);
}

/** What is put in the way of replies that would fill the memory. */
export function tooMuchProblem({server, wanted}: Asked, mostBytes: number): ProblemError {
  return new ProblemError({
    code: 'api-unreadable',
    message: `The API server at ${server}, asked to ${wanted}, answered with more than ${mostBytes / 1024 / 1024} MiB.`,
  });
}

/** It answered, but not as an API server does. */
export function unreadableProblem({server, wanted}: Asked, text: string): ProblemError {
  const said = printableLine(text, 200);
  return new ProblemError({
    code: 'api-unreadable',
    message: `What answers at ${server}, asked to ${wanted}, does not speak as an API server does.`,
    hint: 'Is the address that of the API server, and does a proxy or another program stand there?',
    ...(said ? {detail: said} : {}),
  });
}

/** A reply that is not a success. Its body is a Status with the server's own words, or nearly anything. */
export function statusProblem({server, wanted}: Asked, status: number, text: string): ProblemError {
  const said = saidIn(text) ?? 'it gave no reason';
  const failed = status >= 500 || status === 429;
  const problem: Problem = {
    code: failed ? 'api-failed' : 'api-refused',
    message: `The API server at ${server} ${failed ? 'could not' : 'refused to'} ${wanted}: ${said} (HTTP ${status}).`,
  };
  const hint = hintOf(status);
  return new ProblemError(hint === undefined ? problem : {...problem, hint});
}

function noReply({server, wanted, mayBeDone}: Asked, why: string, cause?: Error): ProblemError {
  const problem: Problem = mayBeDone
    ? {
        code: 'api-lost',
        message: `The API server at ${server} was asked to ${wanted}, and did not say whether it did: ${why}.`,
        hint: 'Look whether it was done before doing it again; doing it again does no harm.',
      }
    : {
        code: 'api-unreachable',
        message: `The API server at ${server} cannot be reached (it was to ${wanted}): ${why}.`,
        hint: listens,
      };
  return new ProblemError(problem, {cause});
}

function distrustProblem({server, wanted}: Asked, error: Error): ProblemError {
  const {code} = error as NodeJS.ErrnoException;
  const foreignName = code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH';
  const isOld = code === 'CERT_HAS_EXPIRED';
  const why = isOld
    ? 'it has expired'
    : foreignName
      ? 'it does not name this address'
      : code === 'CERT_NOT_YET_VALID'
        ? 'it is not valid yet: is the clock right?'
        : `it is not signed by the authority of the kubeconfig (${printableLine(code ?? error.message)})`;
  return new ProblemError(
    {
      code: 'api-not-trusted',
      message: `The certificate of the API server at ${server} is not trusted, so it was not asked to ${wanted}: ${why}.`,
      hint:
        isOld || foreignName
          ? 'Renew it: pai-tui cluster certificates renew.'
          : 'Another cluster may answer at this address, or its authority was replaced after the kubeconfig was written.',
    },
    {cause: error},
  );
}

/** Node tells what is wrong with a certificate by OpenSSL's names. */
function isDistrust(code: string): boolean {
  return /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_)/.test(code);
}

function saidIn(text: string): string | undefined {
  try {
    return shownOf(mapOf(JSON.parse(text))['message']);
  } catch {
    return printableLine(text) || undefined;
  }
}

function hintOf(status: number): string | undefined {
  if (status === 401) return 'The keys of the kubeconfig are not known there: is it of this cluster, and not expired?';
  if (status === 403)
    return 'The user of the kubeconfig may not do this; that of /etc/kubernetes/admin.conf on a master may.';
  if (status === 429) return 'It has too much to do: try again in a while.';
  return status >= 500 ? 'Its log says more, and etcd may be the reason: pai-tui cluster status.' : undefined;
}
