import {describe, expect, test} from 'vitest';
import type {RenewCertificatesRequest} from '../../../src/engine/api.ts';
import type {CertifiedMachine, RenewalFacts} from '../../../src/engine/cluster/renewal/facts.ts';
import type {CertificateStatus} from '../../../src/engine/cluster/types.ts';
import {planRenewal, renewCertificates} from '../../../src/engine/plan/cluster/renew-certificates.ts';
import type {Plan} from '../../../src/engine/plan/types.ts';
import {type Problem, ProblemError} from '../../../src/engine/problem.ts';
import {clusterOf} from '../../cluster/sample-clusters.ts';

const request: RenewCertificatesRequest = {operation: 'cluster certificates renew', config: '/config'};
const until = Date.parse('2026-12-10T08:00:00Z');
const dead: Problem = {code: 'machine-unreachable', message: 'Nobody answers.', hint: 'See to it.'};

const certificate = (change: Partial<CertificateStatus> = {}): CertificateStatus => ({
  ...{file: '/etc/kubernetes/pki/kubelet.crt', of: 'the kubelet', kind: 'kubelet', state: 'expiring'},
  ...{faults: ['The certificate of the kubelet expires in 12 days.'], hosts: [], until, daysLeft: 12},
  ...change,
});
const {kind: _, ...authority} = certificate({
  of: 'the authority of the cluster',
  state: 'good',
  faults: [],
  until: 2 * until,
});

async function factsOf(
  change: (machine: CertifiedMachine) => Partial<CertifiedMachine> = () => ({}),
): Promise<RenewalFacts> {
  const layout = await clusterOf('proxy');
  return {
    layout,
    podNetwork: {kind: 'host'},
    machines: layout.machines.map(({name}) => {
      const machine = {name, certificates: [authority, certificate()]};
      return {...machine, ...change(machine)};
    }),
  };
}

const edges = ({tasks}: Plan) =>
  tasks.map(({id, needs, after = []}) => `${id} < ${[...needs, ...after.map((one) => `(${one})`)].join(' ')}`.trim());

describe('renewing certificates', () => {
  test('does one master after the other, each well before the next, then all others', async () => {
    const facts = await factsOf();
    const plan = planRenewal(request, facts);
    expect(edges(plan)).toEqual([
      'master-1/certificates <',
      'master-1/etcd-healthy < master-1/certificates',
      'master-1/certificate-shown < master-1/certificates',
      'master-1/api-ready < master-1/certificates master-1/certificate-shown',
      'master-2/certificates < master-1/etcd-healthy master-1/certificate-shown master-1/api-ready',
      'master-2/etcd-healthy < master-2/certificates',
      'master-2/certificate-shown < master-2/certificates',
      'master-2/api-ready < master-2/certificates master-2/certificate-shown',
      'master-3/certificates < master-2/etcd-healthy master-2/certificate-shown master-2/api-ready',
      'master-3/etcd-healthy < master-3/certificates',
      'master-3/certificate-shown < master-3/certificates',
      'master-3/api-ready < master-3/certificates master-3/certificate-shown',
      'gpu-01/certificates < master-3/etcd-healthy master-3/certificate-shown master-3/api-ready',
      'proxy-1/certificates < master-3/etcd-healthy master-3/certificate-shown master-3/api-ready',
      'cluster/nodes-heard < master-3/etcd-healthy master-3/certificate-shown master-3/api-ready (gpu-01/certificates) (proxy-1/certificates)',
    ]);
    expect(plan.tasks[0]).toMatchObject({
      ...{on: 'master-1', touches: 'a machine', expected: 'change', critical: true},
      why: ['the first of its 1 certificates ends on 2026-12-10, in 12 days'],
    });
    expect(plan.notices[0]?.message).toMatch(/^Authorities are not renewed, .* The first of them ends on /);
    expect(renewCertificates.clusterLock?.(request, facts)).toEqual({masters: ['master-1', 'master-2', 'master-3']});
  });

  test('waits for no master before all are done, where some have certificates that do not work', async () => {
    const plan = planRenewal(
      request,
      await factsOf(({name}) =>
        name === 'master-2' ? {certificates: [authority, certificate({state: 'expired'})]} : {},
      ),
    );
    const ids = plan.tasks.map(({id}) => id);
    expect(ids.slice(0, 3)).toEqual(['master-1/certificates', 'master-2/certificates', 'master-3/certificates']);
    expect(plan.tasks.find(({id}) => id === 'master-1/etcd-healthy')?.needs).toEqual(['master-3/certificates']);
    expect(plan.notices).toContainEqual(expect.objectContaining({severity: 'warning', code: 'certificate-renewal'}));
  });

  test('leaves out what does not answer and what is not of the cluster, and says so', async () => {
    const plan = planRenewal(
      request,
      await factsOf(({name}) => {
        if (name === 'master-1') return {certificates: [], problem: dead};
        return name === 'gpu-01' ? {certificates: []} : {};
      }),
    );
    expect(new Set(plan.tasks.map(({on}) => on))).toEqual(new Set(['master-2', 'master-3', 'proxy-1', undefined]));
    expect(plan.notices.slice(0, 2).map(({machine, message}) => `${machine} ${message}`)).toEqual([
      'master-1 master-1 is left out: Nobody answers.',
      'gpu-01 gpu-01 is left out: nothing of the cluster lies on it.',
    ]);
  });

  test('is refused where no master has any', async () => {
    const refusal = async (facts: Promise<RenewalFacts>) => {
      const found = await facts;
      try {
        planRenewal(request, found);
      } catch (error) {
        if (error instanceof ProblemError) return error.problem.code;
        throw error;
      }
      return undefined;
    };
    expect(await refusal(factsOf(() => ({certificates: []})))).toBe('not-found');
    expect(await refusal(factsOf(() => ({certificates: [], problem: dead})))).toBe('machine-unreachable');
  });
});
