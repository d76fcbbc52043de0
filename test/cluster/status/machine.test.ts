import {chmod, mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {createClock} from '../../../src/engine/clock.ts';
import {type Authorities, makeAuthorities} from '../../../src/engine/cluster/authorities.ts';
import type {ClusterLayout, ClusterMachine} from '../../../src/engine/cluster/layout/types.ts';
import {podRanges} from '../../../src/engine/cluster/packages/choice.ts';
import type {MachineAnswer} from '../../../src/engine/cluster/status/ask-machine.ts';
import {
  authoritiesOf,
  judgeCertificates,
  judgeFoundCertificates,
} from '../../../src/engine/cluster/status/judge-certificates.ts';
import {judgeDrift} from '../../../src/engine/cluster/status/judge-drift.ts';
import {type DriftMemory, judgeDrifts} from '../../../src/engine/cluster/status/judge-drifts.ts';
import {podNetworkSeen} from '../../../src/engine/cluster/status/pod-network.ts';
import {resolveInside} from '../../../src/engine/files/inside.ts';
import {bootableLayout} from '../layouts.ts';
import {assets, type BootedMachine, bootMachine} from './booted-machine.ts';

const now = new Date('2026-11-28T08:00:00Z');
const day = 86_400_000;
const range = '10.200.0.0/16';

const machineOf = (name: string, number: number, role: ClusterMachine['roles'][number]): ClusterMachine => ({
  ...{name, nodeName: name, address: `10.0.0.${number}`, roles: [role], dockerData: '/mnt/docker', labels: []},
  ...(role === 'master' ? {etcdId: `etcd-${name}`} : {}),
});
const master = machineOf('infra-01', 1, 'master');
const worker = machineOf('gpu-01', 11, 'worker');

let layout: ClusterLayout;
let authorities: Authorities;
let folder: string;

beforeAll(async () => {
  const machines = [master, machineOf('infra-02', 2, 'master'), worker];
  layout = {
    ...(await bootableLayout()),
    ...{machines, masters: machines.slice(0, 2), workers: [worker], proxies: []},
    ...{api: {host: '10.0.0.200', port: 6443}, podNetwork: {kind: 'auto', range}},
  };
  authorities = await makeAuthorities(now);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-status-'));
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const podNetwork = () => ({kind: 'routes', range, ranges: podRanges(layout, range)}) as const;

function boot(machine: ClusterMachine): Promise<BootedMachine> {
  return bootMachine(folder, {layout, machine, choice: {podNetwork: podNetwork()}, authorities, now});
}

async function driftOf(machine: ClusterMachine, booted: BootedMachine) {
  const answer = await booted.ask();
  return judgeDrift({layout, machine, podNetwork: podNetwork(), pack: booted.pack, answer});
}

function certificatesOf(machine: ClusterMachine, answer: MachineAnswer, at = now) {
  const trusted = {cluster: authorities.cluster.certificate};
  return judgeCertificates(layout, machine, answer, trusted, at);
}

describe('a machine that was booted', () => {
  test.each([
    ['master', master, 16],
    ['worker', worker, 4],
  ] as const)('as a %s has no drift, and certificates that are good', async (_, machine, count) => {
    const booted = await boot(machine);
    expect(await driftOf(machine, booted)).toEqual([]);
    const certificates = certificatesOf(machine, await booted.ask());
    expect(certificates.filter(({state}) => state !== 'good')).toEqual([]);
    expect(certificates).toHaveLength(count);
    expect(certificates.find(({kind}) => kind === 'kubelet')).toMatchObject({
      ...{commonName: `system:node:${machine.nodeName}`, issuer: 'kubernetes-ca', daysLeft: 365},
      ...{hosts: [machine.name, machine.address], file: '/etc/kubernetes/pki/kubelet.crt'},
    });
  });

  test('tells no private key, whatever holds one', async () => {
    const booted = await boot(master);
    const key = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
    await booted.write('/etc/kubernetes/pki/both.crt', `${key}${authorities.etcd.certificate}${key}`);
    const answer = await booted.ask();
    expect(answer.certificates.get('/etc/kubernetes/pki/both.crt')).toBe(authorities.etcd.certificate);
    expect(JSON.stringify([...answer.certificates, ...answer.entries, ...answer.sums])).not.toContain('PRIVATE');
  });

  test('is seen to have routes where that was left to the check', async () => {
    const {dockerSettings} = await (await boot(worker)).ask();
    const bridge = /"bip": "([^"]+)"/.exec(dockerSettings)?.[1] ?? '';
    expect(podNetworkSeen(layout, {[worker.name]: bridge})).toEqual(podNetwork());
    expect(podNetworkSeen(layout, {})).toEqual({kind: 'host'});
    expect(podNetworkSeen(layout, {[worker.name]: '172.17.0.1/16'})).toEqual({kind: 'host'});
  });
});

describe('drift', () => {
  const manifests = '/etc/kubernetes/manifests';

  test('is told with what differs', async () => {
    const booted = await boot(master);
    const manifest = booted.pack.files.find(({path}) => path.endsWith('apiserver.yaml'));
    const text = Buffer.from((await manifest?.read()) ?? '').toString('utf8');
    await booted.write(`${manifests}/apiserver.yaml`, text.replace('--v=1', '--v=4'), 0o600);
    await rm(booted.at(`${manifests}/scheduler.yaml`));
    await booted.write(`${manifests}/miner.yaml`, 'kind: Pod\n', 0o600);
    await chmod(booted.at('/etc/kubernetes/pki/ca.key'), 0o644);
    await booted.write('/etc/hosts', '# pai-tui begin: x\n10.0.0.1 infra-01\n10.0.0.77 other\n# pai-tui end\n');
    await booted.write('/etc/docker/daemon.json', '{"debug": true, "bip": "10.200.9.1/24"}\n');
    expect(await driftOf(master, booted)).toEqual([
      {what: `${manifests}/apiserver.yaml`, state: 'changed'},
      {what: `${manifests}/scheduler.yaml`, state: 'missing'},
      {what: `${manifests}/miner.yaml`, state: 'extra', detail: 'The kubelet runs what is in it.'},
      {
        ...{what: '/etc/kubernetes/pki/ca.key', state: 'changed'},
        detail: 'Its mode is 644 instead of 600: others may read it.',
      },
      {what: '/etc/hosts', state: 'changed', detail: expect.stringContaining("'10.0.0.77 other' is too much")},
      {what: '/etc/docker/daemon.json', state: 'changed', detail: expect.stringMatching(/^bip, userland-proxy /)},
    ]);
  });

  test('is no matter of how etcd began', async () => {
    const booted = await boot(master);
    const manifest = booted.pack.files.find(({path}) => path.endsWith('etcd.yaml'));
    const text = Buffer.from((await manifest?.read()) ?? '').toString('utf8');
    const joined = text.replace(/cluster-state=new/, 'cluster-state=existing').replace(/cluster=etcd.*/, 'cluster=x=y');
    await booted.write(`${manifests}/etcd.yaml`, joined, 0o600);
    expect(await driftOf(master, booted)).toEqual([]);
    await booted.write(`${manifests}/etcd.yaml`, joined.replace('2380', '2390'), 0o600);
    expect(await driftOf(master, booted)).toEqual([{what: `${manifests}/etcd.yaml`, state: 'changed'}]);
  });

  test('is compared anew only where a machine answers otherwise than before', async () => {
    const booted = await boot(worker);
    let packages = 0;
    const world = {
      assets,
      clock: createClock(),
      files: {
        resolveInside: (root: string, name: string) => {
          if (name.includes('hosts.template')) packages++;
          return resolveInside(root, name);
        },
      },
    };
    const memory: DriftMemory = new Map();
    const judge = async () => {
      const answers = new Map([[worker.name, await booted.ask()]]);
      return (await judgeDrifts(layout, answers, world, memory)).get(worker.name)?.known;
    };
    expect(await judge()).toEqual([]);
    expect(await judge()).toEqual([]);
    expect(packages).toBe(1);
    await booted.write('/etc/hosts', '127.0.0.1 localhost\n');
    expect(await judge()).toMatchObject([{what: '/etc/hosts', state: 'missing'}]);
    expect(packages).toBe(2);
  });

  test('is also a kubelet that was started by another certificate', async () => {
    const booted = await boot(worker);
    await booted.ask();
    await booted.write('/etc/kubernetes/pki/kubelet.crt', authorities.etcd.certificate);
    expect(await driftOf(worker, booted)).toEqual([
      {what: 'the container kubelet', state: 'changed', detail: expect.stringContaining('another certificate')},
    ]);
  });
});

describe('certificates', () => {
  test('are judged by their days, by whom they are for and by who signed them', async () => {
    const booted = await boot(worker);
    const others = await makeAuthorities(now);
    const answer = await booted.ask();
    const stateAt = (days: number) =>
      certificatesOf(worker, answer, new Date(now.getTime() + days * day)).map(({state}) => state);
    expect(stateAt(353)).toEqual(['good', 'expiring', 'expiring', 'expiring']);
    expect(stateAt(366)).toEqual(['good', 'expired', 'expired', 'expired']);
    await rm(booted.at('/etc/kubernetes/pki/kube-proxy.crt'));
    await booted.write('/etc/kubernetes/pki/ca.crt', others.cluster.certificate);
    const [ca, kubelet, , proxy] = certificatesOf(worker, await booted.ask());
    expect([ca?.state, kubelet?.state, proxy?.state]).toEqual(['other-authority', 'good', 'missing']);
    expect(ca?.faults).toEqual([expect.stringContaining('is another one than on the masters')]);
  });

  test('that others made are judged by how long they last', async () => {
    const answer = await (await boot(worker)).ask();
    const stateAt = (days: number) =>
      judgeFoundCertificates(answer, new Date(now.getTime() + days * day))
        .map(({state}) => state)
        .sort();
    expect(stateAt(0)).toEqual(['good', 'good', 'good', 'good']);
    expect(stateAt(353)).toEqual(['expiring', 'expiring', 'expiring', 'good']);
  });

  test('of which no authority is known are told all the same', async () => {
    const booted = await boot(worker);
    await booted.write('/etc/kubernetes/pki/ca.crt', 'nothing');
    const answer = await booted.ask();
    expect(authoritiesOf(answer, now)).toEqual({});
    const judged = judgeCertificates(layout, worker, answer, {}, now);
    expect(judged.map(({state}) => state)).toEqual(['unreadable', 'good', 'good', 'good']);
  });
});
