import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import {tlsKnock} from '../../src/engine/cluster/check/api-endpoints.ts';
import {checkCluster} from '../../src/engine/cluster/check/check.ts';
import type {CheckedCluster, CheckedMachine, CheckName, CheckResult} from '../../src/engine/cluster/check/types.ts';
import {createCluster} from '../../src/engine/cluster/cluster.ts';
import type {CheckReport} from '../../src/engine/cluster/types.ts';
import type {MachineAccess, Remote} from '../../src/engine/machine-tools.ts';
import {createMachines} from '../../src/engine/machines/machines.ts';
import {createSsh} from '../../src/engine/remote/create-ssh.ts';
import {writeClusterFolder} from '../lab/cluster-folder.ts';
import {connectTo} from '../lab/connect.ts';
import {type Host, type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import type {LoginName} from '../lab/logins.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of cluster check on lab hosts', whyNoLab({docker: true}));

const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const clock = createClock();
const {signal} = new AbortController();

describe.skipIf(obstacle)('a cluster check of real hosts', () => {
  let lab: Lab;
  let hosts: readonly Host[];
  let remotes: Map<string, Promise<Remote>>;

  beforeAll(async () => {
    lab = await startLab({hosts: 3, docker: 1});
    hosts = lab.hosts;
    remotes = new Map();
  });
  const hangUp = async () => {
    const all = await Promise.allSettled(remotes.values());
    remotes.clear();
    await Promise.all(all.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
  };
  afterEach(hangUp);
  afterAll(() => lab?.close());

  const access = (user: LoginName): MachineAccess => ({
    async use(name, work) {
      const host = hosts.find((one) => one.name === name) as Host;
      const remote = remotes.get(name) ?? connectTo(lab, host, user, {connectMs: 20_000});
      remotes.set(name, remote);
      return work(await remote);
    },
  });

  const cluster = (more: Partial<CheckedCluster> = {}): CheckedCluster => ({
    machines: hosts.map(
      ({name, address}, index): CheckedMachine => ({
        name,
        address,
        roles: index === 0 ? ['master'] : ['worker'],
        dockerData: '/var/lib/docker',
      }),
    ),
    api: {host: hosts[0]?.address ?? '', port: 6443},
    availability: 'single-master',
    masterPort: 6443,
    version: 'v1.20.2',
    isProven: true,
    serviceRange: '10.254.0.0/16',
    podNetwork: {kind: 'routes', range: '10.200.0.0/16'},
    etcdDataPath: '/var/etcd',
    images: {
      apiserver: 'kube-apiserver:v1.20.2',
      controllerManager: 'kube-controller-manager:v1.20.2',
      scheduler: 'kube-scheduler:v1.20.2',
      hyperkube: 'hyperkube:v1.20.2',
      etcd: 'etcd:3.4.23',
      pause: 'pause-amd64:3.0',
      dashboard: 'dash:1',
      haproxy: 'haproxy:2.6',
      proxy: 'hyperkube:v1.20.2',
    },
    docker: {},
    ...more,
  });

  const check = async (more: Partial<CheckedCluster> = {}, user: LoginName = 'admin') => {
    const told: CheckResult[] = [];
    const world = {machines: access(user), clock, assets, knock: tlsKnock(clock), patienceSeconds: 20};
    const report = await checkCluster(cluster(more), world, (results) => told.push(...results), signal);
    expect(new Set(told)).toEqual(new Set(report.results));
    return report;
  };
  /** What is not as it should be, of these checks. */
  const wrong = ({results}: CheckReport, ...checks: CheckName[]) =>
    results
      .filter(({check: name, state}) => state !== 'ok' && (checks.length === 0 || checks.includes(name)))
      .map(({machine = 'all', check: name, state, detail}) => `${machine} ${name} ${state}: ${detail}`);

  test('finds nothing on clean ones but what they lack: docker, images, and a list of modules', async () => {
    const report = await check();
    expect(report.reached).toEqual(['node-1', 'node-2', 'node-3']);
    expect(report.refusals).toEqual([]);
    const lacks: readonly CheckName[] = ['docker', 'registry', 'images', 'modules'];
    expect(wrong(report).filter((line) => !lacks.some((name) => line.includes(` ${name} `)))).toEqual([]);
    expect(wrong(report, 'docker')).toEqual([
      'node-2 docker failed: docker is installed and not running.',
      'node-3 docker failed: docker is installed and not running.',
    ]);
    expect(wrong(report, 'registry')).toHaveLength(3);
    for (const line of wrong(report, 'registry')) expect(line).toMatch(/docker\.io cannot be reached from here \(.+\)/);
    // Proven by the cards that each sees of the others.
    expect(report.results.find(({check: name}) => name === 'segment')).toMatchObject({
      state: 'ok',
      detail: 'All are of one segment: pods of all machines can reach each other.',
    });
  });

  test('leaves nothing behind on them', async () => {
    const look =
      'find /tmp /var/tmp /dev/shm -mindepth 1; find / -xdev -newer /run/mark -not -path "/proc/*" -type f | sort';
    const [host] = hosts as [Host];
    await host.sh('touch /run/mark; sleep 1.1');
    await check();
    await hangUp();
    const changed = (await host.sh(look)).split('\n').filter((line) => line !== '');
    // What sshd, PAM and sudo write when somebody logs in, and docker of itself.
    const usual =
      /^\/(?:var\/log\/|run\/|var\/lib\/(?:sudo|docker|containerd)\/|home\/\w+\/\.sudo_as_admin_successful$)/;
    expect(changed.filter((path) => !usual.test(path))).toEqual([]);
  });

  test('as an account that sudo does not let in says so, and what only root sees is unknown', async () => {
    const report = await check({}, 'guest');
    expect(wrong(report, 'sudo')).toHaveLength(3);
    expect(report.refusals.map(({problem}) => problem.code)).toEqual(Array(3).fill('sudo-refused'));
    expect(wrong(report, 'etcd data')).toEqual(['node-1 etcd data unknown: Only root sees whether there is any.']);
    expect(wrong(report, 'clock', 'identity', 'segment', 'disk', 'ports')).toEqual([]);
  });

  test('names who has a port, also one that listens on loopback alone', async () => {
    const [first, second] = hosts as [Host, Host];
    const stop = await occupy(first, 6443, '0.0.0.0');
    const stopOther = await occupy(second, 10_248, '127.0.0.1');
    try {
      expect(wrong(await check(), 'ports')).toEqual([
        expect.stringMatching(
          /^node-1 ports failed: Port 6443, which kube-apiserver needs, is taken by \S*perl\S* \(0\.0\.0\.0\)\.$/,
        ),
        expect.stringMatching(
          /^node-2 ports failed: Port 10248, which kubelet needs, is taken by \S*perl\S* \(127\.0\.0\.1\)\.$/,
        ),
      ]);
    } finally {
      await stop();
      await stopOther();
    }
    expect(wrong(await check(), 'ports')).toEqual([]);
  });

  test('names machines with the same machine-id', async () => {
    const [first, second] = hosts as [Host, Host];
    const own = await second.sh('cat /etc/machine-id');
    await second.sh('cat > /etc/machine-id', await first.sh('cat /etc/machine-id'));
    try {
      expect(wrong(await check(), 'identity')).toEqual([
        'all identity failed: node-1, node-2 have the same machine-id.',
      ]);
    } finally {
      await second.sh('cat > /etc/machine-id', own);
    }
  });

  test('names the clock that is wrong', async () => {
    const [, , third] = hosts as [Host, Host, Host];
    await third.clock(-10);
    try {
      expect(wrong(await check(), 'clock')).toEqual([
        expect.stringMatching(/^node-3 clock failed: Its clock is (9 min 59|10 min \d) s behind the others\.$/),
      ]);
    } finally {
      await third.clock(0);
    }
  });

  test('tells an earlier cluster from this one, and what was kept from what is in the way', async () => {
    const [first] = hosts as [Host];
    await first.sh('mkdir -p /etc/kubernetes/manifests /var/etcd/data/member /var/etcd/data.bak-20261120');
    try {
      await first.sh(
        'cat > /etc/kubernetes/kubelet.conf; chmod 600 /etc/kubernetes/kubelet.conf',
        kubeconfig('10.9.9.9'),
      );
      const other = await check();
      expect(wrong(other, 'leftovers')).toEqual([
        'node-1 leftovers failed: It is of another cluster, whose API is https://10.9.9.9:6443.',
      ]);
      expect(wrong(other, 'etcd data')).toEqual([expect.stringMatching(/lies in \/var\/etcd\/data:/)]);
      await first.sh('cat > /etc/kubernetes/kubelet.conf', kubeconfig(first.address));
      expect(wrong(await check(), 'leftovers', 'etcd data')).toEqual([]);
      await first.sh('rm -r /etc/kubernetes /var/etcd/data');
      const clean = await check();
      expect(wrong(clean, 'leftovers', 'etcd data')).toEqual([]);
      expect(clean.results.find(({check: name, machine}) => name === 'etcd data' && machine === 'node-1')?.detail).toBe(
        'Kept from earlier, and not used: /var/etcd/data.bak-20261120.',
      );
    } finally {
      await first.sh('rm -rf /etc/kubernetes /var/etcd');
    }
  });

  test('asks the registry through the engine of the machine, and knows what it has', async () => {
    const [first] = hosts as [Host];
    await first.sh('mkdir -p /srv/registry; cat > /srv/registry.yaml', registrySettings);
    const start = 'docker-registry serve /srv/registry.yaml > /run/registry.log 2>&1 < /dev/null & echo $!';
    const registry = (await first.sh(start)).trim();
    await first.sh('until ss -ltn | grep -q 127.0.0.1:5000; do sleep 0.05; done');
    const images = {
      ...cluster().images,
      pause: '127.0.0.1:5000/pause:3.0',
      etcd: '127.0.0.1:5000/etcd:3.4.23',
      hyperkube: 'here:1',
      proxy: 'here:1',
    };
    try {
      await first.sh(`
        tar -C /etc -c hostname | docker import - 127.0.0.1:5000/pause:3.0
        docker push -q 127.0.0.1:5000/pause:3.0
        docker tag 127.0.0.1:5000/pause:3.0 here:1
        docker rmi 127.0.0.1:5000/pause:3.0`);
      const {results} = await check({images});
      const of = (name: CheckName) => results.filter(({machine, check: one}) => machine === 'node-1' && one === name);
      expect(of('images').map(({state, detail}) => `${state}: ${detail}`)).toContain(
        'failed: Their registry does not have 127.0.0.1:5000/etcd:3.4.23.',
      );
      expect(of('registry').map(({state, detail}) => `${state}: ${detail}`)).toEqual([
        'ok: 127.0.0.1:5000 answers.',
        expect.stringMatching(/^failed: docker\.io cannot be reached from here/),
      ]);
      await first.sh(
        'docker tag here:1 127.0.0.1:5000/etcd:3.4.23; docker push -q 127.0.0.1:5000/etcd:3.4.23; docker rmi 127.0.0.1:5000/etcd:3.4.23',
      );
      const all = {...images, apiserver: 'here:1', controllerManager: 'here:1', scheduler: 'here:1'};
      const found = (await check({images: all})).results.filter(({machine}) => machine === 'node-1');
      expect(found.find(({check: name}) => name === 'images')).toMatchObject({
        state: 'ok',
        detail: '1 are here, 2 in their registry.',
      });
    } finally {
      await first.sh(`kill ${registry}; docker rmi here:1`);
    }
  });

  test('comes from a folder of a configuration, over its own logins', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pai-check-'));
    const config = join(folder, 'cluster');
    const machines = createMachines({
      environment: {HOME: folder},
      stateHome: join(folder, 'state'),
      assets,
      clock,
      loadSsh: async () => (hostKeys) => createSsh({hostKeys, clock}),
    });
    try {
      await writeClusterFolder(config, hosts);
      await writeFile(join(config, 'kubernetes-configuration.yaml'), kubernetesSettings(hosts[0]?.address ?? ''));
      const tools = () => Promise.reject(new Error('not asked for by a check'));
      const ask = () =>
        createCluster({machines, clock, assets, tools, stateFolder: tools}).check({config}, () => {}, signal);
      const untrusted = await ask();
      expect(untrusted.reached).toEqual([]);
      expect(untrusted.refusals.map(({problem}) => problem.code)).toEqual(Array(3).fill('host-key-unknown'));
      const keys = await machines.hostKeys({config, names: []}, () => {}, signal);
      const trusted = keys.map(({machine, keys: shown}) => ({machine: machine.name, keys: shown}));
      await machines.trust({config, names: []}, trusted, {how: 'compared on screen'});
      const report = await ask();
      expect(report.reached).toEqual(['node-1', 'node-2', 'node-3']);
      expect(wrong(report, 'reachable', 'sudo', 'segment', 'balancer', 'masters', 'version', 'ports')).toEqual([]);
    } finally {
      await machines.close();
      await rm(folder, {recursive: true, force: true});
    }
  });

  test('is not held up by a machine that is cut off, and says which', async () => {
    const [, , third] = hosts as [Host, Host, Host];
    await third.cut();
    try {
      const report = await check();
      expect(report.reached).toEqual(['node-1', 'node-2']);
      expect(report.refusals).toMatchObject([{machine: 'node-3', problem: {code: 'machine-unreachable'}}]);
      expect(wrong(report, 'reachable', 'clock', 'identity', 'network', 'segment')).toEqual([
        expect.stringMatching(/^node-3 reachable failed: /),
        'all segment unknown: node-3 did not answer.',
      ]);
    } finally {
      await third.join();
    }
  });
});

