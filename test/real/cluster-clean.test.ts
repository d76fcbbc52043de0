import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {CleanRequest, RunView} from '../../src/engine/api.ts';
import type {CheckReport} from '../../src/engine/cluster/types.ts';
import {type ClusterWorld, clusterWorld} from '../lab/kubernetes/cluster-world.ts';
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import {dnsManifest, podNetworkManifest} from '../lab/kubernetes/own-manifests.ts';
import type {Host} from '../lab/lab.ts';
import {differences, type FileList} from '../lab/list-files.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of cleaning clusters on lab hosts', whyNoKubernetesLab());

const {signal} = new AbortController();
const bootMs = 15 * 60_000;

/** Docker's own, and what writes itself: logs, and what sudo and PAM note down. */
const notCompared = ['/var/lib/docker', '/var/lib/containerd', '/var/log', '/var/lib/sudo', '/run', '/tmp', '/var/tmp'];
/** What a boot brings and a clean leaves: settings of docker, and folders that every machine has but lab hosts lack. */
const staying = [
  ...['/etc/docker', '/etc/docker/daemon.json'],
  ...['/etc/modules-load.d', '/etc/sysctl.d', '/usr/lib/modules'],
];

const trouble = ({state}: RunView) =>
  state.tasks.flatMap(({id, status, problem}) =>
    status === 'done' ? [] : [`${id} ${status}: ${problem?.message} ${problem?.detail ?? ''}`],
  );
const changed = ({state}: RunView) => state.tasks.flatMap((task) => (task.changed ? [task.id] : []));

