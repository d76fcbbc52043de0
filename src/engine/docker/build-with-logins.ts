import {ProblemError} from '../problem.ts';
import type {BuildRequest, BuildWatch, Credentials} from '../tools.ts';
import {buildImage} from './build.ts';
import {RefusedBase} from './build-problem.ts';
import type {Connection} from './connection.ts';
import {pullImage} from './pull.ts';

/**
 * Builds; when a registry refuses a base image and `find` has credentials for it, builds again with them. Only the
 * registry that asked is given its own: the classic builder sends them to no other, and for BuildKit, which would
 * need a session that answers any registry, the base is pulled before. Throws as buildImage() does.
 */
export async function buildWithLogins(
  connection: Connection,
  request: BuildRequest,
  find: (registry: string) => Promise<Credentials | undefined>,
  watch: BuildWatch,
  signal: AbortSignal,
): Promise<{readonly id: string}> {
  const tried = new Set<string>();
  let credentials = request.credentials ?? [];
  for (;;) {
    try {
      return await buildImage(connection, {...request, credentials}, watch, signal);
    } catch (error) {
      const base = error instanceof ProblemError && error.cause instanceof RefusedBase ? error.cause : undefined;
      const key = request.builder === 'buildkit' ? base?.reference : base?.registry;
      if (!base || !key || tried.has(key)) throw error;
      tried.add(key);
      const given = credentials.find(({registry}) => registry === base.registry);
      const login = given ?? (await find(base.registry));
      if (!login || (given && request.builder === 'classic')) throw error;
      watch.output(Buffer.from(`${base.registry} wants a login; trying again as ${login.username ?? 'a token'}.\n`));
      if (request.builder === 'classic') credentials = [...credentials, login];
      else
        await pullImage(connection, key, login, {output: (bytes) => watch.output(bytes), progress: () => {}}, signal);
    }
  }
}
