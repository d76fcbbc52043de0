import {describe, expect, test} from 'vitest';
import {foldFindings} from '../../../src/engine/cluster/status/fold-findings.ts';
import type {StatusParts} from '../../../src/engine/cluster/status/judge-status.ts';
import {isTroubled, summarizePods} from '../../../src/engine/cluster/status/summarize-pods.ts';
import {summarizeStatus} from '../../../src/engine/cluster/status/summarize-status.ts';
import type {StatusFinding} from '../../../src/engine/cluster/status/types.ts';
import type {KubePod} from '../../../src/engine/kube-tools.ts';
import type {Problem} from '../../../src/engine/problem.ts';
import {clusterStatusOf, withMachine, withNode} from '../../helpers/cluster-status.ts';
import {etcdReportOf} from '../../helpers/etcd-report.ts';
import {fakeNow} from '../../helpers/fake-now.ts';
import {readyPod} from '../../helpers/kube-scene.ts';

const down: Problem = {code: 'machine-unreachable', message: 'gpu-02 does not answer.', hint: 'Switch it on.'};

type Change = (parts: StatusParts) => Partial<StatusParts>;

const node = (state: 'not ready' | 'unknown' | 'missing'): Change => {
  return (parts) => withNode(parts, 'gpu-02', (one) => ({...one, state}));
};