describe.skipIf(obstacle)('a cluster that is cleaned away', () => {
  let lab: KubernetesLab;
  let master: Host;
  let worker: Host;
  let world: ClusterWorld;
  let before: readonly FileList[];

  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 2});
    [master, worker] = lab.hosts as [Host, Host];
    const machines = [
      {host: master, role: 'master'},
      {host: worker, role: 'worker'},
    ] as const;
    world = await clusterWorld(lab, {machines, api: master.address, settings: ['etcd-data-path: /var/etcd']});
    for (const host of lab.hosts) {
      await host.sh(`docker run -d --restart=always --name somebody ${lab.images.registry}/pause-amd64:3.0`);
      await host.sh('iptables -t nat -N OTHERS');
    }
    // What is noted down of who logs in for the first time is no change of the cluster's.
    await world.engine.cluster.check({config: world.config}, () => {}, signal);
    before = await lists();
  }, kubernetesLabMs);
  afterAll(async () => {
    await world?.remove();
    await lab?.close();
  }, 120_000);

  const lists = () => Promise.all(lab.hosts.map((host) => host.listFiles(notCompared)));
  const clean = (force = false): CleanRequest => ({operation: 'cluster k8s-clean', config: world.config, force});
  const propose = (force = false) => world.engine.propose(clean(force), signal);
  const carryOut = async (force = false) => {
    const proposal = await propose(force);
    const id = await world.engine.start(proposal, {confirmed: proposal.plan.confirm ?? ''});
    return world.until(id);
  };
  const check = () => world.engine.cluster.check({config: world.config}, () => {}, signal);
  const leftovers = ({results}: CheckReport) =>
    results.flatMap(({machine, check: name, state, detail}) =>
      name === 'leftovers' || name === 'etcd data' ? [`${machine} ${state}: ${detail}`] : [],
    );
  const boot = async () => {
    const view = await world.carryOut(world.bootup());
    expect(trouble(view)).toEqual([]);
    return view;
  };
  const kept = () => master.sh('cd /var/etcd && find . -maxdepth 1 -mindepth 1 | sort');
  /** A pod network and DNS as an operator has them, in the place of what we bring. */
  const chooseOwnManifests = async () => {
    const {registry, versions} = lab.images;
    const image = `${registry}/hyperkube:${versions.kubernetes}`;
    const dnsAddress = '10.254.0.53';
    const options = {image, podRange: '10.200.0.0/16', dnsAddress, apiAddress: '10.254.0.1'};
    await writeFile(join(world.folder, 'pods.yaml'), podNetworkManifest(options));
    await writeFile(join(world.folder, 'dns.yaml'), dnsManifest(options));
    const file = join(world.config, 'kubernetes-configuration.yaml');
    const text = (await readFile(file, 'utf8')).replace(/cluster-dns: .*/, `cluster-dns: ${dnsAddress}`);
    const own = ['pod-network: manifest', 'pod-network-manifest: ../pods.yaml', 'dns-manifest: ../dns.yaml'];
    await writeFile(file, `${text}  pai-tui:\n${own.map((line) => `    ${line}\n`).join('')}`);
  };
  const begun = (host: Host) => host.sh("docker inspect --format '{{.State.StartedAt}}' somebody");
  const containers = async (host: Host) => (await host.containers()).map(({name, state}) => `${name} ${state}`);

  test(
    'tells before what goes, and is not begun without the name of the cluster',
    async () => {
      await boot();
      await world.kubectl(master, 'create', 'configmap', 'remember', '--from-literal=what=us');
      const proposal = await propose();
      const {plan} = proposal;
      expect(plan.confirm).toBeDefined();
      const why = (id: string) => plan.tasks.find((task) => task.id === id)?.why.join('\n');
      expect(why('node-1/containers')).toMatch(
        /the kubelet is there\nso are \d+ containers of pods: .*kube-system\/.* and \d+ more$/,
      );
      expect(why('node-1/etcd-data')).toMatch(/^those in \/var\/etcd\/data \(.* GiB\) stay beside it/);
      expect(why('node-2/files')).toMatch(/\/etc\/kubernetes \(.*\/var\/lib\/kubelet \(.*\/etc\/hosts.*\n.*kube-proxy/);
      expect(plan.notices.map(({message}) => message).join('\n')).toContain('2 containers that are not of the cluster');
      await expect(world.engine.start(proposal)).rejects.toMatchObject({problem: {code: 'confirmation-missing'}});
    },
    bootMs,
  );

  test(
    'is gone when a killed runner was resumed, and what is not of it is as before',
    async () => {
      const proposal = await propose();
      const since = await Promise.all(lab.hosts.map(begun));
      const id = await world.engine.start(proposal, {confirmed: proposal.plan.confirm ?? ''});
      const isCut = ({state}: RunView) =>
        state.tasks.some(({id: task, status}) => task === 'node-2/containers' && status === 'done');
      await world.until(id, isCut);
      await world.kill(id);
      await world.engine.runs.resume(id);
      const view = await world.until(id);
      expect(trouble(view)).toEqual([]);
      expect(changed(view)).toContain('node-1/etcd-data');
      expect(await kept()).toBe(`./data.kept-${id}\n`);

      const after = await lists();
      for (const [index, host] of lab.hosts.entries()) {
        expect(await containers(host)).toEqual(['somebody running']);
        expect(await begun(host)).toBe(since[index]);
        expect(await host.sh('docker images -q | sort -u | wc -l')).not.toBe('0\n');
        const rules = await host.sh('iptables-save');
        expect(rules).not.toMatch(/KUBE-|pai-tui/);
        expect(rules).toContain(':OTHERS ');
        const differ = [...differences(before[index] as FileList, after[index] as FileList)].filter(
          ([path]) => !staying.includes(path) && !path.startsWith('/var/etcd'),
        );
        expect(differ, host.name).toEqual([]);
      }
      expect(leftovers(await check())).toEqual([
        'node-1 ok: Nothing is left of an earlier one.',
        `node-1 ok: Kept from earlier, and not used: /var/etcd/data.kept-${id}.`,
        'node-2 ok: Nothing is left of an earlier one.',
      ]);
    },
    bootMs,
  );

  test('has nothing to lose any more', async () => {
    const {plan, nothingToDo} = await propose();
    expect(nothingToDo).toBe(true);
    expect(plan.title).toContain('nothing is left');
    expect(plan.notices.map(({message}) => message).join()).toContain('moved aside earlier stay on node-1');
  });

  test(
    'comes up empty when it is booted again, with the pod network and the DNS of its operator',
    async () => {
      await chooseOwnManifests();
      const view = await boot();
      expect(await world.kubectl(master, 'get', 'configmaps', '-o', 'name')).not.toContain('remember');
      const note = (id: string) => view.state.tasks.find((task) => task.id === id)?.note;
      expect(note('cluster/pod-network')).toContain('DaemonSet kube-system/lab-pods');
      expect(note('cluster/dns')).toContain('Service kube-system/lab-dns');
      expect(note('cluster/verify-pods')).toBe(
        'pods of 2 nodes reached the API at 10.254.0.1 and by name, pods of every other',
      );
      expect(changed(await world.carryOut(world.bootup()))).toEqual([]);
    },
    bootMs,
  );

  test(
    'goes for good where that is asked for, also where a machine is dead, which is cleaned when it is back',
    async () => {
      const earlier = await kept();
      await worker.kill();
      const first = await carryOut(true);
      expect(trouble(first)).toEqual([]);
      expect(changed(first)).toEqual(['node-1/containers', 'node-1/etcd-data', 'node-1/files']);
      expect(await kept()).toBe(earlier.replace('./data\n', ''));
      await worker.start();
      const second = await carryOut(true);
      expect(trouble(second)).toEqual([]);
      expect(changed(second)).toEqual(['node-2/containers', 'node-2/files']);
      expect(await containers(worker)).toEqual(['somebody running']);
      expect((await propose(true)).nothingToDo).toBe(true);
      // The programs of its pod network are its operator's.
      const left = leftovers(await check());
      for (const {name} of lab.hosts)
        expect(left).toContain(`${name} warning: An earlier Kubernetes left /opt/cni/bin.`);
    },
    bootMs,
  );

  test('leaves a machine alone whose kubelet somebody else started', async () => {
    await worker.sh(`docker run -d --name kubelet ${lab.images.registry}/pause-amd64:3.0`);
    const {plan} = await propose();
    expect(plan.tasks.map(({on}) => on)).not.toContain('node-2');
    const says = 'of another cluster, whose kubelet was started neither by pai-tui nor by OpenPAI.';
    expect(plan.notices[0]).toMatchObject({machine: 'node-2', message: expect.stringContaining(says)});
    expect(leftovers(await check())).toContainEqual(`node-2 failed: It is ${says}`);
    await worker.sh('docker rm -f kubelet');
    expect((await propose()).plan.tasks.map(({on}) => on)).toContain('node-2');
  });
});
