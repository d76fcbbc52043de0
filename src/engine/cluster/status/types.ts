/** How a running cluster is. Plain data: what was found out, when, and why something could not be. */

import type {Role} from '../../config/types.ts';
import type {CertificateKind, CertificateState} from '../../kube/certificates.ts';
import type {KubeNode, KubePod} from '../../kube-tools.ts';
import type {Problem} from '../../problem.ts';
import type {EtcdReport} from '../etcd/types.ts';

/** What was found out by itself, whatever became of the rest. */
export interface StatusPart<T> {
  /** Absent: never found out. With `problem`: what was known before that. */
  readonly known?: T;
  /** Epoch milliseconds when `known` was found out. */
  readonly at?: number;
  /** Why it could not be found out when it was last asked for. */
  readonly problem?: Problem;
}

/** unreached: no machine and no API server answered. */
export type ClusterHealth = 'asking' | 'healthy' | 'degraded' | 'unreached';

export interface ClusterStatus {
  readonly cluster: string;
  readonly health: ClusterHealth;
  /** What the configuration says: 'v1.20.2' and '3.4.13-0'; empty where it says nothing. */
  readonly versions: {readonly kubernetes: string; readonly etcd: string};
  readonly api: StatusPart<ApiStatus>;
  readonly nodes: StatusPart<readonly NodeStatus[]>;
  readonly pods: StatusPart<PodsStatus>;
  /** Asked on each master, whether the API answers or not. */
  readonly etcd: StatusPart<EtcdReport>;
  /** In the order of the configuration. */
  readonly machines: readonly MachineStatus[];
  /** The gravest first. */
  readonly findings: readonly StatusFinding[];
}

/** What is shown of a cluster that is watched. */
export interface StatusLook {
  /** Absent: nothing was asked yet. */
  readonly status?: ClusterStatus;
  /** What is wrong with the configuration: nothing is asked by it. */
  readonly problem?: Problem;
}

interface ApiStatus {
  /** That of each master, in their order; at the end the address that clients use, where it is none of theirs. */
  readonly servers: readonly ApiServerStatus[];
  /** Of the parts that run on every master, which of them is at work. */
  readonly leaders: readonly LeaderStatus[];
}

export interface ApiServerStatus {
  /** The master it runs on; absent: what stands in front of them all. */
  readonly machine?: string;
  /** 'https://10.0.0.1:6443' */
  readonly server: string;
  /** unknown: it could not be asked. */
  readonly state: 'asking' | 'ready' | 'not ready' | 'unreachable' | 'unknown';
  /** Names of its checks that fail: 'etcd'. */
  readonly failing: readonly string[];
  /** 'v1.20.2' */
  readonly version?: string;
  readonly problem?: Problem;
  /** Epoch milliseconds of its last answer. */
  readonly at?: number;
}

export interface LeaderStatus {
  readonly component: 'controller manager' | 'scheduler';
  /** The host name of the master; absent: there is none. */
  readonly holder?: string;
  /** Epoch milliseconds when it last said that it is at work. */
  readonly renewedAt?: number;
}

export interface NodeStatus {
  /** The machine, as the configuration calls it; a node it does not have by its own name. */
  readonly name: string;
  readonly nodeName: string;
  readonly roles: readonly Role[];
  /** Whether the configuration has it. */
  readonly isConfigured: boolean;
  /** missing: the API knows no such node. unknown: its kubelet has not been heard for a while. */
  readonly state: 'ready' | 'not ready' | 'unknown' | 'missing';
  /** As the API has it; absent where it is missing. */
  readonly node?: KubeNode;
}

export type PodStatus = Pick<
  KubePod,
  'namespace' | 'name' | 'node' | 'phase' | 'ready' | 'reason' | 'message' | 'restarts' | 'createdAt'
>;

