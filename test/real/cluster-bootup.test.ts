import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Proposal, RunView} from '../../src/engine/api.ts';
import {type ClusterWorld, clusterWorld} from '../lab/kubernetes/cluster-world.ts';
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import {addresses, changed, httpGet, readyNodes, trouble} from '../lab/kubernetes/seen.ts';
import type {Host} from '../lab/lab.ts';
import {differences} from '../lab/list-files.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of booting clusters on lab hosts', whyNoKubernetesLab());

const bootMs = 15 * 60_000;
const closeMs = 5 * 60_000;

describe.skipIf(obstacle)('booting a master and a worker', () => {
  /**
   * Those are the business of docker, the kubelet and etcd, or grow with every login. Modules of the kernel, which lab
   * hosts have none of: docker makes the folder that kube-proxy looks for them in.
   */
  const others = ['/var/lib/docker', '/var/lib/kubelet', '/var/etcd', '/var/log', '/run', '/tmp', '/usr/lib/modules'];
  let lab: KubernetesLab;
  let master: Host;
  let worker: Host;
  let world: ClusterWorld;

  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 2});
    [master, worker] = lab.hosts as [Host, Host];
    const machines = [
      {host: master, role: 'master'},
      {host: worker, role: 'worker'},
    ] as const;
    world = await clusterWorld(lab, {machines, api: master.address});
  }, kubernetesLabMs);
  afterAll(async () => {
    await world?.remove();
    await lab?.close();
  }, closeMs);

  /** What the plan says that it changes on the disk of a host. */
  const declared = ({plan}: Proposal, host: Host) =>
    plan.tasks.flatMap(({does}) =>
      does.flatMap((effect) => (effect.kind === 'machine file' && effect.on === host.name ? [effect.path] : [])),
    );
  const isCovered = (path: string, paths: readonly string[]) =>
    paths.some((one) =>
      one.endsWith('/**') ? `${path}/`.startsWith(one.slice(0, -2)) : path === one || one.startsWith(`${path}/`),
    );

  test(
    'makes a cluster whose nodes are Ready, by nothing that is not in the plan, also where another boot was stopped early',
    async () => {
      // Docker and routes are as they should be then, and nothing says yet what cluster the machines are of.
      const early = await world.start(await world.engine.propose(world.bootup()));
      const isDone = (wanted: string) => (view: RunView) =>
        view.state.tasks.some(({id, status}) => id === wanted && status === 'done');
      await world.until(early, (view) => isDone('node-1/docker')(view) && isDone('node-2/docker')(view));
      await world.engine.runs.cancel(early);
      await world.until(early);

      // sudo leaves a file for whoever uses it first.
      const proposal = await world.engine.propose(world.bootup());
      const before = await Promise.all(lab.hosts.map((host) => host.listFiles(others)));
      const view = await world.until(await world.start(proposal));
      expect(trouble(view)).toEqual([]);
      expect(await readyNodes(world, master)).toEqual(addresses(lab.hosts));
      for (const [index, host] of lab.hosts.entries()) {
        const changes = differences(before[index] ?? new Map(), await host.listFiles(others));
        const paths = declared(proposal, host);
        expect(
          [...changes.keys()].filter((path) => !isCovered(path, paths)),
          host.name,
        ).toEqual([]);
      }
    },
    bootMs,
  );

  test('has a dashboard, which is reached through the API and by the address of its machine', async () => {
    const service = '/api/v1/namespaces/kube-system/services/kubernetes-dashboard:9090/proxy/';
    const title = '<title>Kubernetes Dashboard</title>';
    const patience = {timeout: 60_000, interval: 1000};
    await expect
      .poll(() => world.kubectl(master, 'get', '--raw', service).catch((error) => `${error}`), patience)
      .toContain(title);
    await expect.poll(() => httpGet(worker, `${master.address}:9090`, '/'), patience).toContain(title);
  });

  test('leaves keys on the machines alone, readable for root', async () => {
    for (const host of lab.hosts) {
      const loose = 'find /etc/kubernetes \\( -name "*.key" -o -name "*.conf" \\) \\( -perm /077 -o ! -user root \\)';
      expect(await host.sh(loose), host.name).toBe('');
      expect(await host.sh('stat -c %a /etc/kubernetes/pki')).toBe('700\n');
      expect(await host.sh('find /etc/kubernetes -name "ca.key" | wc -l')).toBe(host === master ? '2\n' : '0\n');
    }
    // Of a run, nothing that it wrote down; a kubeconfig of this computer holds a key on purpose.
    const files = await readdir(join(world.folder, 'state'), {recursive: true, withFileTypes: true});
    const written = files.filter((file) => file.isFile()).map(({parentPath, name}) => join(parentPath, name));
    expect(written.length).toBeGreaterThan(10);
    const texts = await Promise.all(written.map(async (path) => ({path, text: await readFile(path, 'utf8')})));
    const key = ['PRIVATE KEY', Buffer.from('-----BEGIN PRIVATE').toString('base64')];
    expect(texts.filter(({text}) => key.some((part) => text.includes(part))).map(({path}) => path)).toEqual([]);
  });

  test(
    'changes nothing when it is booted again',
    async () => {
      const view = await world.carryOut(world.bootup());
      expect(trouble(view)).toEqual([]);
      expect(changed(view)).toEqual([]);
    },
    bootMs,
  );

  test(
    'puts back what was changed on a machine, and only that',
    async () => {
      await master.sh(
        'rm /etc/kubernetes/pki/front-proxy-client.crt && echo "# more" >> /etc/kubernetes/manifests/scheduler.yaml',
      );
      await worker.sh('docker rm -f kubelet');
      const view = await world.carryOut(world.bootup());
      expect(trouble(view)).toEqual([]);
      expect(changed(view)).toEqual([
        'node-1/certificates: /etc/kubernetes/pki/front-proxy-client.key, /etc/kubernetes/pki/front-proxy-client.crt',
        'node-1/control-plane: /etc/kubernetes/manifests/scheduler.yaml',
        'node-2/kubelet: the kubelet was started',
      ]);
    },
    bootMs,
  );
});
