/** What a machine says of itself. */

/** What one round trip found out. Absent: the machine does not say. Sizes in bytes. */
export interface MachineFacts {
  readonly hostName: string;
  readonly machineId?: string;
  /** 'Ubuntu 22.04.4 LTS' */
  readonly os?: string;
  readonly kernel: string;
  readonly architecture: string;
  readonly uptimeSeconds?: number;
  /** 0: the machine does not say. */
  readonly cpus: number;
  readonly cpuModel?: string;
  readonly load?: readonly [number, number, number];
  readonly memory: {readonly total: number; readonly available: number};
  readonly swap: {readonly total: number; readonly used: number};
  readonly disks: readonly DiskFact[];
  /** The machine's clock minus this one's, in milliseconds, give or take `uncertainMs` (infinite: it does not say). */
  readonly clock: {readonly offsetMs: number; readonly uncertainMs: number};
  readonly timeZone?: string;
  readonly ports: readonly PortFact[];
  readonly docker?: {readonly version?: string; readonly running: boolean; readonly dataRoot?: string};
  readonly containerd?: {readonly version?: string; readonly running: boolean};
  readonly cgroup: 'v1' | 'v2' | 'hybrid' | 'none';
  readonly initSystem?: string;
  /** Without loopback and link-local ones. */
  readonly addresses: readonly {readonly device: string; readonly address: string}[];
  readonly gpus: readonly GpuFact[];
  /** The driver's version as nvidia-smi says it. */
  readonly gpuDriver?: string;
  /** What an earlier Kubernetes left: '/etc/kubernetes', 'container kubelet', 'process etcd', 'unit kubelet', … */
  readonly leftovers: readonly string[];
  /** with password: it asks for one; whether it then lets the account in is seen when it is used. unknown: not asked. */
  readonly sudo: 'root' | 'without password' | 'with password' | 'none' | 'unknown';
  /** Programs that gave no answer in time and were left behind: 'nvidia-smi', 'docker', 'df'. */
  readonly hung: readonly string[];
  /** Parts that could not be asked, as sentences. */
  readonly missing: readonly string[];
}

export interface DiskFact {
  readonly mount: string;
  readonly device: string;
  readonly type: string;
  readonly size: number;
  readonly used: number;
  /** For everybody: what is kept for root is neither used nor available. */
  readonly available: number;
  /** Share of inodes that are used, 0 to 1. */
  readonly inodesUsed?: number;
  readonly readOnly: boolean;
}

export interface PortFact {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly process?: string;
}

export interface GpuFact {
  /** PCI address. */
  readonly slot?: string;
  readonly model: string;
  readonly memory?: number;
  /** false: the card is on the bus and the driver does not have it. */
  readonly driven: boolean;
}
