/** What screens and the command line may ask about a cluster. Queries: no plan, no run, no lock. */

import type {MachinesRequest} from '../machines/types.ts';
import type {Problem} from '../problem.ts';
import type {LiveStore} from '../store.ts';
import type {CheckResult} from './check/types.ts';
import type {EtcdReport, EtcdSnapshot} from './etcd/types.ts';
import type {ClusterCertificates, ClusterStatus, StatusLook} from './status/types.ts';

export type {CheckResult, CheckState} from './check/types.ts';
export type {EtcdMember, EtcdReport, EtcdSnapshot} from './etcd/types.ts';
export type * from './status/types.ts';

/** The cluster of a configuration: always all of its machines. */
export type ClusterQuery = Omit<MachinesRequest, 'names' | 'nodeList'>;

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
  /**
   * Every certificate on every machine, read without a private key and judged. `told` hears what is known so far. A
   * machine that cannot be asked says so by itself. Throws what is wrong with the configuration.
   */
  certificates(
    query: ClusterQuery,
    told: (certificates: ClusterCertificates) => void,
    signal: AbortSignal,
  ): Promise<ClusterCertificates>;
  /**
   * The members of etcd, asked on their machines, and the snapshots that are kept on this computer. A machine that cannot
   * be asked says so by itself. Changes nothing. Throws what is wrong with the configuration.
   */
  etcd(query: ClusterQuery, signal: AbortSignal): Promise<EtcdStatus>;
  /**
   * Writes what a machine would be sent into a folder that is empty or not there: its package, the order of the scripts,
   * and what comes on their stdin, in which private keys are their names. All files are for their owner alone (0600); the
   * modes they are sent with are written down beside them. Where the pod network is left open, all machines are asked.
   * Throws `unknown-name`, `usage` for a folder that holds something, `file-unwritable`.
   */
  writePackage(query: ClusterQuery, wish: PackageWish, signal: AbortSignal): Promise<WrittenPackage>;
  /** `status` kept up to date until it is closed: the API every ten seconds, etcd every thirty, what lies on
   * machines every minute. */
  watchStatus(query: ClusterQuery): LiveStore<StatusLook>;
}

export interface EtcdStatus {
  readonly report: EtcdReport;
  /** Newest first. */
  readonly snapshots: readonly EtcdSnapshot[];
  /** Machines that could not be asked. */
  readonly refusals: readonly Refusal[];
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What brings Kubernetes on machines: what is shipped with this program, or scripts that a tree has with it. */
export type PackageSetName = 'built-in' | 'tree';

export interface PackageWish {
  readonly machine: string;
  readonly operation: 'deploy' | 'certificates' | 'clean';
  /** Absent: built-in. */
  readonly packageSet?: PackageSetName;
  /** Absolute; made if it is not there. */
  readonly folder: string;
}

export interface WrittenPackage {
  readonly machine: string;
  /** What the package is called on the machine. */
  readonly job: string;
  readonly folder: string;
  /** Paths below the folder. */
  readonly files: readonly {readonly path: string; readonly bytes: number}[];
  /** What could not be found out. */
  readonly problems: readonly Problem[];
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
