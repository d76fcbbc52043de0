/** The way to the API of a cluster, for somebody who can log in to its masters. */

import type {MachineAccess} from '../../machine-tools.ts';
import {ProblemError} from '../../problem.ts';
import {type AdminKubeconfig, readAdminKubeconfig} from '../admin-kubeconfig.ts';

/**
 * That of the master that answers first: a dead one holds up nobody. Throws as `readAdminKubeconfig` does, with a line
 * for each master.
 */
export async function readAnyKubeconfig(
  machines: MachineAccess,
  masters: readonly string[],
  signal: AbortSignal,
): Promise<AdminKubeconfig> {
  const enough = new AbortController();
  const either = AbortSignal.any([signal, enough.signal]);
  try {
    return await Promise.any(masters.map((master) => readAdminKubeconfig(machines, [master], either)));
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof AggregateError ? ofAll(error.errors) : error;
  } finally {
    enough.abort(new Error('another master was quicker'));
  }
}

/** One that answers and has none says more than all that do not answer. */
function ofAll(errors: readonly unknown[]): unknown {
  const problems = errors.flatMap((error) => (error instanceof ProblemError ? [error.problem] : []));
  const first = problems.find(({code}) => code === 'not-found') ?? problems[0];
  if (!first || problems.length < errors.length) return errors.find((error) => !(error instanceof ProblemError));
  return new ProblemError({...first, detail: problems.flatMap(({detail}) => detail ?? []).join('\n')});
}