describe('a cluster', () => {
  test('that is well is healthy, with nothing to say', () => {
    const status = clusterStatusOf();
    expect(status).toMatchObject({health: 'healthy', findings: []});
    expect(summarizeStatus(status).map(({part, state, says}) => [part, state, says])).toEqual([
      ['API servers', 'ok', '3 of 3 ready; https://10.0.0.9:6443 leads to them'],
      ['nodes', 'ok', '6 of 6 ready'],
      ['pods', 'ok', '12 of 12 ready'],
      ['etcd', 'ok', '3 voting members, all healthy. 1 more may fail. infra-01 leads.'],
      ['machines', 'ok', '6 of 6 answer'],
      ['certificates', 'ok', '6 of 6 good; the first ends in 212 days (infra-01)'],
      ['drift', 'ok', 'none on 6 machines'],
      ['versions', 'ok', 'v1.20.2 (configuration: v1.20.2)'],
    ]);
  });

  test('that was never booted says that alone, and the command for it', () => {
    const nowhere: Change = ({machines}) => ({
      machines: machines.map(({known: _known, ...one}) => ({
        ...one,
        known: {isPart: false, certificates: [], drift: {known: [], at: fakeNow}},
      })),
      api: {problem: {code: 'not-found', message: 'No master has a kubeconfig.'}},
    });
    expect(clusterStatusOf(nowhere).findings).toEqual([
      expect.objectContaining({
        gravity: 'warning',
        says: 'The cluster is not booted: nothing of Kubernetes lies on its machines.',
        mend: expect.objectContaining({command: 'cluster k8s-bootup'}),
      }),
    ]);
  });

  test.each<readonly [string, Change, string, string | undefined]>([
    ['a node that is not ready', node('not ready'), 'failed', 'machine logs gpu-02 --container kubelet'],
    ['a node that is not heard', node('unknown'), 'failed', 'machine logs gpu-02 --container kubelet'],
    ['a machine that is no node', node('missing'), 'failed', 'cluster k8s-bootup'],
    [
      'a machine that does not answer',
      (parts) => withMachine(parts, 'gpu-02', (one) => ({...one, problem: down})),
      'unknown',
      undefined,
    ],
    [
      'a certificate that ends soon',
      (parts) =>
        withMachine(parts, 'gpu-02', ({known, ...one}) => ({
          ...one,
          known: {
            ...known,
            certificates: [
              {
                ...{file: '/etc/kubernetes/pki/kubelet.crt', of: 'the kubelet', kind: 'kubelet', state: 'expiring'},
                ...{faults: ['The certificate of the kubelet expires in 12 days, on 2026-12-10.'], hosts: []},
              },
            ],
            ...{isPart: true, drift: {known: [], at: fakeNow}},
          },
        })),
      'warning',
      'cluster certificates renew',
    ],
    [
      'a changed file',
      (parts) =>
        withMachine(parts, 'gpu-02', ({known, ...one}) => ({
          ...one,
          known: {
            ...{isPart: true, certificates: known?.certificates ?? []},
            drift: {known: [{what: '/etc/hosts', state: 'changed'}], at: fakeNow},
          },
        })),
      'warning',
      'cluster k8s-bootup',
    ],
    [
      'another version',
      (parts) =>
        withNode(parts, 'gpu-02', (one) => ({...one, ...(one.node ? {node: {...one.node, version: 'v1.19.9'}} : {})})),
      'warning',
      undefined,
    ],
  ])('with %s is degraded, and what mends it is said', (_, change, gravity, command) => {
    const {health, findings} = clusterStatusOf(change);
    expect(health).toBe('degraded');
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({machine: 'gpu-02', gravity});
    expect(findings[0]?.mend?.command).toBe(command);
  });

  test('says what each API server lacks, and that of others nothing is known', () => {
    const {findings, health} = clusterStatusOf(({api}) => ({
      api: {
        ...api,
        known: {
          leaders: [],
          servers: (api.known?.servers ?? []).map((server) => {
            if (server.machine === 'infra-02') return {...server, state: 'not ready', failing: ['etcd']};
            return server.machine === 'infra-03' ? {...server, state: 'unreachable'} : server;
          }),
        },
      },
    }));
    expect(health).toBe('degraded');
    expect(findings.map(({machine, says}) => `${machine}: ${says}`)).toEqual([
      'infra-02: Its API server is not ready: etcd fails.',
      'infra-03: Its API server does not answer.',
    ]);
  });

  test('is healthy with pods in trouble that are not of the system', () => {
    const {health, findings} = clusterStatusOf(({pods}) => ({
      pods: {
        ...pods,
        known: {
          ...{counts: {all: 3, ready: 1, troubled: 2}, byNode: [], system: [], troubled: []},
          byNamespace: [{namespace: 'default', all: 3, ready: 1, troubled: 2}],
        },
      },
    }));
    expect(health).toBe('healthy');
    expect(findings).toMatchObject([
      {gravity: 'notice', says: '2 pods in the namespace default are in trouble.', part: 'pods'},
    ]);
  });

  test('of a version that is not booted from here is looked at all the same', () => {
    const {health, findings} = clusterStatusOf((parts) => {
      const ends = {state: 'expiring', faults: ['The certificate of x ends.'], file: 'x', of: 'x', hosts: []} as const;
      return {
        versions: {kubernetes: 'v1.9.9', etcd: '3.2.17'},
        ...withMachine(parts, 'gpu-02', ({known: _, ...one}) => ({
          ...one,
          known: {isPart: true, certificates: [ends], drift: {}},
        })),
        ...{nodes: {known: []}, api: {known: {servers: [], leaders: []}}},
      };
    });
    expect(health).toBe('degraded');
    expect(findings).toEqual([
      {part: 'certificates', gravity: 'warning', machine: 'gpu-02', says: 'The certificate of x ends (x).'},
      {part: 'versions', gravity: 'notice', says: expect.stringMatching(/too old to be booted.*not compared/)},
    ]);
  });

  test('of which nobody answers is unreached', () => {
    const {health} = clusterStatusOf(({machines, api}) => ({
      machines: machines.map(({machine, roles}) => ({machine, roles, problem: down})),
      api: {
        known: {leaders: [], servers: (api.known?.servers ?? []).map((one) => ({...one, state: 'unknown'}))},
        problem: down,
      },
    }));
    expect(health).toBe('unreached');
  });
});

test('no quorum is missed where nothing lies on any master, though a worker cannot be asked', () => {
  const status = clusterStatusOf(({machines}) => ({
    machines: machines.map(({machine, roles}) =>
      roles.includes('worker')
        ? {machine, roles, problem: down}
        : {machine, roles, known: {isPart: false, certificates: [], drift: {}}},
    ),
    etcd: {
      known: {...etcdReportOf(), state: 'no quorum', problems: [{code: 'etcd-no-quorum', message: 'No quorum.'}]},
      at: fakeNow,
    },
  }));
  expect(status.findings.filter(({part}) => part === 'etcd')).toEqual([]);
  expect(summarizeStatus(status).find(({part}) => part === 'etcd')).toMatchObject({
    ...{state: 'unknown', says: 'not booted'},
  });
});

