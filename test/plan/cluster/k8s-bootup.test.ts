import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import type {BootupRequest} from '../../../src/engine/api.ts';
import type {BootupFacts, FoundMachine} from '../../../src/engine/cluster/boot/facts.ts';
import type {CheckResult} from '../../../src/engine/cluster/check/types.ts';
import type {KubectlFacts} from '../../../src/engine/cluster/kubectl/judge-kubectl.ts';
import type {ThisComputer} from '../../../src/engine/cluster/kubectl/this-computer.ts';
import type {ClusterLayout} from '../../../src/engine/cluster/layout/types.ts';
import {podRanges} from '../../../src/engine/cluster/packages/choice.ts';
import {clusterObjects} from '../../../src/engine/cluster/packages/objects.ts';
import {nameOf} from '../../../src/engine/kube-tools.ts';
import {k8sBootup, planBootup} from '../../../src/engine/plan/cluster/k8s-bootup.ts';
import {effectWords} from '../../../src/engine/plan/effect-words.ts';
import {planHash} from '../../../src/engine/plan/hash.ts';
import type {Plan} from '../../../src/engine/plan/types.ts';
import {clusterOf} from '../../cluster/sample-clusters.ts';
import {refusal, rowOf} from '../../helpers/plan-rows.ts';

const assets = fileURLToPath(new URL('../../../assets', import.meta.url));
const golden = fileURLToPath(new URL('../../golden/plans', import.meta.url));
const range = '10.200.0.0/16';
const request: BootupRequest = {
  ...{operation: 'cluster k8s-bootup', config: '/config', verify: false},
  ...{kubeconfig: '/home/ann/.kube/config', programs: '/home/ann/.local/bin'},
};
const dead = {code: 'machine-unreachable', message: 'Nobody answers at 10.0.0.2.', hint: 'See to it.'} as const;

function factsOf(layout: ClusterLayout, more: Partial<BootupFacts> = {}): BootupFacts {
  const podNetwork = more.podNetwork ?? {kind: 'routes', range, ranges: podRanges(layout, range)};
  const shipped = (set: 'kube-proxy' | 'dashboard') => clusterObjects(assets, set, layout, {podNetwork}).map(nameOf);
  return {
    ...{layout, podNetwork, checks: [], notices: []},
    machines: layout.machines.map(found),
    objects: {
      ...{'kube-proxy': shipped('kube-proxy'), dashboard: shipped('dashboard')},
      ...{'plain-http': [], 'pod network': [], dns: []},
    },
    computer: computerWith({}),
    ...more,
  };
}

/** This computer, with what it has of kubectl. */
function computerWith(kubectl: Partial<KubectlFacts>): ThisComputer {
  return {
    kubectl: {...{isFolderThere: true, isOnPath: true, platform: 'linux', arch: 'x64'}, ...kubectl},
    kubeconfig: {file: request.kubeconfig, isFolderThere: true},
  };
}

const found = ({name}: {readonly name: string}): FoundMachine => ({
  ...{name, isMember: false, hasDocker: true, etcdKept: []},
});

/** A plan as a table: tasks with their needs, and below each what it may change. */
function tableOf({tasks}: Plan): string {
  const lines = tasks.flatMap((task) => [rowOf(task), ...task.does.map((effect) => `    ${effectWords(effect)}`)]);
  return `${lines.join('\n')}\n`;
}

const refusalOf = (facts: BootupFacts) => refusal(() => planBootup(request, facts));

