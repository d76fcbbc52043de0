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
import type {Host} from '../lab/lab.ts';
import {differences} from '../lab/list-files.ts';

const obstacle = whyNoKubernetesLab();
if (obstacle) console.error(`Tests of booting clusters on lab hosts are skipped: ${obstacle}.`);

const bootMs = 15 * 60_000;
const closeMs = 5 * 60_000;

/** What did not end well, for messages. */
const trouble = ({state}: RunView) =>
  state.tasks.flatMap(({id, status, problem}) =>
    status === 'done' ? [] : [`${id} ${status}: ${problem?.message ?? ''} ${problem?.detail ?? ''}`.trim()],
  );
const changed = ({state}: RunView) => state.tasks.filter((task) => task.changed).map(({id, note}) => `${id}: ${note}`);
const doneIn = ({state}: RunView) => state.tasks.filter(({status}) => status === 'done').length;
/** The addresses of nodes, which are their names here, that are Ready. */
const readyNodes = async (world: ClusterWorld, master: Host) => {
  const lines = (await world.kubectl(master, 'get', 'nodes', '--no-headers')).trim().split('\n');
  return lines.flatMap((line) => (/^(\S+) +Ready /.exec(line)?.[1] ? [line.split(' ')[0]] : []));
};
const addresses = (hosts: readonly Host[]) => hosts.map(({address}) => address);

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

describe.skipIf(obstacle)('booting three masters behind a proxy', () => {
  let lab: KubernetesLab;
  let masters: readonly Host[];
  let first: Host;
  let failing: Host;
  let dead: Host;
  let world: ClusterWorld;

  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 6});
    const [one, two, three, proxy, four, five] = lab.hosts as [Host, Host, Host, Host, Host, Host];
    masters = [one, two, three];
    [first, failing, dead] = [one, four, five];
    const machines = [
      ...masters.map((host) => ({host, role: 'master'}) as const),
      {host: proxy, role: 'proxy'},
      {host: four, role: 'worker'},
      {host: five, role: 'worker'},
    ] as const;
    world = await clusterWorld(lab, {machines, api: proxy.address});
  }, kubernetesLabMs);
  afterAll(async () => {
    await world?.remove();
    await lab?.close();
  }, closeMs);

  test(
    'comes to its end however often its runner is killed, without a machine that is dead and one whose script fails',
    async () => {
      await dead.kill();
      await failing.sh('touch /etc/sysctl.d');
      const proposal = await world.engine.propose(world.bootup());
      expect(
        proposal.plan.notices.filter(({severity}) => severity === 'warning').map(({machine}) => machine),
      ).toContain(dead.name);
      const id = await world.start(proposal);
      const {length} = proposal.plan.tasks;
      // Anywhere between the first tasks and the last.
      const kills = Array.from({length: 3}, () => Math.floor(Math.random() * (length - 8))).sort((a, b) => a - b);
      for (const at of kills) {
        await world.until(id, (view) => doneIn(view) >= at || view.state.endedAt !== undefined);
        await world.kill(id);
        await world.engine.runs.resume(id);
      }
      const view = await world.until(id);
      const where = `killed after ${kills.join(', ')} tasks`;
      expect(
        trouble(view).map((line) => line.split(' ').slice(0, 2).join(' ')),
        where,
      ).toEqual([
        `${failing.name}/system failed:`,
        ...['docker', 'images', 'certificates', 'kubelet', 'node'].map((phase) => `${failing.name}/${phase} skipped:`),
      ]);
      expect(view.state.tasks.find(({status}) => status === 'failed')?.problem).toMatchObject({
        ...{code: 'script-failed', machine: failing.name, command: 'prepare-kernel.sh'},
      });
      expect(await readyNodes(world, first)).toEqual(addresses(lab.hosts.slice(0, 4)));
    },
    bootMs,
  );

  test(
    'takes in later what was left out, and changes nothing of the others',
    async () => {
      await dead.start();
      await failing.sh('rm /etc/sysctl.d');
      const view = await world.carryOut(world.bootup());
      expect(trouble(view)).toEqual([]);
      expect(new Set(changed(view).map((line) => line.split('/')[0]))).toEqual(new Set([failing.name, dead.name]));
      expect(await readyNodes(world, first)).toEqual(addresses(lab.hosts));
    },
    bootMs,
  );

  test(
    'is reached by the proxy also without one of the masters, and can be booted again then',
    async () => {
      await first.kill();
      const view = await world.carryOut(world.bootup());
      expect(trouble(view)).toEqual([]);
      // Each master has an administrator of its own: the kubeconfig of this computer keeps the one it has.
      expect(changed(view)).toEqual([]);
      expect(view.state.tasks.filter(({id}) => id.startsWith(`${first.name}/`))).toEqual([]);
    },
    bootMs,
  );
});

describe.skipIf(obstacle)('booting three masters behind a balancer of somebody else', () => {
  let lab: KubernetesLab;
  let masters: readonly Host[];
  let balancer: Host;
  let world: ClusterWorld;

  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 4, docker: 3});
    [masters, balancer] = [lab.hosts.slice(0, 3), lab.hosts[3] as Host];
    const machines = masters.map((host) => ({host, role: 'master'}) as const);
    const settings = ['pai-tui:', '  plain-http-api: "true"'];
    world = await clusterWorld(lab, {machines, api: balancer.address, settings});
    await balancer.sh(
      'cat > /etc/balancer.cfg && haproxy -D -f /etc/balancer.cfg',
      [
        'defaults\n  mode tcp\n  timeout connect 2s\n  timeout client 1h\n  timeout server 1h',
        'frontend api\n  bind *:6443\n  default_backend masters',
        'backend masters\n  option httpchk GET /readyz',
        ...masters.map(({name, address}) => `  server ${name} ${address}:6443 check check-ssl verify none inter 1s`),
        '',
      ].join('\n'),
    );
  }, kubernetesLabMs);
  afterAll(async () => {
    await world?.remove();
    await lab?.close();
  }, closeMs);

  test(
    'makes a cluster that is reached through it',
    async () => {
      const view = await world.carryOut(world.bootup());
      expect(trouble(view)).toEqual([]);
      expect(await readyNodes(world, masters[0] as Host)).toEqual(addresses(masters));
    },
    bootMs,
  );

  /** What a service of old does: it knows no TLS and no token. */
  const ask = (from: Host, path: string) =>
    from.sh(
      `timeout 10 bash -c "exec 3<> /dev/tcp/${masters[0]?.address}/8080; printf 'GET ${path} HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3" 2>&1 || true`,
    );

  test(
    'answers plain HTTP to machines of the cluster alone, with rights to look',
    async () => {
      const [, second] = masters as [Host, Host, Host];
      await expect.poll(() => ask(second, '/api/v1/nodes'), {timeout: 120_000, interval: 2000}).toContain('"NodeList"');
      expect(await ask(second, '/api/v1/secrets')).toContain('403 Forbidden');
      expect(await ask(balancer, '/api/v1/nodes')).toContain('403 Forbidden');
      for (const host of masters) {
        expect(await host.sh('stat -c "%a %U" /etc/kubernetes/plain-http/haproxy.cfg')).toBe('600 root\n');
      }
      const view = await world.carryOut(world.bootup());
      expect(trouble(view)).toEqual([]);
      expect(changed(view)).toEqual([]);
    },
    bootMs,
  );

  test(
    'says that the balancer is what is missing where it leads nowhere',
    async () => {
      await balancer.sh('kill $(pidof haproxy)');
      const proposing = world.engine.propose(world.bootup());
      await expect(proposing).rejects.toThrow(/API servers answer/);
    },
    bootMs,
  );
});
