import {createHash} from 'node:crypto';
import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {RunView} from '../../src/engine/api.ts';
import {createClock} from '../../src/engine/clock.ts';
import {takeSnapshot} from '../../src/engine/cluster/etcd/snapshot.ts';
import type {EtcdReport} from '../../src/engine/cluster/etcd/types.ts';
import {createFiles} from '../../src/engine/files/create-files.ts';
import type {MachineAccess, Remote} from '../../src/engine/machine-tools.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {connectTo} from '../lab/connect.ts';
import {type ClusterWorld, clusterWorld} from '../lab/kubernetes/cluster-world.ts';
import {whyNoOtherEtcd} from '../lab/kubernetes/etcd-versions.ts';
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import type {Host} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {plainTools} from '../run/six-tasks.ts';
import {EtcdMasters} from './etcd-masters.ts';

const obstacle = tellObstacle('Tests of snapshots of etcd on lab hosts', whyNoKubernetesLab() ?? whyNoOtherEtcd());

const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const {signal} = new AbortController();

describe.skipIf(obstacle)('the etcd of three real masters', () => {
  let lab: KubernetesLab;
  let world: ClusterWorld;
  let etcd: EtcdMasters;
  let hosts: readonly [Host, Host, Host];
  const remotes = new Map<string, Promise<Remote>>();

  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 3});
    hosts = lab.hosts as unknown as [Host, Host, Host];
    const machines = hosts.map((host) => ({host, role: 'master' as const}));
    world = await clusterWorld(lab, {machines, api: hosts[0].address});
    etcd = new EtcdMasters(lab);
    await etcd.prepare();
  }, kubernetesLabMs);
  afterAll(async () => {
    const all = await Promise.allSettled(remotes.values());
    await Promise.all(all.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
    await world?.remove();
    await lab?.close();
  });

  const status = () => world.engine.cluster.etcd({config: world.config}, signal);
  async function until(isSo: (report: EtcdReport) => boolean): Promise<EtcdReport> {
    for (const deadline = Date.now() + 90_000; ; ) {
      const {report} = await status();
      if (isSo(report)) return report;
      if (Date.now() > deadline) throw new Error(`still: ${JSON.stringify(report, undefined, 2)}`);
    }
  }
  const done = ({state}: RunView) => {
    const failed = state.tasks.flatMap(({problem}) => problem ?? []);
    expect({status: state.status, failed}).toEqual({status: 'done', failed: []});
  };
  /** Nothing of it lies on a master beside the data. */
  const nothingLeft = async () => {
    for (const {sh} of hosts) expect(await sh('ls -A /var/etcd')).toBe('data\n');
  };

  describe.each([
    ['3.3.25', {tls: false}],
    ['3.5.16', {tls: true}],
    ['3.4.23', {tls: true}],
  ])('of version %s', (version, {tls}) => {
    beforeAll(async () => {
      await etcd.startAnew({version, tls});
      await etcd.fill(hosts[0], 12);
      await until(({state}) => state === 'ok');
    }, 180_000);

    test('a snapshot is brought here, and what its own tool restores of it is the same', async () => {
      done(await world.carryOut({operation: 'cluster etcd snapshot', config: world.config}));
      const {snapshots, report} = await status();
      const [taken] = snapshots;
      if (!taken) throw new Error('none is kept');
      expect(taken).toMatchObject({version, revision: 14, machine: expect.stringMatching(/^node-[123]$/)});
      expect(taken.bytes).toBeGreaterThan(12_000_000);
      expect((await stat(taken.file)).mode & 0o777).toBe(0o600);
      const bytes = await readFile(taken.file);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(taken.sha256);
      expect(report.state).toBe('ok');
      const [first] = hosts;
      expect(await etcd.hashOfRestored(first, taken.file, taken.revision)).toBe(
        await etcd.hashAt(first, taken.revision),
      );
      await nothingLeft();
    }, 180_000);

    test('databases shrink one after the other, who leads last, and keep what is in them', async () => {
      await etcd.ctl(hosts[0], 'del --from-key k2 > /dev/null; ctl put k1 last; ctl compact --physical=true 15');
      const before = (await until(({state}) => state === 'ok')).members.map(({status: seen}) => seen?.dbBytes ?? 0);
      // Before 3.5 a revision that was compacted has no hash any more.
      const hash = await etcd.hashAt(hosts[1], 16);
      const view = await world.carryOut({operation: 'cluster etcd defrag', config: world.config});
      done(view);
      const {report} = await status();
      expect(report.state).toBe('ok');
      report.members.forEach(({status: seen}, index) => {
        expect(seen?.dbBytes).toBeLessThan((before[index] ?? 0) / 2);
      });
      const order = view.state.tasks.toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0));
      expect(order).toHaveLength(3);
      expect(order.at(-1)?.id).toBe(`${report.leader?.machine}/etcd-defrag`);
      expect(hash).toMatch(/^\d+$/);
      expect(await etcd.hashAt(hosts[1], 16)).toBe(hash);
    }, 180_000);
  });

  // They go on with the last version.
  const machines: MachineAccess = {
    async use(name, work) {
      const host = hosts.find((one) => one.name === name) as Host;
      const remote = remotes.get(name) ?? connectTo(lab, host, 'admin', {connectMs: 5000});
      remotes.set(name, remote);
      remote.catch(() => remotes.delete(name));
      return work(await remote);
    },
  };
  const masters = () => hosts.map(({name, address}, index) => ({name, address, etcdId: `etcd${index + 1}`}));
  async function take(wish: {readonly of?: readonly string[]; readonly not?: string}, heard: () => void = () => {}) {
    const folder = join(world.folder, 'taken');
    const files = createFiles({cacheFile: join(world.folder, 'cache')});
    const said: string[] = [];
    const tools = {...plainTools(createClock()), machines, files, assets};
    const output = (text: string | Uint8Array) => void said.push(String(text));
    const {of, not} = wish;
    const snapshot = await takeSnapshot(
      {
        masters: masters().filter(({name}) => of?.includes(name) ?? true),
        ...{etcdDataPath: '/var/etcd', file: join(folder, 'etcd.db'), ...(not === undefined ? {} : {not})},
      },
      {tools, signal, output, progress: heard},
    ).catch((error: unknown) => problemOf(error));
    return {snapshot, said: said.join(''), here: await readdir(folder)};
  }

  test('who leads gives one too, unless it is the one to be replaced', async () => {
    const {leader} = await until(({state}) => state === 'ok');
    const machine = leader?.machine ?? '';
    expect((await take({of: [machine]})).snapshot).toMatchObject({machine});
    const {snapshot} = await take({not: machine});
    expect(snapshot).toMatchObject({sha256: expect.stringMatching(/^[0-9a-f]{64}$/)});
    expect(snapshot).not.toMatchObject({machine});
    await nothingLeft();
  });

  test('a machine without room gives none and is left as it was, and another one gives it', async () => {
    const [first] = hosts;
    await first.fillDisk('/var/etcd', 20_000);
    const alone = await take({of: [first.name]});
    expect(alone.snapshot).toMatchObject({
      code: 'etcd-snapshot',
      message: expect.stringMatching(/^The snapshot of etcd1 on node-1 does not count: its disk has \d+ MiB free/),
      machine: 'node-1',
    });
    expect(await first.sh('ls -A /var/etcd')).toContain('data\n');
    expect(await first.sh('ls -A /var/etcd')).not.toContain('snapshot');
    expect((await take({})).snapshot).toMatchObject({machine: expect.stringMatching(/^node-[23]$/)});
    await first.mend('/var/etcd');
    await nothingLeft();
  });

  test('a cable that is pulled in the middle of it costs nothing but another try', async () => {
    // In parts, as each may take only so long. The same keys again, so that the database grows all the same.
    for (let part = 0; part < 4; part++) await etcd.fill(hosts[0], 20);
    const {leader} = await until(({state}) => state === 'ok');
    const victim = hosts.find(({name}) => name !== leader?.machine) as Host;
    let cutting: Promise<void> | undefined;
    const {snapshot, here} = await take({of: [victim.name]}, () => {
      cutting ??= victim.cut();
    });
    await cutting;
    await victim.join();
    remotes.delete(victim.name);
    expect(snapshot).toMatchObject({code: 'machine-lost', machine: victim.name});
    expect(here.filter((name) => name.endsWith('.part'))).toEqual([]);
    await until(({state}) => state === 'ok');
    await nothingLeft();
    expect((await take({of: [victim.name]})).snapshot).toMatchObject({machine: victim.name});
  }, 300_000);
});
