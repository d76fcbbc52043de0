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
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import type {Host} from '../lab/lab.ts';

const obstacle = whyNoKubernetesLab();
if (obstacle) console.error(`Tests of what a booted cluster proves are skipped: ${obstacle}.`);

const bootMs = 20 * 60_000;
const taskOf = ({state}: RunView, id: string) => state.tasks.find((task) => task.id === id);

describe.skipIf(obstacle)('a cluster of three masters behind a proxy', () => {
  let lab: KubernetesLab;
  let masters: readonly Host[];
  let proxy: Host;
  let world: ClusterWorld;
  let booted: RunView;

  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 4});
    masters = lab.hosts.slice(0, 3);
    [, , , proxy] = lab.hosts as [Host, Host, Host, Host];
    const machines = [
      ...masters.map((host) => ({host, role: 'master'}) as const),
      {host: proxy, role: 'proxy'} as const,
    ];
    world = await clusterWorld(lab, {machines, api: proxy.address});
    booted = await world.carryOut(world.bootup());
  }, kubernetesLabMs + bootMs);
  afterAll(async () => {
    await world?.remove();
    await lab?.close();
  }, 120_000);

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

  test('is proven by its boot: each API server through the proxy, and pods on each node', async () => {
    const {state} = booted;
    expect(
      state.tasks.flatMap(({id, problem}) => (problem ? [`${id}: ${problem.message} ${problem.detail}`] : [])),
    ).toEqual([]);
    expect(taskOf(booted, 'cluster/verify-etcd')).toMatchObject({
      status: 'done',
      note: '3 voting members, all healthy. One may fail: 2 are needed.',
    });
    expect(taskOf(booted, 'cluster/verify-api')).toMatchObject({status: 'done', note: '3 of 3 API servers'});
    expect(taskOf(booted, 'cluster/verify-pods')).toMatchObject({
      status: 'done',
      note: 'pods of 4 nodes reached the API at 10.254.0.1, pods of every other',
    });
  });

  test('is reached from this computer, and nothing of the test pods is left', async () => {
    expect((await kubectl('get', 'nodes', '--no-headers')).match(/ Ready /g)).toHaveLength(4);
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
  });

  test('shows when its proxy leads to one of them no more', async () => {
    const [first, second, third] = masters as [Host, Host, Host];
    const {layout} = clusterLayout((await readConfig(world.config, undefined)).config);
    if (!layout) throw new Error('no layout');
    await proxy.sh(`iptables -I OUTPUT -d ${third.address} -p tcp --dport 6443 -j REJECT`);
    const clock = createClock();
    const spread = await seeSpread(
      {layout, masters: layout.masters, knock: tlsKnock(clock), clock},
      new AbortController().signal,
    );
    expect(judgeSpread(layout, spread)).toMatchObject({
      type: 'not reached',
      words: expect.stringMatching(`led to ${first.name}, ${second.name} and in none of .* to ${third.name}`),
    });
  }, 180_000);
});
