import {cp, mkdir, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {OperationRequest, RunView} from '../../src/engine/api.ts';
import {createClock} from '../../src/engine/clock.ts';
import {tlsKnock} from '../../src/engine/cluster/check/api-endpoints.ts';
import {clusterLayout} from '../../src/engine/cluster/layout/layout.ts';
import {judgeSpread, seeSpread} from '../../src/engine/cluster/verify/api-spread.ts';
import {readConfig} from '../../src/engine/read-config.ts';
import {execute} from '../lab/execute.ts';
import {type ClusterWorld, clusterWorld} from '../lab/kubernetes/cluster-world.ts';
import {drawKillPoints, killAt} from '../lab/kubernetes/kill-points.ts';
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import {addresses, changed, readyNodes, trouble} from '../lab/kubernetes/seen.ts';
import type {Host} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of booting behind a proxy', whyNoKubernetesLab());

const bootMs = 20 * 60_000;
const taskOf = ({state}: RunView, id: string) => state.tasks.find((task) => task.id === id);

/** Of its boot. */
const kills = 6;

describe.skipIf(obstacle)('three masters behind a proxy', () => {
  let lab: KubernetesLab;
  let masters: readonly Host[];
  let first: Host;
  let proxy: Host;
  let failing: Host;
  let dead: Host;
  let world: ClusterWorld;

  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 6});
    const [one, two, three, balancing, four, five] = lab.hosts as [Host, Host, Host, Host, Host, Host];
    masters = [one, two, three];
    [first, proxy, failing, dead] = [one, balancing, four, five];
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
  }, 5 * 60_000);

  const kubeconfig = () => join(world.folder, '.kube/config');
  const programs = () => join(world.folder, 'bin');
  const kubectl = (...words: readonly string[]) =>
    execute(join(programs(), 'kubectl'), ['--kubeconfig', kubeconfig(), '--context', 'gpu-lab', ...words]);
  const install = (config = world.config): OperationRequest => ({
    operation: 'cluster install-kubectl',
    config,
    kubeconfig: kubeconfig(),
    programs: programs(),
  });

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
      const killed = await killAt(world, id, drawKillPoints(proposal.plan.tasks, kills));
      const view = await world.until(id);
      expect(killed.length, 'kills').toBeGreaterThan(kills / 2);
      expect(killed.flat(), 'tasks that were killed').not.toEqual([]);
      expect(trouble(view).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
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
    'takes in later what was left out, changes nothing of the others, and proves all of it',
    async () => {
      await dead.start();
      await failing.sh('rm /etc/sysctl.d');
      const view = await world.carryOut(world.bootup());
      expect(trouble(view)).toEqual([]);
      expect(new Set(changed(view).map((line) => line.split('/')[0]))).toEqual(new Set([failing.name, dead.name]));
      expect(await readyNodes(world, first)).toEqual(addresses(lab.hosts));
      expect(taskOf(view, 'cluster/verify-etcd')).toMatchObject({
        status: 'done',
        note: '3 voting members, all healthy. One may fail: 2 are needed.',
      });
      expect(taskOf(view, 'cluster/verify-api')).toMatchObject({status: 'done', note: '3 of 3 API servers'});
      expect(taskOf(view, 'cluster/verify-pods')).toMatchObject({
        status: 'done',
        note: 'pods of 6 nodes reached the API at 10.254.0.1, pods of every other',
      });
    },
    bootMs,
  );

  test('is reached from this computer, and nothing of the test pods is left', async () => {
    expect((await kubectl('get', 'nodes', '--no-headers')).match(/ Ready /g)).toHaveLength(6);
    expect(await kubectl('get', 'namespaces', '-o', 'name')).not.toContain('pai-tui');
    expect((await stat(kubeconfig())).mode & 0o777).toBe(0o600);
    expect((await readdir(programs())).sort()).toEqual(['kubectl']);
    for (const host of masters)
      expect(await host.sh('docker ps --all --format "{{.Names}}"')).not.toContain('pai-tui-kubectl');
  });

  test('is not reached anew where it is reached', async () => {
    const {nothingToDo, plan} = await world.engine.propose(install());
    expect(plan.tasks.map(({id, expected}) => [id, expected])).toEqual([
      ['cluster/kubectl', 'unchanged'],
      ['cluster/kubeconfig', 'unchanged'],
    ]);
    expect(nothingToDo).toBe(true);
  });

  test('comes beside the clusters of an older kubeconfig, and its kubectl in the place of one that does not fit', async () => {
    const other = `apiVersion: v1
kind: Config
# not ours
clusters: [{name: other, cluster: {server: 'https://192.0.2.1:6443'}}]
contexts: [{name: other, context: {cluster: other, user: other}}]
users: [{name: other, user: {token: keep-me}}]
current-context: other
`;
    await writeFile(kubeconfig(), other, {mode: 0o640});
    const old = '#!/bin/sh\necho \'{"clientVersion": {"gitVersion": "v1.9.9"}}\'\n';
    await writeFile(join(programs(), 'kubectl'), old, {mode: 0o755});
    const view = await world.carryOut(install());
    expect(view.state.status).toBe('done');
    expect(await kubectl('get', '--raw', '/readyz')).toBe('ok');
    const text = await readFile(kubeconfig(), 'utf8');
    for (const kept of ['# not ours', 'keep-me', 'current-context: other']) expect(text).toContain(kept);
    expect((await stat(kubeconfig())).mode & 0o777).toBe(0o600);
    expect((await readdir(programs())).sort()).toEqual(['kubectl', 'kubectl-v1.9.9.before-pai-tui']);
    expect(await readFile(join(programs(), 'kubectl-v1.9.9.before-pai-tui'), 'utf8')).toBe(old);
    // The key of the administrator lies in that file, and nowhere else on this computer.
    const [key = ''] = /client-key-data: *\S+/.exec(text)?.[0].match(/\S{60}/) ?? [];
    expect(key).not.toBe('');
    const holding = await execute('grep', ['-rlF', key.slice(20), world.folder]);
    expect(holding.trim()).toBe(kubeconfig());
  });

  test('gives no kubectl where the image has none, and leaves nothing of the attempt', async () => {
    const config = join(world.folder, 'without-kubectl');
    await cp(world.config, config, {recursive: true});
    const file = join(config, 'kubernetes-configuration.yaml');
    const image = `${lab.images.registry}/busybox:1.35`;
    await writeFile(file, `${await readFile(file, 'utf8')}  pai-tui:\n    images:\n      hyperkube: ${image}\n`);
    await rm(programs(), {recursive: true});
    await mkdir(programs());
    const view = await world.carryOut(install(config));
    expect(taskOf(view, 'cluster/kubectl')?.problem).toMatchObject({
      code: 'script-failed',
      exitCode: 4,
      detail: `There is no kubectl in ${image}.`,
    });
    expect(taskOf(view, 'cluster/kubeconfig')).toMatchObject({status: 'done', changed: false});
    expect(await readdir(programs())).toEqual([]);
    for (const host of masters)
      expect(await host.sh('docker ps --all --format "{{.Names}}"')).not.toContain('pai-tui-kubectl');
    expect(trouble(await world.carryOut(install()))).toEqual([]);
  });

  test('shows when its proxy leads to one of them no more', async () => {
    const [, second, third] = masters as [Host, Host, Host];
    const {layout} = clusterLayout((await readConfig(world.config, undefined)).config);
    if (!layout) throw new Error('no layout');
    const rule = `OUTPUT -d ${third.address} -p tcp --dport 6443 -j REJECT`;
    await proxy.sh(`iptables -I ${rule}`);
    const clock = createClock();
    // Looking for a minute would prove no more than ten seconds do.
    const hasty = {...clock, monotonic: () => 6 * clock.monotonic()};
    const spread = await seeSpread(
      {layout, masters: layout.masters, knock: tlsKnock(clock), clock: hasty},
      new AbortController().signal,
    );
    expect(judgeSpread(layout, spread)).toMatchObject({
      type: 'not reached',
      words: expect.stringMatching(`led to ${first.name}, ${second.name} and in none of .* to ${third.name}`),
    });
    await proxy.sh(`iptables -D ${rule}`);
  }, 180_000);

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