test('the same of many machines is told once', () => {
  const {findings} = clusterStatusOf(({nodes}) => ({
    nodes: {...nodes, known: (nodes.known ?? []).map((one) => ({...one, state: 'missing'}))},
  }));
  const machines = findings.map(({machine}) => machine);
  expect(machines).toHaveLength(6);
  expect(foldFindings(findings)).toEqual([
    expect.objectContaining({machines, says: 'The API does not know its node.'}),
  ]);
});

describe('what names the machine it is about', () => {
  const gravity = 'unknown';
  const unreached = (number: number, why = 'there is no route to it'): StatusFinding => {
    const machine = `gpu-${String(number).padStart(4, '0')}`;
    const says = `${machine} (pai@10.0.${number >> 8}.${number % 256}) cannot be reached: ${why}.`;
    return {part: 'machines', gravity, machine, says, mend: {command: `machine logs ${machine} --container kubelet`}};
  };

  test('is one problem of a thousand machines, and tells each by its name where it is the only one', () => {
    const many = Array.from({length: 1000}, (_, index) => unreached(index + 1));
    const one = unreached(1001, 'the connection was refused');
    const {machine, ...alone} = one;
    expect(foldFindings([...many, one])).toEqual([
      {
        ...{part: 'machines', gravity, machines: many.map((finding) => finding.machine)},
        says: 'It cannot be reached: there is no route to it.',
        mend: {command: 'machine logs gpu-[0001-1000] --container kubelet'},
      },
      {...alone, machines: [machine]},
    ]);
  });

  test('is kept apart where another name only looks like it, and where more differs', () => {
    const of = (machine: string, says: string): StatusFinding => ({part: 'machines', gravity, machine, says});
    const folded = (...findings: readonly StatusFinding[]) => foldFindings(findings).map(({says}) => says);
    expect(folded(of('a1', 'a1 and big-a1 differ, says a1.'), of('b', 'b and big-a1 differ, says b.'))).toEqual([
      'It and big-a1 differ, says it.',
    ]);
    expect(folded(of('a', 'The disk of a is full.'), of('b', 'The disk of c is full.'))).toHaveLength(2);
    expect(folded(of('a.b', 'a.b is gone.'), of('axb', 'axb is gone, too.'))).toHaveLength(2);
    expect(folded(of('a', 'So it is: a’s.'), of('b', 'So it is: a’s.'))).toHaveLength(2);
  });
});

describe('pods', () => {
  const pod = (change: Partial<KubePod>): KubePod =>
    readyPod({namespace: 'kube-system', node: 'gpu-01', createdAt: fakeNow - 1000, ...change});

  test.each<readonly [boolean, string, Partial<KubePod>]>([
    [false, 'that run', {}],
    [false, 'that are done', {phase: 'Succeeded', ready: false}],
    [false, 'that come up', {phase: 'Pending', ready: false, reason: 'ContainerCreating'}],
    [true, 'that do not come up', {phase: 'Pending', ready: false, reason: 'ContainerCreating', createdAt: 0}],
    [true, 'that fail again and again', {ready: false, reason: 'CrashLoopBackOff'}],
    [true, 'that have no place', {phase: 'Pending', ready: false, reason: 'Unschedulable'}],
    [true, 'that failed', {phase: 'Failed', ready: false}],
  ])('are in trouble: %s, those %s', (expected, _, change) => {
    expect(isTroubled(pod(change), fakeNow)).toBe(expected);
  });

  test('are counted by namespace and node', () => {
    const {node: _, ...unplaced} = pod({phase: 'Pending', ready: false, reason: 'Unschedulable', namespace: 'default'});
    const summary = summarizePods([pod({}), pod({node: 'gpu-02'}), unplaced], fakeNow);
    expect(summary).toMatchObject({
      counts: {all: 3, ready: 2, troubled: 1},
      byNamespace: [
        {namespace: 'default', all: 1, ready: 0, troubled: 1},
        {namespace: 'kube-system', all: 2, ready: 2, troubled: 0},
      ],
      byNode: [
        {node: 'gpu-01', all: 1},
        {node: 'gpu-02', all: 1},
      ],
      troubled: [{namespace: 'default', reason: 'Unschedulable'}],
    });
    expect(summary.system).toHaveLength(2);
  });
});
