/** What screens and the command line may ask about a cluster. Queries: no plan, no run, no lock. */

import type {MachinesRequest} from '../machines/types.ts';
import type {Problem} from '../problem.ts';
import type {LiveStore} from '../store.ts';
import type {CheckResult} from './check/types.ts';
import type {ClusterStatus, StatusLook} from './status/types.ts';

export type {CheckResult, CheckState} from './check/types.ts';
export type * from './status/types.ts';

/** The cluster of a configuration: always all of its machines. */
export type ClusterQuery = Omit<MachinesRequest, 'names'>;

export interface Cluster {
  /**
   * Asks every machine what has to be known before Kubernetes goes on it, and judges the answers. Changes nothing. `told`
   * hears the results of each machine as it answers, then those of all together; what is returned is in the order of
   * the configuration. Throws what is wrong with the configuration; a machine that cannot be asked is a result.
   */
  check(
    query: ClusterQuery,
    told: (results: readonly CheckResult[]) => void,
    signal: AbortSignal,
  ): Promise<CheckReport>;
  /**
   * How the running cluster is: every API server, every machine and what the API says are asked side by side, and each
   * part says by itself why it is not known. `told` hears what is known so far, again and again. Changes nothing. Throws
   * what is wrong with the configuration.
   */
  status(query: ClusterQuery, told: (status: ClusterStatus) => void, signal: AbortSignal): Promise<ClusterStatus>;
  /** The same kept up to date until it is closed: the API every ten seconds, what lies on machines every minute. */
  watchStatus(query: ClusterQuery): LiveStore<StatusLook>;
}

export interface CheckReport {
  readonly results: readonly CheckResult[];
  /** Machines that answered, in the order of the configuration. */
  readonly reached: readonly string[];
  /** Why others did not, and why somebody did not become root on those that did. */
  readonly refusals: readonly Refusal[];
}

interface Refusal {
  readonly machine: string;
  readonly problem: Problem;
}
