import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {ClusterStatus, StatusFinding} from '../../src/engine/cluster/types.ts';
import {execute} from '../lab/execute.ts';
import {type ClusterWorld, clusterWorld} from '../lab/kubernetes/cluster-world.ts';
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import {addresses, changed, httpGet, noteOf, readyNodes, trouble} from '../lab/kubernetes/seen.ts';
import type {Host} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of booting behind a balancer of somebody else', whyNoKubernetesLab());

const bootMs = 15 * 60_000;
const askMs = 3 * 60_000;
const {signal} = new AbortController();

const words = ({part, machine, says}: StatusFinding) => `${part} ${machine ?? ''}: ${says}`;

/** An image that nobody has. */
const noDashboard = 'registry.lab/no-dashboard:v1';

describe.skipIf(obstacle)('three masters and a worker behind a balancer of somebody else', () => {
  let lab: KubernetesLab;
  let hosts: readonly [Host, Host, Host, Host];
  let masters: readonly Host[];
  let balancer: Host;
  let world: ClusterWorld;

  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 5, docker: 4});
    const [one, two, three, four, five] = lab.hosts as [Host, Host, Host, Host, Host];
    [hosts, masters, balancer] = [[one, two, three, four], [one, two, three], five];
    const machines = hosts.map((host) => ({host, role: masters.includes(host) ? 'master' : 'worker'}) as const);
    const settings = [
      ...['pai-tui:', '  plain-http-api: "true"', '  pod-network: host'],
      ...['  images:', `    kubernetes-dashboard: ${noDashboard}`],
    ];
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
  }, askMs);

  test(
    'make a cluster that is reached through it, also where the dashboard cannot be had',
    async () => {
      const proposal = await world.engine.propose(world.bootup());
      const warnings = proposal.plan.notices.filter(({severity}) => severity === 'warning');
      expect(warnings.map(({message}) => message).join('\n')).toContain(`${noDashboard} is not here`);
      const view = await world.until(await world.start(proposal));
      expect(trouble(view)).toEqual([]);
      expect(await readyNodes(world, hosts[0])).toEqual(addresses(hosts));
      expect(noteOf(view, 'cluster/dashboard')).toMatch(
        /^the dashboard does not run: (ErrImagePull|ImagePullBackOff): .*registry\.lab/,
      );
      expect(noteOf(view, 'cluster/verify-pods')).toBe(
        'pods of 4 nodes reached the API at 10.254.0.1; that pods of different machines reach each other is not promised, and was not tried',
      );
    },
    bootMs,
  );

  /** What a service of old does: it knows no TLS and no token. */
  const askPlainly = (from: Host, path: string) => httpGet(from, `${hosts[0].address}:8080`, path);

  test(
    'answer plain HTTP to machines of the cluster alone, with rights to look',
    async () => {
      const [, second] = hosts;
      await expect
        .poll(() => askPlainly(second, '/api/v1/nodes'), {timeout: 120_000, interval: 2000})
        .toContain('"NodeList"');
      expect(await askPlainly(second, '/api/v1/secrets')).toContain('403 Forbidden');
      expect(await askPlainly(balancer, '/api/v1/nodes')).toContain('403 Forbidden');
      for (const host of masters) {
        expect(await host.sh('stat -c "%a %U" /etc/kubernetes/plain-http/haproxy.cfg')).toBe('600 root\n');
      }
      const view = await world.carryOut(world.bootup());
      expect(trouble(view)).toEqual([]);
      expect(changed(view)).toEqual([]);
    },
    bootMs,
  );

  const ask = () => world.engine.cluster.status({config: world.config}, () => {}, signal);
  /** Asks until it is so: kubelets and API servers take their time. */
  const askUntil = async (isSo: (status: ClusterStatus) => boolean) => {
    let last: ClusterStatus | undefined;
    await expect
      .poll(
        async () => {
          last = await ask();
          return isSo(last);
        },
        {timeout: askMs, interval: 2000},
      )
      .toBe(true);
    if (!last) throw new Error('not asked');
    return last;
  };

  test(
    'are healthy once they are booted: no drift, all certificates good',
    async () => {
      const status = await askUntil(({health}) => health === 'healthy');
      expect(status.findings.filter(({gravity}) => gravity !== 'notice').map(words)).toEqual([]);
      expect(status.api.known?.servers.map(({machine, version}) => [machine, version])).toEqual(
        // The last one is whichever answers behind the balancer.
        ['node-1', 'node-2', 'node-3', undefined].map((name) => [name, 'v1.20.2']),
      );
      expect(status.machines.map(({known}) => known?.certificates.length)).toEqual([16, 16, 16, 4]);
    },
    askMs,
  );

  test(
    'have containers whose logs are listed, read and followed',
    async () => {
      const [first] = hosts;
      const {machines} = world.engine;
      const place = {config: world.config, names: ['node-1'], sudo: true};
      const {containers} = await machines.listLogs(place, signal);
      expect(containers).toContainEqual(
        expect.objectContaining({
          name: 'etcd',
          pod: expect.stringContaining('etcd'),
          state: 'running',
        }),
      );
      const etcd = containers.find(({name}) => name === 'etcd')?.container ?? '';
      const read = machines.logs({...place, log: {kind: 'container', container: etcd}, lines: 3, follow: false});
      await read.ended;
      const {stdout, stderr} = read.streams('node-1');
      expect(`${stdout}${stderr}`.trim().split('\n')).toHaveLength(3);

      // One that prints what it is told to, and nothing else.
      await first.sh(`image=$(docker inspect -f '{{.Config.Image}}' kubelet)
        docker run -d --name talker --entrypoint sh "$image" -c 'mkfifo /said; while :; do cat /said; done'`);
      const say = (word: string) =>
        first.sh(`docker exec talker sh -c 'until [ -p /said ]; do :; done; echo ${word} >/said'`);
      await say('old');
      const log = {kind: 'container', container: 'talker'} as const;
      const followed = machines.logs({...place, log, follow: true});
      await expect.poll(() => followed.streams('node-1').stdout, {timeout: 60_000}).toBe('old\n');
      await say('new');
      await expect.poll(() => followed.streams('node-1').stdout, {timeout: 60_000}).toBe('old\nnew\n');
      await first.sh('docker rm -f talker');
      const {machines: ended} = await followed.ended;
      expect(ended.map(({machine, status}) => [machine.name, status])).toEqual([['node-1', 'done']]);
    },
    askMs,
  );

  test(
    'are shown with an API server, a file and a machine that are not as they should be',
    async () => {
      const [, second, third, worker] = hosts;
      const manifests = '/etc/kubernetes/manifests';
      await second.sh(`cp ${manifests}/scheduler.yaml /root/ && sed -i s/--v=1/--v=2/ ${manifests}/scheduler.yaml`);
      await third.sh(`mv ${manifests}/apiserver.yaml /root/`);
      await worker.kill();
      const {health, findings, nodes} = await askUntil(
        ({api, nodes: {known}}) => api.known?.servers[2]?.state === 'unreachable' && known?.[3]?.state === 'unknown',
      );
      expect(health).toBe('degraded');
      expect(nodes.known?.map(({state}) => state)).toEqual(['ready', 'ready', 'ready', 'unknown']);
      const said = findings.map(words);
      expect(said).toContain('API servers node-3: Its API server does not answer.');
      expect(said).toContain('nodes node-4: Its kubelet is not heard any more.');
      expect(said).toContain(`drift node-2: ${manifests}/scheduler.yaml is not as it would be put there.`);
      expect(said).toContain(`drift node-3: ${manifests}/apiserver.yaml is missing.`);
      expect(said.filter((one) => one.startsWith('machines'))).toEqual([expect.stringContaining('node-4: ')]);
      await Promise.all([
        second.sh(`cp /root/scheduler.yaml ${manifests}/`),
        third.sh(`mv /root/apiserver.yaml ${manifests}/`),
        worker.start(),
      ]);
      await askUntil((status) => status.health === 'healthy');
    },
    2 * askMs,
  );

  test(
    'get new certificates, one master after the other, and work with them',
    async () => {
      const before = serials(await ask());
      const view = await world.carryOut({operation: 'cluster certificates renew', config: world.config});
      expect(trouble(view)).toEqual([]);
      const status = await askUntil(({health}) => health === 'healthy');
      const after = serials(status);
      expect([...after.keys()]).toEqual([...before.keys()]);
      const same = [...after].filter(([file, serial]) => before.get(file) === serial).map(([file]) => file);
      const authorities = ['ca.crt', 'etcd/ca.crt', 'front-proxy-ca.crt'];
      expect(same).toEqual([
        ...[1, 2, 3].flatMap((number) => authorities.map((file) => `node-${number} /etc/kubernetes/pki/${file}`)),
        'node-4 /etc/kubernetes/pki/ca.crt',
      ]);
      // Each master was done with before the next one began.
      const ended = (id: string) => view.state.tasks.find((task) => task.id === id)?.endedAt ?? 0;
      const begun = (id: string) => view.state.tasks.find((task) => task.id === id)?.startedAt ?? 0;
      expect(begun('node-2/certificates')).toBeGreaterThanOrEqual(ended('node-1/api-ready'));
      expect(begun('node-3/certificates')).toBeGreaterThanOrEqual(ended('node-2/api-ready'));
      // From the API server to a kubelet, both with new ones.
      const pods = await world.kubectl(hosts[0], '-n', 'kube-system', 'get', 'pods', '-o', 'name');
      const proxy = pods.split('\n').find((name) => name.includes('kube-proxy')) ?? '';
      expect(await world.kubectl(hosts[0], '-n', 'kube-system', 'logs', '--tail=1', proxy)).not.toBe('');
      const {folder} = view.summary;
      expect(await execute('grep', ['-rlE', 'PRIVATE KEY', folder]).catch(() => 'none')).toBe('none');
    },
    bootMs,
  );

  test(
    'say that the balancer is what is missing where it leads nowhere',
    async () => {
      await balancer.sh('kill $(pidof haproxy)');
      const proposing = world.engine.propose(world.bootup());
      await expect(proposing).rejects.toThrow(/API servers answer/);
    },
    bootMs,
  );
});

/** By machine and file. */
function serials({machines}: ClusterStatus): ReadonlyMap<string, string | undefined> {
  return new Map(
    machines.flatMap(({machine, known}) =>
      (known?.certificates ?? []).map(({file, serial}) => [`${machine} ${file}`, serial] as const),
    ),
  );
}
