import {expect, test} from 'vitest';
import {judgeStatus} from '../../../src/engine/cluster/status/judge-status.ts';
import type {CertificateStatus, ClusterStatus} from '../../../src/engine/cluster/types.ts';
import {firstUnfolded, type StatusItem, statusItems} from '../../../src/screens/cluster/status/status-items.ts';
import {clusterStatusOf, withMachine, withNode} from '../../helpers/cluster-status.ts';
import {etcdReportOf} from '../../helpers/etcd-report.ts';
import {fakeNow} from '../../helpers/fake-now.ts';

const said = (items: readonly StatusItem[] = []) =>
  items.map(({state, word, name, says}) => `${state} ${word} | ${name} | ${says}`);
const find = (status: ClusterStatus, id: string) => statusItems(status).find((item) => item.id === id);
const below = (status: ClusterStatus, id: string) => said(find(status, id)?.children);
const down = {code: 'machine-unreachable', message: 'It does not answer.', hint: 'Switch it on.'} as const;

test('a healthy cluster in a line for each part, machines in groups', () => {
  const status = clusterStatusOf(() => ({etcd: {known: etcdReportOf(), at: fakeNow}}));
  expect(said(statusItems(status))).toEqual([
    'ok ok | masters | 3 of 3 ready',
    'ok ok | proxies | 1 of 1 ready',
    'ok ok | workers | 2 of 2 ready',
    'ok ok | API servers | 3 of 3 ready; https://10.0.0.9:6443 leads to them',
    'ok ok | etcd | leader infra-01, term 4, 21 MB; 3 voting members, 3 healthy.',
    'ok ok | pods | 12 of 12 ready',
    'ok ok | certificates | 6 of 6 good; the first ends in 212 days (infra-01)',
    'ok ok | drift | none on 6 machines',
    'ok ok | versions | v1.20.2 (configuration: v1.20.2)',
    'ok none | problems | nothing is wrong',
  ]);
  expect(below(status, 'masters')[0]).toBe('ok ready | infra-01 | API ready, etcd leader, 2/2 pods, v1.20.2');
});

test('a cluster that was never booted has no etcd that could have a quorum', () => {
  const status = clusterStatusOf(({machines}) => ({
    etcd: {known: {...etcdReportOf(), state: 'no quorum'}, at: fakeNow},
    machines: machines.map((one) => ({...one, known: {isPart: false, certificates: [], drift: {}}})),
  }));
  const etcd = find(status, 'etcd');
  expect([etcd?.state, etcd?.word, etcd?.children]).toEqual(['skipped', 'not booted', undefined]);
});

test.each<readonly [string, string, ClusterStatus]>([
  [
    'a node that is not ready',
    'failed not ready',
    clusterStatusOf((parts) => withNode(parts, 'gpu-01', (node) => ({...node, state: 'not ready'}))),
  ],
  [
    'a node whose kubelet is not heard',
    'failed silent',
    clusterStatusOf((parts) => withNode(parts, 'gpu-01', (node) => ({...node, state: 'unknown'}))),
  ],
  [
    'a node that the API does not know',
    'failed missing',
    clusterStatusOf((parts) => withNode(parts, 'gpu-01', ({node: _, ...node}) => ({...node, state: 'missing'}))),
  ],
  [
    'a machine that is not reached, though its node is ready',
    'unknown unknown',
    clusterStatusOf((parts) => withMachine(parts, 'gpu-01', ({machine, roles}) => ({machine, roles, problem: down}))),
  ],
  [
    'one that was not asked yet, as the API was not',
    'waiting asking',
    clusterStatusOf((parts) => ({
      ...withMachine(parts, 'gpu-01', ({machine, roles}) => ({machine, roles})),
      nodes: {},
    })),
  ],
  [
    'one of which the API could say nothing any more',
    'unknown unknown',
    clusterStatusOf(({nodes}) => ({
      nodes: {...nodes, problem: {code: 'api-unreachable', message: 'No API server answers.'}},
    })),
  ],
])('%s is told by glyph and word', (_, expected, status) => {
  expect(below(status, 'workers')[0]).toMatch(new RegExp(`^${expected} \\| gpu-01`));
});

test('nodes that the configuration does not have are a group of their own', () => {
  const status = clusterStatusOf(({nodes}) => ({
    nodes: {
      ...nodes,
      known: [
        ...(nodes.known ?? []),
        {name: 'stray', nodeName: 'stray', roles: [], isConfigured: false, state: 'ready'},
      ],
    },
  }));
  expect(below(status, 'others')).toEqual([
    'warning degraded | stray | It is a node, and the configuration does not have it.',
  ]);
});