export interface PodsStatus {
  readonly counts: PodCounts;
  readonly byNamespace: readonly (PodCounts & {readonly namespace: string})[];
  /** By the name of the node; pods without one are left out. */
  readonly byNode: readonly (PodCounts & {readonly node: string})[];
  /** Those of kube-system. */
  readonly system: readonly PodStatus[];
  /** Those in trouble, of all namespaces: the first 200. */
  readonly troubled: readonly PodStatus[];
}

export interface PodCounts {
  readonly all: number;
  readonly ready: number;
  /** They fail, or wait for something that does not come by itself. */
  readonly troubled: number;
}

export interface MachineStatus extends StatusPart<MachineState> {
  readonly machine: string;
  readonly roles: readonly Role[];
}

/** What lies on a machine. */
export interface MachineState {
  /** Whether anything of a cluster lies there. */
  readonly isPart: boolean;
  readonly certificates: readonly CertificateStatus[];
  /** Files and settings that are not as they would be put there. */
  readonly drift: StatusPart<readonly DriftEntry[]>;
  /** Absent: there is no such container, or docker does not answer. */
  readonly kubelet?: {readonly isRunning: boolean; readonly startedAt?: number; readonly image: string};
}

export interface CertificateStatus {
  readonly file: string;
  /** As a sentence goes on with it: 'the API server'. */
  readonly of: string;
  /** Absent: that of an authority, which is not renewed. */
  readonly kind?: CertificateKind;
  readonly state: CertificateState;
  /** What is wrong with it and what comes of it, the gravest first. */
  readonly faults: readonly string[];
  readonly commonName?: string;
  /** Names and addresses that it is for. */
  readonly hosts: readonly string[];
  readonly issuer?: string;
  /** Hexadecimal. */
  readonly serial?: string;
  /** Epoch milliseconds. */
  readonly from?: number;
  readonly until?: number;
  /** Rounded down; negative once it has expired. */
  readonly daysLeft?: number;
}

/** Every certificate of a cluster, by the machine that it lies on. */
export interface ClusterCertificates {
  /** In the order of the configuration. */
  readonly machines: readonly MachineCertificates[];
}

/** Of a machine on which nothing of a cluster lies, none. */
export interface MachineCertificates extends StatusPart<readonly CertificateStatus[]> {
  readonly machine: string;
}

export interface DriftEntry {
  /** A path, or for what is no file of its own 'the container kubelet'. */
  readonly what: string;
  /** missing, changed: as it would be put there. extra: it lies where only what is put there belongs. */
  readonly state: 'missing' | 'changed' | 'extra';
  /** What differs, as a sentence. */
  readonly detail?: string;
}

export type StatusPartName =
  | 'API servers'
  | 'nodes'
  | 'pods'
  | 'etcd'
  | 'machines'
  | 'certificates'
  | 'drift'
  | 'versions';

export interface StatusFinding {
  readonly part: StatusPartName;
  /** unknown: it could not be found out. A notice leaves the cluster healthy. */
  readonly gravity: 'failed' | 'warning' | 'unknown' | 'notice';
  /** The machine, node or API server that it is about; absent: the cluster. */
  readonly machine?: string;
  /** Sentences, without the name of the machine. */
  readonly says: string;
  /** What mends it. */
  readonly mend?: Mend;
}

export interface Mend {
  /** A command of this program without `pai-tui`: 'cluster certificates renew'. Screens find their key by it. */
  readonly command?: string;
  /** What is to be done beside that, or instead of it, as a sentence. */
  readonly says?: string;
}

/** A part of a cluster in a line. */
export interface PartSummary {
  readonly part: StatusPartName;
  /** By the gravest finding. */
  readonly state: 'ok' | 'failed' | 'warning' | 'unknown';
  /** '3 of 3 ready' */
  readonly says: string;
  /** Epoch milliseconds; of what came at several times, the first. */
  readonly at?: number;
}

/** Machines of which the same was found. */
export interface FoldedFinding extends Omit<StatusFinding, 'machine'> {
  /** Empty where it is about the cluster as a whole. */
  readonly machines: readonly string[];
}
