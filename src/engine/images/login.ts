import {type Problem, ProblemError} from '../problem.ts';
import type {Credentials, Docker} from '../tools.ts';

/** How a registry is asked. */
export interface Login {
  /** Absent: as nobody. */
  readonly credentials?: Credentials;
  /** They are those of the cluster configuration. */
  readonly ofCluster?: true;
  /** Why those that docker keeps cannot be had. */
  readonly broken?: Problem;
}

/**
 * The credentials that docker keeps for a registry, else those of the cluster configuration. A credential helper that
 * does not work stands in nobody's way until the registry wants a login, as with the docker command.
 */
export async function loginFor(
  registry: string,
  {docker, ofCluster}: {readonly docker: Docker; readonly ofCluster?: Credentials | undefined},
  signal: AbortSignal,
): Promise<Login> {
  const otherwise: Login = ofCluster ? {credentials: ofCluster, ofCluster: true} : {};
  try {
    const credentials = await docker.credentials(registry, signal);
    return credentials ? {credentials} : otherwise;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return {...otherwise, broken: error.problem};
  }
}

/** Asks a registry. When it lets nobody in, the problem says which credentials to mend. */
export async function withLogin<Answer>(
  {credentials, ofCluster, broken}: Login,
  ask: (credentials: Credentials | undefined) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(credentials);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (!credentials && broken) throw new ProblemError(broken, {cause: error});
    if (!ofCluster) throw error;
    const hint = `Correct the user name and password in the cluster configuration; or docker login ${credentials?.registry} on this computer, which comes before it.`;
    throw new ProblemError({...error.problem, hint}, {cause: error});
  }
}

/** A registry that lets nobody in, or credentials that cannot be had. */
export function isRefusal(error: unknown): error is ProblemError {
  return error instanceof ProblemError && error.problem.code === 'registry-login';
}
