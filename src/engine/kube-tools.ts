/** A Kubernetes API server as a tool. kube/ brings the real one, tests bring others. */

import type {Secret} from './secret.ts';

export interface KubeAccess {
  /**
   * The API a kubeconfig (its whole text; it holds keys) speaks of. With `server` ('https://10.0.0.1:6443') that one is
   * asked instead, with the same trust and the same keys. Nothing is asked yet. Throws `kubeconfig-invalid`.
   */
  open(kubeconfig: Secret, server?: string): Kube;
}

/**
 * One API server, or whatever stands in front of several. Every call has a deadline of its own and throws
 * `api-unreachable` (nobody answers; nothing was changed), `api-lost` (the connection broke after a change was sent: it
 * may have been made), `api-not-trusted` (its certificate), `api-refused` (it says no, with its own words), `api-failed`
 * (it says that it could not), `api-unreadable` (what it answered), or the signal's reason.
 */
export interface Kube {
  /** 'https://10.0.0.1:6443' */
  readonly server: string;
  /** 'v1.20.2' */
  version(signal: AbortSignal): Promise<string>;
  /** Names of the checks of /readyz that fail ('etcd'); empty: ready. */
  notReady(signal: AbortSignal): Promise<readonly string[]>;
  /** In the order of their names. */
  nodes(signal: AbortSignal): Promise<readonly KubeNode[]>;
  /** In the order of their namespaces and names; without a namespace, those of all. */
  pods(of: PodChoice, signal: AbortSignal): Promise<readonly KubePod[]>;
  /** Undefined where there is no such object, or nothing of its kind. */
  read(object: ObjectName, signal: AbortSignal): Promise<KubeObject | undefined>;
  /** Server-side apply as field manager 'pai-tui', which takes over fields that others have set differently. */
  apply(object: KubeObject, signal: AbortSignal): Promise<Applied>;
  /** What `apply` would answer. The server checks all of it and changes nothing. */
  wouldApply(object: KubeObject, signal: AbortSignal): Promise<Applied>;
  /** JSON merge patch (null removes a key). Throws `not-found` without the object. */
  patch(object: ObjectName, patch: object, signal: AbortSignal): Promise<'changed' | 'unchanged'>;
  /** Asks for its removal and that of what it owns; either may take its time after this has resolved. */
  remove(object: ObjectName, signal: AbortSignal): Promise<'removed' | 'not there'>;
  /**
   * Asks for a pod to go by the eviction API, which goes by disruption budgets: with `refused` nothing was changed. The
   * pod may take its time after this has resolved. Another pod of its name is left alone: that is `not there`.
   */
  evict(pod: PlacedPod, signal: AbortSignal): Promise<Eviction>;
  /** Asks for a pod to go whatever budgets say. `isLost`: at once, since its kubelet will never say that it has ended. */
  removePod(pod: PlacedPod, options: {readonly isLost: boolean}, signal: AbortSignal): Promise<'removed' | 'not there'>;
  /** What a container has printed, its last megabyte at most. Throws `not-found` without the pod. */
  podLog(of: PodLogChoice, signal: AbortSignal): Promise<string>;
  /** Closes its connections. Calls under way are aborted. */
  close(): Promise<void>;
}

export type Applied = 'created' | 'changed' | 'unchanged';

/** One pod, and no other one of its name. */
export interface PlacedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
}

export type Eviction =
  | {readonly type: 'evicted'}
  | {readonly type: 'not there'}
  /** In the words of the API server, which name the budget where there is one: 'The disruption budget web needs 2 …'. */
  | {readonly type: 'refused'; readonly says: string};

export interface PodChoice {
  readonly namespace?: string;
  /** The name of the node they run on. */
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PodLogChoice {
  readonly namespace: string;
  readonly pod: string;
  /** Needed where the pod has several. */
  readonly container?: string;
  /** Of the container that ran before this one. */
  readonly previous?: boolean;
  /** Lines counted from the end; absent: all. */
  readonly lines?: number;
}

export interface ObjectName {
  /** 'v1', 'apps/v1' */
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Absent: 'default' where the kind has namespaces. */
  readonly namespace?: string;
}

export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
  };
  readonly [key: string]: unknown;
}

export interface KubeNode {
  readonly name: string;
  /** unknown: its kubelet has not been heard for a while, or never. */
  readonly ready: 'ready' | 'not ready' | 'unknown';
  /** Why it is not ready, in the kubelet's words. */
  readonly reason?: string;
  /** 'memory', 'disk', 'pid', 'network': what it complains of besides. */
  readonly pressures: readonly string[];
  /** Its kubelet: 'v1.20.2'. */
  readonly version: string;
  /** 'docker://20.10.24' */
  readonly runtime: string;
  /** Its InternalIP, else its first. */
  readonly address?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** 'key=value:NoSchedule' */
  readonly taints: readonly string[];
  /** New pods are sent there: false when it was cordoned. */
  readonly schedulable: boolean;
  /** Epoch milliseconds of the last status its kubelet sent; absent: never. */
  readonly heardAt?: number;
  readonly createdAt: number;
  /** '10.244.3.0/24' */
  readonly podRange?: string;
}

export interface KubePod {
  readonly namespace: string;
  readonly name: string;
  /** Absent: not yet placed. */
  readonly node?: string;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly ready: boolean;
  /** Asked to go, and not yet gone. */
  readonly leaving: boolean;
  /** What keeps it, shortest first cause: 'ImagePullBackOff', 'CrashLoopBackOff', 'Unschedulable'. */
  readonly reason?: string;
  /** The words that came with it. */
  readonly message?: string;
  readonly restarts: number;
  readonly address?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly uid: string;
  /** 'DaemonSet kube-proxy', 'Node master-1' (a static pod). */
  readonly owner?: string;
  /** The owner that makes another one where this one goes; absent: nobody does. */
  readonly controller?: string;
  /** Names of its volumes that end with it (emptyDir). */
  readonly ownVolumes: readonly string[];
  /** What the API shows of a static pod, which its kubelet alone can end. */
  readonly isMirror: boolean;
  readonly containers: readonly {readonly name: string; readonly image: string; readonly ready: boolean}[];
  readonly createdAt: number;
}

export function nameOf({apiVersion, kind, metadata: {name, namespace}}: KubeObject): ObjectName {
  return {apiVersion, kind, name, ...(namespace === undefined ? {} : {namespace})};
}

/** 'DaemonSet kube-system/kube-proxy', 'Node gpu-01': as effects and messages name an object. */
export function objectWords({kind, namespace, name}: ObjectName): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
