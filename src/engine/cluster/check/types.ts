/** What is asked before Kubernetes goes on machines, and what is made of the answers. */

import type {MachineFacts, PortFact} from '../../machines/types.ts';
import type {Problem} from '../../problem.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import type {ClusterTraces} from '../membership.ts';

// ---------------------------------------------------------------- results

/** unknown: it could not be asked. warning: the cluster can be booted all the same. */
export type CheckState = 'ok' | 'warning' | 'failed' | 'unknown';

export interface CheckResult {
  /** Absent: it is about the cluster as a whole, or about this computer. */
  readonly machine?: string;
  /** What was checked: 'ports', 'clock', …; see `checkNames`. */
  readonly check: CheckName;
  readonly state: CheckState;
  /** A sentence. */
  readonly detail: string;
  /** What to do about it, as a sentence. */
  readonly fix?: string;
}

/** Every check there is, in the order of showing. */
export const checkNames = [
  'reachable',
  'sudo',
  'system',
  'memory',
  'disk',
  'swap',
  'cgroup',
  'modules',
  'docker',
  'ports',
  'leftovers',
  'etcd data',
  'registry',
  'images',
  'host name',
  'identity',
  'dns',
  'clock',
  'network',
  'segment',
  'ranges',
  'balancer',
  'masters',
  'version',
] as const;

export type CheckName = (typeof checkNames)[number];

// ---------------------------------------------------------------- the cluster

/** What the checks have to know of the cluster that is to be. */
export interface CheckedCluster
  extends Pick<
    ClusterLayout,
    | 'api'
    | 'masterPort'
    | 'availability'
    | 'version'
    | 'isProven'
    | 'serviceRange'
    | 'podNetwork'
    | 'etcdDataPath'
    | 'images'
    | 'docker'
  > {
  readonly machines: readonly CheckedMachine[];
}

export type CheckedMachine = Pick<ClusterMachine, 'name' | 'address' | 'roles' | 'dockerData'>;

// ---------------------------------------------------------------- facts

/** Everything that was asked; plain data, so that a plan that was made by it can be made again. */
export interface CheckFacts {
  /** In the order of the configuration. */
  readonly machines: readonly AskedMachine[];
  readonly api: ApiFacts;
}

/** One machine, or why it could not be asked. */
export interface AskedMachine {
  readonly name: string;
  /** Why nothing is known of it. */
  readonly problem?: Problem;
  readonly facts?: CheckedFacts;
  /** Absent where the second question was not answered: `answerProblem` says why. */
  readonly answer?: MachineAnswer;
  readonly answerProblem?: Problem;
  /** Why it was asked without sudo; absent where that worked. */
  readonly sudoProblem?: Problem;
}

/** The facts of a machine without what JSON cannot say. */
export interface CheckedFacts extends Omit<MachineFacts, 'clock'> {
  /** Absent where the machine does not say. Milliseconds, as in MachineFacts. */
  readonly clock?: MachineFacts['clock'];
}

export interface MachineAnswer {
  /** Whether it was root who asked. */
  readonly isRoot: boolean;
  readonly folders: readonly FolderFact[];
  readonly modules: Readonly<Record<string, ModuleState>>;
  /** With programs where root asked. */
  readonly ports: readonly PortFact[];
  /** What docker says of itself, where it answers. */
  readonly docker?: DockerFact;
  /** Whether there is a command called docker. */
  readonly hasDocker: boolean;
  /** What installs packages: 'apt-get', 'dnf', 'yum', 'zypper'. */
  readonly installers: readonly string[];
  /** Versions of docker that apt would install, by package; asked only where there is no docker. */
  readonly candidates: Readonly<Record<string, string>>;
  readonly images: readonly ImageFact[];
  readonly names: readonly {readonly name: string; readonly addresses: readonly string[] | 'none' | 'unknown'}[];
  readonly resolver: {readonly servers: readonly string[]; readonly search: readonly string[]};
  readonly routes: readonly RouteFact[];
  /** By network device. */
  readonly macs: Readonly<Record<string, string>>;
  readonly others: readonly OtherMachine[];
  /** Which cluster it is of, and the digest of the authority it believes. */
  readonly member: ClusterTraces & {readonly authority?: string};
  /** Folders that hold etcd data, and those that were moved aside. */
  readonly etcdData: readonly string[];
  readonly etcdKept: readonly string[];
  /** Etcd was healthy here once: an API server was put beside it. */
  readonly hadEtcd?: true;
  /** Controllers of control groups; absent where it does not say. */
  readonly controllers?: readonly string[];
  readonly hung: readonly string[];
  readonly missing: readonly string[];
}

/** Room at a folder; bytes. */
export interface FolderFact {
  readonly folder: string;
  /** The nearest folder that is there. */
  readonly at: string;
  readonly isLocked: boolean;
  readonly mount?: string;
  readonly size?: number;
  readonly used?: number;
  readonly available?: number;
}

/** loaded: or part of the kernel. loadable: it lies on the disk. unknown: the machine has no list of modules. */
export type ModuleState = 'loaded' | 'loadable' | 'missing' | 'unknown';

export interface DockerFact {
  readonly version: string;
  readonly cgroupDriver?: string;
  readonly storageDriver?: string;
  readonly dataRoot?: string;
  readonly insecureRegistries: readonly string[];
  /** Names of containers that run. */
  readonly containers: readonly string[];
}

/**
 * here: the machine has it. there: its registry has it. plain: so it does, but speaks HTTP without TLS. absent: the
 * registry says that there is no such image. refused: the registry wants a login. unreachable: nobody answers, or not
 * as a registry does. unknown: it could not be asked.
 */
export interface ImageFact {
  readonly image: string;
  readonly state: 'here' | 'there' | 'plain' | 'absent' | 'refused' | 'unreachable' | 'unknown';
  /** What was said instead, for people. */
  readonly said?: string;
}

export interface RouteFact {
  /** 'default', '10.0.0.0/24', '10.1.2.3' */
  readonly to: string;
  readonly device?: string;
  readonly via?: string;
  /** One to pods that a boot put there, by what it wrote down on the machine. */
  readonly isOfBoot?: true;
}

/** How a machine reaches another one. */
export interface OtherMachine {
  readonly address: string;
  /** No gateway in between, as the routes have it; absent where there is no route. */
  readonly route?: 'direct' | 'gateway' | 'itself';
  readonly device?: string;
  /** Whether a packet that may make one step only came back; absent: it could not be tried. */
  readonly answers?: boolean;
  /** What the kernel knows it by on that segment. */
  readonly mac?: string;
}

/** What this computer sees of the API servers. */
export interface ApiFacts {
  /** By 'address:port'. */
  readonly endpoints: readonly ApiEndpoint[];
}

export interface ApiEndpoint {
  readonly host: string;
  readonly port: number;
  /** refused: somebody is there, and nothing listens. */
  readonly state: 'answers' | 'no TLS' | 'refused' | 'silent';
  /** Digests of the certificates that were shown, each once, in the order they came. */
  readonly certificates: readonly string[];
}
