/** A running cluster as the engine tells of it: three masters behind a proxy, two workers, all well. */

import type {EtcdMember, EtcdReport} from '../../src/engine/cluster/etcd/types.ts';
import {healthOf, judgeStatus, type StatusParts} from '../../src/engine/cluster/status/judge-status.ts';
import type {
  CertificateStatus,
  ClusterStatus,
  MachineStatus,
  NodeStatus,
} from '../../src/engine/cluster/status/types.ts';
import type {Role} from '../../src/engine/config/types.ts';
import type {KubeNode} from '../../src/engine/kube-tools.ts';
import {fakeNow} from './fake-now.ts';

const machines = [
  ['infra-01', '10.0.0.1', 'master'],
  ['infra-02', '10.0.0.2', 'master'],
  ['infra-03', '10.0.0.3', 'master'],
  ['proxy-01', '10.0.0.9', 'proxy'],
  ['gpu-01', '10.0.0.11', 'worker'],
  ['gpu-02', '10.0.0.12', 'worker'],
] as const satisfies readonly (readonly [string, string, Role])[];

/** Health and findings are judged of what was changed. */
export function clusterStatusOf(change: (parts: StatusParts) => Partial<StatusParts> = () => ({})): ClusterStatus {
  const healthy = healthyParts();
  const parts = {...healthy, ...change(healthy)};
  const findings = judgeStatus(parts);
  return {...parts, findings, health: healthOf(parts, findings)};
}

/** The parts with one machine changed. */
export function withMachine(
  {machines: all}: StatusParts,
  name: string,
  change: (machine: MachineStatus) => MachineStatus,
): Pick<StatusParts, 'machines'> {
  return {machines: all.map((one) => (one.machine === name ? change(one) : one))};
}

/** The parts with one node changed. */
export function withNode(
  {nodes}: StatusParts,
  name: string,
  change: (node: NodeStatus) => NodeStatus,
): Pick<StatusParts, 'nodes'> {
  return {nodes: {...nodes, known: (nodes.known ?? []).map((node) => (node.name === name ? change(node) : node))}};
}

function healthyParts(): StatusParts {
  const at = fakeNow - 2000;
  return {
    cluster: 'pai',
    versions: {kubernetes: 'v1.20.2', etcd: '3.4.13-0'},
    api: {
      at,
      known: {
        servers: [
          ...machines.flatMap(([machine, address, role]) =>
            role === 'master' ? [{machine, server: `https://${address}:6443`}] : [],
          ),
          {server: 'https://10.0.0.9:6443'},
        ].map((server) => ({...server, state: 'ready', failing: [], version: 'v1.20.2', at})),
        leaders: [
          {component: 'controller manager', holder: 'infra-01', renewedAt: at},
          {component: 'scheduler', holder: 'infra-02', renewedAt: at},
        ],
      },
    },
    nodes: {
      at,
      known: machines.map(([name, address, role]) => ({
        ...{name, nodeName: name, roles: [role], isConfigured: true, state: 'ready', node: nodeOf(name, address)},
      })),
    },
    pods: {
      at,
      known: {
        counts: {all: 12, ready: 12, troubled: 0},
        byNamespace: [{namespace: 'kube-system', all: 12, ready: 12, troubled: 0}],
        byNode: machines.map(([node]) => ({node, all: 2, ready: 2, troubled: 0})),
        system: [],
        troubled: [],
      },
    },
    etcd: {at, known: healthyEtcd(at)},
    machines: machines.map(([machine, address, role]) => ({
      ...{machine, roles: [role], at},
      known: {
        isPart: true,
        certificates: [certificateOf('kubelet', 'the kubelet', [machine, address])],
        drift: {known: [], at},
        kubelet: {isRunning: true, startedAt: at - 86_400_000, image: 'registry/hyperkube:v1.20.2'},
      },
    })),
  };
}

function healthyEtcd(at: number): EtcdReport {
  const members = machines
    .filter(([, , role]) => role === 'master')
    .map(
      ([machine, address], index): EtcdMember => ({
        ...{name: `etcd-${machine}`, id: `a${index}`, machine, state: 'healthy', at},
        ...{peerUrls: [`https://${address}:2380`], clientUrls: [`https://${address}:2379`]},
        ...{isLearner: false, isLeader: index === 0, alarms: []},
      }),
    );
  const [leader] = members;
  return {
    ...{state: 'ok', members, isMembershipKnown: true, term: 3, problems: []},
    quorum: {
      ...{voters: 3, healthy: 3, unknown: 0, needed: 2, spare: 1, isThere: true},
      words: '3 voting members, all healthy. 1 more may fail.',
    },
    ...(leader ? {leader} : {}),
  };
}

function nodeOf(name: string, address: string): KubeNode {
  return {
    ...{name, ready: 'ready', pressures: [], version: 'v1.20.2', runtime: 'docker://20.10.24', address},
    ...{labels: {}, taints: [], schedulable: true, heardAt: fakeNow - 4000, createdAt: fakeNow - 86_400_000},
  };
}

function certificateOf(kind: 'kubelet', of: string, hosts: readonly string[]): CertificateStatus {
  return {
    ...{file: `/etc/kubernetes/pki/${kind}.crt`, of, kind, state: 'good', faults: [], hosts},
    ...{commonName: `system:node:${hosts[0]}`, issuer: 'kubernetes-ca', serial: '0A'},
    ...{from: fakeNow - 153 * 86_400_000, until: fakeNow + 212 * 86_400_000, daysLeft: 212},
  };
}
