/** What a configuration folder says, the same for every era. Nothing in here prints a secret. */

import type {Era} from '../catalog/types.ts';
import type {Secret} from '../secret.ts';
import type {Guarded} from './guarded.ts';
import type {Origin} from './origins.ts';
import type {RegistrySettings} from './registry.ts';
import type {Release} from './release.ts';
import type {Place} from './yaml-access.ts';

/** Which files a configuration is made of. */
export type ConfigFormat =
  | 'single-files' // A: cluster-config.yaml, clusterconfig.yaml
  | 'cluster-configuration' // B–F: four files
  | 'layout' // G: layout.yaml instead of the first of them
  | 'layout-and-config'; // H: layout.yaml and config.yaml

export interface ClusterConfig {
  /** The folder that was opened, or that of the file. */
  readonly folder: string;
  readonly format: ConfigFormat;
  /** Of the tree the configuration is for; without a tree the era its files look like. */
  readonly era: Era;
  readonly release: Release;
  readonly files: readonly ConfigFile[];
  readonly clusterId?: string;
  /** In the order of the file. */
  readonly machines: readonly MachineConfig[];
  /** Where formats have such a thing: B–F and H. */
  readonly machineDefaults?: MachineDefaults;
  readonly skus: ReadonlyMap<string, Sku>;
  /** Absent where the configuration says nothing of Kubernetes. */
  readonly kubernetes?: KubernetesConfig;
  readonly services: ServicesConfig;
  readonly registry?: RegistrySettings;
  /** What templates see, under the names of the era. */
  readonly views: Views;
  /** Where a value comes from: `originOf(machine, 'port')`, `originOf(config, 'clusterId')`, or an entry of a view. */
  originOf(holder: object, key: unknown): Origin | undefined;
}

export interface ConfigFile {
  readonly file: string;
  readonly name: string;
  /** Permission bits. */
  readonly mode: number;
  /** Whether it holds a password or another secret. */
  readonly hasSecret: boolean;
}

export type Role = 'master' | 'worker' | 'proxy';

export interface MachineConfig {
  readonly hostname: string;
  /** An IPv4 address, or a host name (which has its warning). */
  readonly address: string;
  readonly sshPort: number;
  readonly login: Login;
  /** What Kubernetes uses it for; in H, whose layout names no roles, the pai-master and the pai-workers. */
  readonly roles: readonly Role[];
  /** Keys whose value is the text "true", in the order of the file. */
  readonly labels: readonly string[];
  readonly etcdId?: string;
  readonly zkId?: string;
  /** The name of its sku, defined or not. */
  readonly machineType?: string;
  /** Where docker keeps its data. */
  readonly dockerData: string;
  /** What Kubernetes calls the node. */
  readonly nodeName: string;
  /** Where its entry is written; `below(place, key)` is where one of its keys is, or would be. */
  readonly place: Place;
}

/** What counts for every machine that does not say it itself, those of a node list too. */
export interface MachineDefaults {
  readonly place: Place;
  /** What a key of a machine is called there. */
  readonly keys: Readonly<Record<string, string>>;
}

/** How to log in; each part absent when the configuration does not say. */
export interface Login {
  readonly user?: string;
  readonly password?: Secret;
  /** As written: a path on this computer. */
  readonly keyFile?: string;
}

export interface Sku {
  readonly name: string;
  readonly cpus?: number;
  /** As written: GiB before v1.0, a Kubernetes quantity in H. */
  readonly memory?: string;
  readonly gpu?: {readonly type: string; readonly count: number};
  readonly place: Place;
}

export interface KubernetesConfig {
  readonly api: {readonly address: string; readonly port: number; readonly url: string};
  readonly dashboardUrl?: string;
  readonly serviceRange?: string;
  readonly dns?: string;
  readonly storageBackend?: string;
  /** Prefix of the images of Kubernetes itself. */
  readonly imagePrefix?: string;
  readonly versions: Readonly<Partial<Record<KubernetesPart, string>>>;
  /** Folder on the masters. */
  readonly etcdDataPath: string;
  readonly qosSwitch: boolean;
  readonly availability: Availability;
  /** Where the settings are written; `below(place, 'cluster-dns')` is one of them. Absent where all are defaults. */
  readonly place?: Place;
}

export type KubernetesPart = 'hyperkube' | 'apiserver' | 'scheduler' | 'controller-manager' | 'etcd' | 'dashboard';

/** The three ways of behaviour 6.9 by what the configuration looks like; whether it holds together is for rules. */
export type Availability =
  | {readonly kind: 'single-master'}
  | {readonly kind: 'external-balancer'}
  | {readonly kind: 'proxy'; readonly proxies: readonly string[]};

export interface ServicesConfig {
  /** How the file is written. */
  readonly format: 'single' | 'old' | 'new';
  /** The sections under the names of the new format, whatever the file has. */
  readonly sections: Guarded;
  /** Absent when there is no file of services. */
  readonly place?: Place;
}

export interface Views {
  readonly services: Guarded;
  readonly kubernetes: Guarded;
}
