import {judgeCluster} from '../../../src/engine/cluster/check/judge.ts';
import type {
  AskedMachine,
  CheckedCluster,
  CheckedFacts,
  CheckedMachine,
  CheckFacts,
  CheckResult,
  MachineAnswer,
} from '../../../src/engine/cluster/check/types.ts';

const gibibyte = 1024 ** 3;
const names = ['master-1', 'gpu-01', 'gpu-02'] as const;
type SampleName = (typeof names)[number];

const addressOf = (name: string) => `10.0.0.${names.indexOf(name as SampleName) + 11}`;
const macOf = (name: string) => `02:00:00:00:00:0${names.indexOf(name as SampleName) + 1}`;

export const sampleCluster: CheckedCluster = {
  machines: names.map(
    (name): CheckedMachine => ({
      name,
      address: addressOf(name),
      roles: name === 'master-1' ? ['master'] : ['worker'],
      dockerData: '/var/lib/docker',
    }),
  ),
  api: {host: '10.0.0.11', port: 6443},
  masterPort: 6443,
  availability: 'single-master',
  version: 'v1.20.2',
  isProven: true,
  serviceRange: '10.254.0.0/16',
  podNetwork: {kind: 'routes', range: '10.200.0.0/16'},
  etcdDataPath: '/var/etcd',
  images: {
    apiserver: 'reg.example/kube-apiserver:v1.20.2',
    controllerManager: 'reg.example/kube-controller-manager:v1.20.2',
    scheduler: 'reg.example/kube-scheduler:v1.20.2',
    hyperkube: 'reg.example/hyperkube:v1.20.2',
    etcd: 'reg.example/etcd:3.4.23',
    pause: 'reg.example/pause-amd64:3.0',
    dashboard: 'reg.example/dashboard:1',
    haproxy: 'reg.example/haproxy:2.6',
    proxy: 'reg.example/hyperkube:v1.20.2',
  },
  docker: {},
};

export function sampleFacts(name: string): CheckedFacts {
  return {
    hostName: name,
    machineId: `id-of-${name}`,
    os: 'Debian GNU/Linux 12',
    kernel: 'Linux 6.1.0',
    architecture: 'x86_64',
    cpus: 8,
    memory: {total: 64 * gibibyte, available: 60 * gibibyte},
    swap: {total: 0, used: 0},
    disks: [],
    clock: {offsetMs: 0, uncertainMs: 5},
    ports: [],
    cgroup: 'v1',
    addresses: [{device: 'eth0', address: addressOf(name)}],
    gpus: [],
    leftovers: [],
    sudo: 'without password',
    hung: [],
    missing: [],
  };
}

export function sampleAnswer(name: string): MachineAnswer {
  const room = {mount: '/', size: 100 * gibibyte, used: 20 * gibibyte, available: 80 * gibibyte};
  return {
    isRoot: true,
    folders: ['/var/lib/docker', '/var/lib/kubelet'].map((folder) => ({
      folder,
      at: '/var/lib',
      isLocked: false,
      ...room,
    })),
    modules: {overlay: 'loaded', br_netfilter: 'loaded', nf_conntrack: 'loaded', ip_tables: 'loaded'},
    ports: [{port: 22, protocol: 'tcp', address: '0.0.0.0', process: 'sshd'}],
    docker: {
      version: '20.10.24',
      cgroupDriver: 'cgroupfs',
      storageDriver: 'overlay2',
      dataRoot: '/var/lib/docker',
      insecureRegistries: [],
      containers: [],
    },
    hasDocker: true,
    installers: ['apt-get'],
    candidates: {},
    images: Object.values(sampleCluster.images).map((image) => ({image, state: 'there'})),
    names: [{name, addresses: [addressOf(name)]}],
    resolver: {servers: ['10.0.0.2'], search: ['example']},
    routes: [
      {to: 'default', device: 'eth0', via: '10.0.0.1'},
      {to: '10.0.0.0/24', device: 'eth0'},
      {to: '172.17.0.0/16', device: 'docker0'},
    ],
    macs: {eth0: macOf(name), docker0: '02:42:00:00:00:01'},
    others: names
      .filter((other) => other !== name)
      .map((other) => ({address: addressOf(other), route: 'direct', device: 'eth0', answers: true, mac: macOf(other)})),
    member: {servers: []},
    etcdData: [],
    etcdKept: [],
    controllers: ['cpu', 'memory', 'pids'],
    hung: [],
    missing: [],
  };
}

export interface Changes {
  readonly cluster?: Partial<CheckedCluster>;
  /** Of the first master, or of the machine that `on` names. */
  readonly on?: SampleName;
  readonly facts?: Partial<CheckedFacts>;
  readonly answer?: Partial<MachineAnswer>;
  readonly asked?: Partial<AskedMachine>;
  readonly api?: CheckFacts['api'];
}

/** Everything that was asked, as it is where all is well, but for what is changed. */
export function factsWith({on = 'master-1', facts, answer, asked, api = {endpoints: []}}: Changes = {}): CheckFacts {
  return {
    machines: names.map((name) => ({
      name,
      facts: {...sampleFacts(name), ...(name === on ? facts : {})},
      answer: {...sampleAnswer(name), ...(name === on ? answer : {})},
      ...(name === on ? asked : {}),
    })),
    api,
  };
}

export function judged(changes: Changes = {}): readonly CheckResult[] {
  return judgeCluster(factsWith(changes), {...sampleCluster, ...changes.cluster});
}
