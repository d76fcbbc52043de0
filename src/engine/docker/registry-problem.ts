import {printable, printableLine} from '../printable.ts';
import {ProblemError} from '../problem.ts';
import {type Credentials, registryOf} from '../tools.ts';

/** What kind of failure an engine speaks of after it asked a registry. Only `registry-unreachable` is worth a retry. */
export type RegistryCode = 'registry-unreachable' | 'registry-login' | 'push-failed' | 'disk-full';

/** Sorts what the engine says about a registry by what can be done about it. */
export function registryCode(said: string): RegistryCode {
  const status = statusIn(said);
  if (/HTTP response to HTTPS client|x509:|certificate|tls: /i.test(said)) return 'push-failed';
  if (/no space left on device|disk quota exceeded/i.test(said)) return 'disk-full';
  if (status === 401 || status === 403 || wantsLogin.test(said)) return 'registry-login';
  if (status === 429 || status >= 500 || isSilent.test(said)) return 'registry-unreachable';
  return 'push-failed';
}

const wantsLogin =
  /no basic auth credentials|unauthorized|authentication required|access (?:to the resource )?is denied|denied:|insufficient_scope|incorrect username or password/i;

const isSilent =
  /connection refused|connection reset|broken pipe|i\/o timeout|TLS handshake timeout|deadline exceeded|Client\.Timeout|request canceled|no such host|server misbehaving|no route to host|network is unreachable|\bEOF\b|toomanyrequests|too many requests|name resolution|dial tcp/i;

/** The HTTP status in a message of the engine; NaN without one. A port in a URL is none. */
function statusIn(said: string): number {
  return Number(/(?:HTTP|status).*?\b([45]\d\d)\b/.exec(said.replace(/https?:\/\/[^\s"]+/g, ''))?.[1]);
}

/** The Problem of a registry that could not be asked or pushed to. `asked`: 'pushing X', 'asking for X'. */
export function registryProblem(
  reference: string,
  asked: string,
  said: string,
  credentials: Credentials | undefined,
): ProblemError {
  const registry = registryOf(reference);
  const reason = reasonIn(said);
  const detail = printable(said).slice(0, 2000);
  const code = registryCode(said);
  switch (code) {
    case 'registry-login': {
      const image = reference.replace(`${registry}/`, '');
      return new ProblemError({
        code,
        message: `The registry ${registry} ${refusal(credentials)} (${image})${/no basic auth/.test(reason) ? '' : `: ${reason}`}.`,
        hint: credentials
          ? `docker login ${registry} anew on this computer, as a user who may do that; the docker configuration comes before the cluster configuration.`
          : `docker login ${registry} on this computer, as a user who may do that; or set the credentials in the cluster configuration.`,
      });
    }
    case 'registry-unreachable':
      return new ProblemError({code, ...unreachable(registry, reason, said), detail});
    case 'disk-full':
      return new ProblemError({
        code,
        message: `There was no space left (${asked}): ${reason}.`,
        hint: `Check the disk of the registry ${registry}, and that of the engine (df -h).`,
        detail,
      });
    case 'push-failed':
      return new ProblemError({
        code,
        message: `${asked.charAt(0).toUpperCase()}${asked.slice(1)} failed: ${reason}.`,
        hint: failureHint(registry, said),
        detail,
      });
  }
}

/** What the engine says without the calls that led to it; the whole is in the detail. */
function reasonIn(said: string): string {
  const calls = /^(?:(?:Get|Head|Post|Put|Patch) "[^"]*": |dial tcp(?: \S+)?: |connect: |net\/http: )+/;
  const reason = printableLine(said, 400).replace(calls, '').replace(/\.$/, '');
  return reason === 'EOF' ? 'it closed the connection without an answer (EOF)' : reason;
}

function refusal(credentials: Credentials | undefined): string {
  if (!credentials) return 'wants a login';
  return credentials.username === undefined
    ? 'does not accept the token it is given'
    : `does not let ${printableLine(credentials.username, 60)} in`;
}

function unreachable(registry: string, reason: string, said: string): {message: string; hint: string} {
  const status = statusIn(said);
  if (status === 429 || /too ?many ?requests/i.test(said))
    return {
      message: `The registry ${registry} is asked too often: ${reason}.`,
      hint: 'It limits how often it may be asked: try again later, or with a login if it lets those in more often.',
    };
  if (status >= 500)
    return {
      message: `The registry ${registry} answers with an error: ${reason.replace(/^.*HTTP status: /, '')}.`,
      hint: `The log of ${registry} says why, or that of the proxy before it.`,
    };
  return {
    message: `The registry ${registry} cannot be reached: ${reason}.`,
    hint: `The engine asks it, so try from the engine's host: curl -k https://${registry}/v2/ (or http://).`,
  };
}

function failureHint(registry: string, said: string): string {
  if (/HTTP response to HTTPS client/.test(said))
    return `${registry} speaks plain HTTP: add it to "insecure-registries" in the engine's daemon.json and reload the engine.`;
  if (/x509:|certificate/i.test(said))
    return `Put the registry's CA into /etc/docker/certs.d/${registry}/ca.crt on the engine's host.`;
  if (statusIn(said) === 404) return `What answers at ${registry} is no registry: check its name and port.`;
  return 'The whole answer is in the log of the task.';
}
