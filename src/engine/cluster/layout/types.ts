/** The cluster that a configuration describes, as those see it who boot, check and clean it. */

import type {Role} from '../../config/types.ts';

export interface ClusterLayout {
  /** What is typed to confirm: the cluster's id, else the name of the folder. */
  readonly name: string;
  /** In the order of the configuration. */
  readonly machines: readonly ClusterMachine[];
  /** A machine may be master and worker. */
  readonly masters: readonly ClusterMachine[];
  readonly workers: readonly ClusterMachine[];
  readonly proxies: readonly ClusterMachine[];
  /** Where clients reach the API. */
  readonly api: {readonly host: string; readonly port: number};
  /** Where the API server of each master listens. */
  readonly masterPort: number;
  readonly availability: 'single-master' | 'external-balancer' | 'proxy';
  /** 'v1.20.2'; all parts agree to the minor. */
  readonly version: string;
  /** Whether this program was seen to boot that version. */
  readonly isProven: boolean;
  /** '3.4.13-0', as its image is tagged. */
  readonly etcdVersion: string;
  readonly serviceRange: string;
  /** The first address of the range: the API from within. */
  readonly serviceAddress: string;
  /** The name server that pods are given; absent: that of their machine. */
  readonly dns?: string;
  /** 'cluster.local' */
  readonly domain: string;
  /** The folder on the masters that is mounted into etcd; its data lie in `data` below it. */
  readonly etcdDataPath: string;
  /** Whether kubelets evict pods when 5 % of memory, disk or inodes are left. */
  readonly qosSwitch: boolean;
  readonly podNetwork: PodNetwork;
  /** Full references. */
  readonly images: Readonly<Record<ImageName, string>>;
  /** Whether masters forward plain HTTP on port 8080 to the API. */
  readonly plainHttp: boolean;
  readonly docker: DockerSource;
  /** A file of this computer, applied once the API is up. */
  readonly dnsManifest?: string;
}

export interface ClusterMachine {
  /** The host name of the configuration. */
  readonly name: string;
  readonly nodeName: string;
  /** As the configuration has it: an IPv4 address, or a name where that was taken with a warning. */
  readonly address: string;
  readonly roles: readonly Role[];
  /** Of masters alone. */
  readonly etcdId?: string;
  /** Where docker keeps its data. */
  readonly dockerData: string;
  readonly labels: readonly string[];
  readonly sku?: string;
}

/** What the operator asks for; 'auto' is routes where the check allows them, else host. */
export type PodNetwork =
  | {readonly kind: 'auto'; readonly range: string}
  | {readonly kind: 'host'}
  | {readonly kind: 'routes'; readonly range: string}
  /** A file of this computer, absolute. */
  | {readonly kind: 'manifest'; readonly range: string; readonly file: string};

export type ImageName =
  | 'apiserver'
  | 'controllerManager'
  | 'scheduler'
  | 'hyperkube'
  | 'etcd'
  | 'pause'
  | 'dashboard'
  | 'haproxy'
  | 'proxy';

/** Where docker comes from on a machine that has none; with nothing of it, from the machine's own repositories. */
export interface DockerSource {
  /** A line of sources.list. */
  readonly repository?: string;
  /** What is installed; absent: what the distribution calls docker. */
  readonly packages?: readonly string[];
  /** A tar of .deb or .rpm files on this computer, absolute. */
  readonly bundle?: string;
  /** Written into daemon.json. */
  readonly mirrors?: readonly string[];
  /** Written into daemon.json. */
  readonly insecureRegistries?: readonly string[];
}
