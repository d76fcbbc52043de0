import {ProblemError} from '../problem.ts';
import {printableLine} from './printable.ts';
import {registryOf} from './reference.ts';

/** What kind of failure an engine speaks of after it asked a registry. Only `registry-unreachable` is worth a retry. */
export type RegistryCode = 'registry-unreachable' | 'registry-login' | 'push-failed' | 'disk-full';

/** Sorts what the engine says about a registry by what can be done about it. */
export function registryCode(said: string): RegistryCode {
  if (/HTTP response to HTTPS client|x509:|certificate|tls: /i.test(said)) return 'push-failed';
  if (/no space left on device|disk quota exceeded/i.test(said)) return 'disk-full';
  if (
    /no basic auth credentials|unauthorized|authentication required|access (?:to the resource )?is denied|denied:|insufficient_scope|incorrect username or password|\b40[13]\b/i.test(
      said,
    )
  )
    return 'registry-login';
  if (
    /connection refused|connection reset|broken pipe|i\/o timeout|TLS handshake timeout|deadline exceeded|Client\.Timeout|request canceled|no such host|server misbehaving|no route to host|network is unreachable|unexpected EOF|\bEOF\b|\b5\d\d\b|toomanyrequests|too many requests|\b429\b|name resolution|dial tcp/i.test(
      said,
    )
  )
    return 'registry-unreachable';
  return 'push-failed';
}

/** The Problem of a registry that could not be asked or pushed to. `asked`: 'pushing X', 'asking for X'. */
export function registryProblem(
  reference: string,
  asked: string,
  said: string,
  loggedInAs: string | undefined,
): ProblemError {
  const registry = registryOf(reference);
  const reason = printableLine(said, 400);
  const code = registryCode(said);
  switch (code) {
    case 'registry-login':
      return new ProblemError({
        code,
        message: loggedInAs
          ? `The registry ${registry} does not let ${printableLine(loggedInAs, 60)} in (${asked}): ${reason}`
          : `The registry ${registry} wants a login (${asked}): ${reason}`,
        hint: `docker login ${registry} on this computer, as a user who may do that; or set the credentials in the cluster configuration.`,
      });
    case 'registry-unreachable':
      return new ProblemError({
        code,
        message: `The registry ${registry} could not be reached (${asked}): ${reason}`,
        hint: `The engine asks, not this computer: does ${registry} answer from the engine's host (curl -k https://${registry}/v2/)?`,
      });
    case 'disk-full':
      return new ProblemError({
        code,
        message: `There was no space left (${asked}): ${reason}`,
        hint: `Check the disk of the registry ${registry}, and that of the engine (df -h).`,
      });
    case 'push-failed':
      return new ProblemError({
        code,
        message: `${asked.charAt(0).toUpperCase()}${asked.slice(1)} failed: ${reason}`,
        hint: certificateHint(registry, said),
      });
  }
}

function certificateHint(registry: string, said: string): string {
  if (/HTTP response to HTTPS client/.test(said))
    return `${registry} speaks plain HTTP: add it to "insecure-registries" in the engine's daemon.json and reload the engine.`;
  if (/x509:|certificate/i.test(said))
    return `Put the registry's CA into /etc/docker/certs.d/${registry}/ca.crt on the engine's host.`;
  return 'The whole answer is in the log of the task.';
}