test('certificates: the one that ends first at the top, the same of many machines once', () => {
  const certificate = (of: string, daysLeft: number | undefined): CertificateStatus => ({
    ...{file: `/etc/kubernetes/pki/${of}.crt`, of, kind: 'kubelet', hosts: [], faults: []},
    ...(daysLeft === undefined ? {state: 'missing'} : {state: daysLeft < 30 ? 'expiring' : 'good', daysLeft}),
  });
  const status = clusterStatusOf(({machines}) => ({
    machines: machines.map((one, index) => ({
      ...one,
      ...(one.known
        ? {
            known: {
              ...one.known,
              certificates: [
                certificate('the kubelet', 212),
                ...(index === 0 ? [certificate('etcd', 9), certificate('the API server', undefined)] : []),
              ],
            },
          }
        : {}),
    })),
  }));
  expect(below(status, 'certificates')).toEqual([
    'failed missing | days not known | the API server on infra-01',
    'warning expiring | 9 days | etcd on infra-01',
    'ok good | 212 days | the kubelet on infra-[01-03],proxy-01,gpu-[01-02]',
  ]);
});

test('files that differ are told once for all machines, and machines where that is not known', () => {
  const status = clusterStatusOf(({machines}) => ({
    machines: machines.map((one) => {
      if (!one.known) return one;
      const drift = one.roles.includes('proxy')
        ? {problem: down}
        : {at: fakeNow, known: [{what: '/etc/docker/daemon.json', state: 'changed' as const, detail: 'bip is other.'}]};
      return {...one, known: {...one.known, drift}};
    }),
  }));
  expect(below(status, 'drift')).toEqual([
    'warning changed | infra-[01-03],gpu-[01-02] | /etc/docker/daemon.json',
    'unknown unknown | proxy-01 | ',
  ]);
});

test('each problem has the key that mends it, where there is one', () => {
  const status = clusterStatusOf((parts) => ({
    ...withNode(parts, 'gpu-01', ({node: _, ...node}) => ({...node, state: 'missing'})),
    machines: parts.machines.map((one) => {
      if (one.machine === 'gpu-02') return {machine: one.machine, roles: one.roles, problem: down};
      if (one.machine !== 'infra-02' || !one.known) return one;
      const [first] = one.known.certificates;
      const expired = first ? [{...first, state: 'expired' as const, faults: ['It has expired.']}] : [];
      return {...one, known: {...one.known, certificates: expired, kubelet: {isRunning: false, image: 'k'}}};
    }),
  }));
  const keys = statusItems(status)
    .find(({id}) => id === 'problems')
    ?.children?.map(({says, mend}) => `${mend?.key} ${mend?.word} ${mend?.container ?? ''}| ${says}`);
  expect(keys).toEqual([
    'B boot | gpu-01: The API does not know its node.',
    'R renew | infra-02: It has expired (/etc/kubernetes/pki/kubelet.crt).',
    'l log kubelet| infra-02: Its kubelet does not run.',
    'm machine | gpu-02: It does not answer.',
  ]);
});

test('a thousand workers: folded to a line, and one problem of all of them is one', () => {
  const status = manyWorkers(1000);
  const items = statusItems(status);
  expect(said(items)).toContain('failed failed | workers | 3 of 1000 not ready, 997 of 1000 ready');
  expect(below(status, 'problems')).toEqual([
    'failed failed | nodes | gpu-[0000-0002]: It is not ready: its kubelet does not say why.',
  ]);
  expect([...firstUnfolded(items, 40)]).toEqual(['problems']);
  expect([...firstUnfolded(statusItems(clusterStatusOf()), 40)]).toEqual(['masters', 'proxies', 'workers', 'problems']);
});

function manyWorkers(amount: number): ClusterStatus {
  const {health, findings: _, ...parts} = clusterStatusOf();
  const names = Array.from({length: amount}, (__, index) => `gpu-${String(index).padStart(4, '0')}`);
  const machine = parts.machines.find(({roles}) => roles.includes('worker'));
  const node = parts.nodes.known?.find(({roles}) => roles.includes('worker'));
  if (!machine || !node) throw new Error('There is no worker.');
  const many = {
    ...parts,
    machines: names.map((name) => ({...machine, machine: name})),
    nodes: {
      ...parts.nodes,
      known: names.map((name, index) => ({
        ...node,
        name,
        nodeName: name,
        state: index < 3 ? ('not ready' as const) : ('ready' as const),
      })),
    },
  };
  return {...many, health, findings: judgeStatus(many)};
}