function kubernetesSettings(master: string): string {
  const versions = ['hyperkube', 'apiserver', 'kube-scheduler', 'kube-controller-manager'];
  return [
    'kubernetes:',
    '  cluster-dns: 10.77.0.1',
    `  load-balance-ip: ${master}`,
    '  service-cluster-ip-range: 10.254.0.0/16',
    '  storage-backend: etcd3',
    '  docker-registry: registry.example/k8s',
    ...versions.map((part) => `  ${part}-version: v1.20.2`),
    '  etcd-version: 3.4.23',
    '  dashboard-version: v1.8.3',
    '',
  ].join('\n');
}

function kubeconfig(host: string): string {
  return `apiVersion: v1\nclusters:\n- cluster:\n    server: https://${host}:6443\n  name: kubernetes\n`;
}

const registrySettings = `version: 0.1
storage: {filesystem: {rootdirectory: /srv/registry}}
http: {addr: 127.0.0.1:5000}
`;

/** Listens there until it is told to stop. */
async function occupy(host: Host, port: number, address: string): Promise<() => Promise<void>> {
  const listen =
    'use IO::Socket::INET; $s = IO::Socket::INET->new(Listen => 1, LocalAddr => $ARGV[0]) or die; sleep 1000';
  const pid = (await host.sh(`perl -e '${listen}' ${address}:${port} > /dev/null 2>&1 & echo $!`)).trim();
  await host.sh(`until ss -ltn | grep -q ${address}:${port}; do sleep 0.05; done`);
  return async () => {
    await host.sh(`kill ${pid}`);
  };
}