describe('a plan to boot a cluster', () => {
  test.each(['single-master', 'proxy', 'external-balancer'] as const)('is a list of tasks: %s', async (way) => {
    const plan = planBootup(request, factsOf(await clusterOf(way)));
    await expect(tableOf(plan)).toMatchFileSnapshot(join(golden, `k8s-bootup-${way}.txt`));
  });

  test('puts the authorities on two masters before anything is signed by them, and says so', async () => {
    const task = planBootup(request, factsOf(await clusterOf('proxy'))).tasks.find(
      ({id}) => id === 'cluster/authorities',
    );
    expect(task?.why).toEqual(['they lie on master-1 and master-2 before anything is signed, so that either may fail']);
    const written = task?.does.flatMap((effect) =>
      effect.kind === 'machine file' && effect.digest === 'secret' ? [effect.on] : [],
    );
    expect(written).toEqual(['master-1', 'master-2']);
    expect(planBootup(request, factsOf(await clusterOf('single-master'))).tasks[0]?.why).toEqual([]);
  });

  test('needs only tasks that are in it, and has good ids', async () => {
    for (const way of ['single-master', 'proxy', 'external-balancer'] as const) {
      const {tasks} = planBootup(request, factsOf(await clusterOf(way)));
      const ids = tasks.map(({id}) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const {id, needs, after = []} of tasks) {
        expect(id).toMatch(/^[a-z0-9._/-]+$/);
        expect(
          [...needs, ...after].filter((need) => !ids.includes(need)),
          id,
        ).toEqual([]);
      }
    }
  });

  test('applies the manifests of the operator where they are chosen', async () => {
    const layout = {...(await clusterOf('single-master')), dnsManifest: '/dns.yaml'};
    const network = {apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'net', namespace: 'kube-system'};
    const dns = {apiVersion: 'apps/v1', kind: 'Deployment', name: 'dns', namespace: 'kube-system'};
    const facts = factsOf(layout, {podNetwork: {kind: 'manifest', range, file: '/net.yaml'}});
    const plan = planBootup(request, {...facts, objects: {...facts.objects, 'pod network': [network], dns: [dns]}});
    const does = (id: string) => plan.tasks.find((task) => task.id === id)?.does;
    expect(does('cluster/pod-network')).toEqual([{kind: 'kube', verb: 'apply', object: network}]);
    expect(does('cluster/dns')).toEqual([{kind: 'kube', verb: 'apply', object: dns}]);
    expect(plan.notices.map(({message}) => message)).toContain(
      'The pod network is that of /net.yaml: nodes are Ready when it is, and what pods reach is its affair.',
    );
  });

  test('installs docker only where there is none', async () => {
    const layout = await clusterOf('single-master');
    const machines = layout.machines.map((machine) => ({...found(machine), hasDocker: machine.name === 'master-1'}));
    const {tasks} = planBootup(request, factsOf(layout, {machines}));
    const scripts = (id: string) =>
      tasks.find((task) => task.id === id)?.does.flatMap((effect) => (effect.kind === 'script' ? [effect.name] : []));
    expect(scripts('master-1/docker')).not.toContain('install-docker.sh');
    expect(scripts('gpu-01/docker')).toContain('install-docker.sh');
  });

  test('offers plain HTTP on masters only where that is chosen, and warns of it', async () => {
    const layout = {...(await clusterOf('external-balancer')), plainHttp: true};
    const plan = planBootup(request, factsOf(layout));
    const tasks = plan.tasks.filter(({id}) => id.endsWith('/plain-http'));
    expect(tasks.map(({id, needs}) => [id, needs])).toEqual([
      ['cluster/plain-http', ['cluster/api-ready']],
      ...[1, 2, 3].map((number) => [
        `master-${number}/plain-http`,
        ['cluster/plain-http', `master-${number}/api-ready`],
      ]),
    ]);
    expect(tasks[1]?.does.map(effectWords)).toContain(
      'write /etc/kubernetes/plain-http/haproxy.cfg on master-1 (holds a secret)',
    );
    expect(plan.notices.find(({severity}) => severity === 'warning')?.message).toContain('plain HTTP on port 8080');
  });

  test('says what the host network does not do', async () => {
    const plan = planBootup(request, factsOf(await clusterOf('single-master'), {podNetwork: {kind: 'host'}}));
    expect(plan.notices[0]?.message).toContain('pods of different machines cannot reach each other');
  });

  test('leaves out a machine that is dead, and says so', async () => {
    const layout = await clusterOf('proxy');
    const machines = layout.machines.map((machine) => ({
      ...found(machine),
      ...(machine.name === 'master-2' ? {problem: dead} : {}),
    }));
    const plan = planBootup(request, factsOf(layout, {machines}));
    expect(plan.tasks.filter(({id}) => id.startsWith('master-2/'))).toEqual([]);
    expect(plan.notices[0]).toMatchObject({
      ...{code: 'machine-unreachable', severity: 'warning', machine: 'master-2'},
      message: 'master-2 is left out: Nobody answers at 10.0.0.2.',
    });
  });

  test('is refused without a majority of the masters, or without the proxy that leads to them', async () => {
    const layout = await clusterOf('proxy');
    const without = (...names: readonly string[]) =>
      layout.machines.map((machine) => ({...found(machine), ...(names.includes(machine.name) ? {problem: dead} : {})}));
    expect(refusalOf(factsOf(layout, {machines: without('master-2', 'master-3')}))).toMatchObject({
      ...{code: 'machine-unreachable', message: 'master-[2-3] cannot be reached: etcd needs 2 of 3 masters.'},
    });
    expect(refusalOf(factsOf(layout, {machines: without('proxy-1')}))).toMatchObject({
      code: 'machine-unreachable',
      message: 'No proxy can be reached, and kubelets go to the API by its address, 10.0.0.9.',
    });
  });

  test('is refused where somebody lets nobody in, instead of leaving them out', async () => {
    const layout = await clusterOf('single-master');
    const problem = {code: 'host-key-unknown', message: 'Its key is not known.'} as const;
    const machines = layout.machines.map((machine) => ({
      ...found(machine),
      ...(machine.name === 'gpu-01' ? {problem} : {}),
    }));
    expect(refusalOf(factsOf(layout, {machines}))).toMatchObject(problem);
  });

  test('is refused by failed checks with their sentences, and tells warnings', async () => {
    const layout = await clusterOf('single-master');
    const swap: CheckResult = {machine: 'gpu-01', check: 'swap', state: 'warning', detail: 'Swap is on.'};
    const ports: CheckResult = {
      ...{machine: 'master-1', check: 'ports', state: 'failed', detail: 'Port 6443 is taken.', fix: 'Free it.'},
    };
    const fine: CheckResult = {check: 'masters', state: 'ok', detail: 'One master.'};
    expect(refusalOf(factsOf(layout, {checks: [swap, ports]}))).toMatchObject({
      ...{code: 'check-failed', message: 'master-1: Port 6443 is taken.', hint: 'Free it.', machine: 'master-1'},
    });
    const {notices} = planBootup(request, factsOf(layout, {checks: [swap, fine]}));
    expect(notices.map(({severity, message}) => [severity, message])).toEqual(
      expect.arrayContaining([
        ['warning', 'gpu-01: Swap is on.'],
        ['notice', 'One master.'],
      ]),
    );
  });

  test('is refused where it would make new keys for a cluster that has some', async () => {
    const layout = await clusterOf('external-balancer');
    const looks = (change: Readonly<Record<string, Partial<FoundMachine>>>) => {
      const machines = layout.machines.map((machine) => ({
        ...{...found(machine), authority: 'none'},
        ...change[machine.name],
      }));
      return factsOf(layout, {machines});
    };
    const member = {isMember: true, authority: 'aa'};
    // The master that has them is dead; the others were set up anew.
    expect(refusalOf(looks({'master-1': {problem: dead}, 'gpu-01': member}))).toMatchObject({
      code: 'certificate-invalid',
      message:
        'gpu-01 is of this cluster already, and master-[2-3] have none of its keys: with new ones another cluster would begin under what runs.',
      hint: expect.stringMatching(/^Bring master-1 back, which may have them\..*k8s-clean$/),
    });
    expect(refusalOf(looks({'master-1': member, 'master-3': {...member, authority: 'bb'}}))).toMatchObject({
      code: 'certificate-invalid',
      machine: 'master-3',
      message: expect.stringMatching(/^master-1 and master-3 have different authorities/),
    });
    // As a first boot leaves it that was killed: the keys are on one master, and no machine is of the cluster yet.
    for (const change of [{}, {'master-1': {authority: 'aa'}}, {'master-2': member, 'gpu-01': member}])
      expect(planBootup(request, looks(change)).tasks).not.toEqual([]);
  });

  test('is another one with another pod network or another configuration, though the tasks are the same', async () => {
    const layout = await clusterOf('single-master');
    const hashOf = (facts: BootupFacts) => planHash(planBootup(request, facts));
    const approved = hashOf(factsOf(layout));
    // As the runner finds them who reads the facts again.
    const again: BootupFacts = JSON.parse(JSON.stringify(factsOf(layout)));
    expect(hashOf(again)).toBe(approved);
    expect(hashOf({...again, podNetwork: {kind: 'host'}})).not.toBe(approved);
    expect(hashOf({...again, layout: {...layout, serviceRange: '10.100.0.0/16'}})).not.toBe(approved);
  });

  test('is refused where the data of etcd are gone, and warns where most masters have them', async () => {
    const layout = await clusterOf('external-balancer');
    const looks = (etcd: Readonly<Record<string, Partial<FoundMachine>>>) => {
      const machines = layout.machines.map((machine) => ({...found(machine), isMember: true, ...etcd[machine.name]}));
      return factsOf(layout, {machines});
    };
    const lost = {
      ...{code: 'check-failed', machine: 'master-1'},
      message: `master-1 is a master of this cluster, and the data of its etcd are not in ${layout.etcdDataPath}.`,
    };
    // The third, which is silent, may have them.
    expect(refusalOf(looks({'master-1': {etcd: 'lost'}, 'master-3': {problem: dead}}))).toMatchObject(lost);
    // Two that lost theirs are a quorum without the one that has some, and so is one with one that is new.
    const there = {etcd: 'there'} as const;
    for (const second of [{etcd: 'lost'} as const, {}])
      expect(refusalOf(looks({'master-1': {etcd: 'lost'}, 'master-2': second, 'master-3': there}))).toMatchObject({
        code: 'check-failed',
        message: expect.stringContaining(lost.message),
      });
    expect(refusalOf(looks({'master-1': {etcd: 'lost'}, 'gpu-01': there}))).toMatchObject(lost);
    const {notices} = planBootup(request, looks({'master-1': {etcd: 'lost'}, 'master-2': there, 'master-3': there}));
    expect(notices[0]).toMatchObject({...lost, severity: 'warning'});
    // As a first boot leaves it that was killed before etcd began.
    expect(planBootup(request, looks({})).notices[0]?.severity).toBe('notice');
  });

  describe('of a cluster that runs', () => {
    const serves = {isMember: true, servesApi: true, etcd: 'there'} as const;
    const booted = async (change: Readonly<Record<string, Partial<FoundMachine>>>) => {
      const layout = await clusterOf('external-balancer');
      const machines = layout.machines.map((machine) => ({...found(machine), isMember: true, ...change[machine.name]}));
      const {tasks, notices} = planBootup(request, factsOf(layout, {machines}));
      const edges = (id: string) => {
        const task = tasks.find((one) => one.id === id);
        return [task?.needs, task?.after];
      };
      return {edges, said: notices.map(({message}) => message)};
    };

    test('changes masters one by one, each when the one before is well, and begins with those that are missed', async () => {
      const {edges, said} = await booted({'master-1': serves, 'master-3': serves});
      expect(edges('master-2/docker')).toEqual([['master-2/system'], undefined]);
      expect(edges('master-1/docker')).toEqual([['master-1/system', 'master-2/api-ready'], undefined]);
      expect(edges('master-3/docker')).toEqual([['master-3/system', 'master-1/api-ready'], undefined]);
      for (const number of [1, 2, 3])
        expect(edges(`master-${number}/etcd-healthy`)).toEqual([[`master-${number}/kubelet`], []]);
      expect(edges('gpu-01/docker')).toEqual([['gpu-01/system'], undefined]);
      expect(said[0]).toBe(
        'The cluster runs: its masters are changed one after the other, each when the one before is well.',
      );
    });

    test('lets nobody wait for a master that has lost its etcd', async () => {
      const {edges} = await booted({'master-1': {...serves, etcd: 'lost'}, 'master-2': serves, 'master-3': serves});
      expect(edges('master-2/docker')[0]).toEqual(['master-2/system']);
      expect(edges('master-3/docker')[0]).toEqual(['master-3/system', 'master-2/api-ready']);
      expect(edges('master-1/docker')[0]).toEqual(['master-1/system', 'master-3/api-ready']);
    });

    test('counts what answers also of a master that is left out', async () => {
      const {edges} = await booted({'master-1': {...serves, problem: dead}, 'master-2': serves});
      expect(edges('master-2/docker')[0]).toEqual(['master-2/system', 'master-3/api-ready']);
    });

    test('changes all at once where no majority answers, so that there is none to protect', async () => {
      const {edges, said} = await booted({'master-1': serves});
      for (const number of [1, 2, 3])
        expect(edges(`master-${number}/docker`)).toEqual([[`master-${number}/system`], undefined]);
      expect(edges('master-1/etcd-healthy')).toEqual([['master-1/kubelet'], ['master-2/kubelet', 'master-3/kubelet']]);
      expect(said[0]).toBe(
        '1 of 3 API servers answers: that is no running cluster, and its masters are changed all at once.',
      );
    });
  });

  test('promises less of machines that are of the cluster already', async () => {
    const layout = await clusterOf('single-master');
    const machines = layout.machines.map((machine) => ({...found(machine), isMember: true}));
    const computer = computerWith({onPath: {path: '/usr/bin/kubectl', version: 'v1.21.1'}});
    const {tasks} = planBootup(request, factsOf(layout, {machines, computer}));
    expect(tasks.filter(({expected}) => expected === 'change')).toEqual([]);
  });

  test('may take labels away that left the configuration, from nodes of a cluster that is booted', async () => {
    const cluster = await clusterOf('single-master');
    const layout = {...cluster, machines: cluster.machines.map((machine) => ({...machine, labels: []}))};
    const nodeOf = (isMember: boolean) => {
      const machines = layout.machines.map((machine) => ({...found(machine), isMember}));
      const task = planBootup(request, factsOf(layout, {machines})).tasks.find(({id}) => id === 'gpu-01/node');
      return [task?.expected, task?.does.map(effectWords)];
    };
    expect(nodeOf(false)).toEqual(['unchanged', []]);
    expect(nodeOf(true)).toEqual(['decided while running', ['patch Node gpu-01']]);
  });

  test('locks services and machines of the cluster here, and the cluster on its masters', async () => {
    const facts = factsOf(await clusterOf('external-balancer'));
    const of = facts.layout.name;
    expect(k8sBootup.locks(request, facts)).toEqual([
      {scope: 'services', of},
      {scope: 'machines', of},
    ]);
    expect(k8sBootup.clusterLock?.(request, facts)).toEqual({masters: ['master-1', 'master-2', 'master-3']});
  });
});
