import {readFile} from 'node:fs/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {EtcdfixRequest, RunView} from '../../src/engine/api.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {type ClusterWorld, clusterWorld} from '../lab/kubernetes/cluster-world.ts';
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import type {Host} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of mending etcd on lab hosts', whyNoKubernetesLab());

const {signal} = new AbortController();
const repairMs = 15 * 60_000;

const trouble = ({state}: RunView) => [
  ...(state.problem ? [`${state.problem.code}: ${state.problem.message} ${state.problem.detail ?? ''}`] : []),
  ...state.tasks.flatMap(({id, status, problem}) =>
    status === 'done' ? [] : [`${id} ${status}: ${problem?.message ?? ''} ${problem?.detail ?? ''}`.trim()],
  ),
];
const changed = ({state}: RunView) => state.tasks.flatMap((task) => (task.changed ? [task.id] : []));

const folder = '/var/etcd/data';
/** etcdctl in the container of a master, as nobody of ours asks. */
const etcdctl = (host: Host, words: string) =>
  host.sh(
    `docker exec -e ETCDCTL_API=3 "$(docker ps -q --filter label=io.kubernetes.container.name=etcd | head -n 1)" etcdctl \
    --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/client.crt \
    --key=/etc/kubernetes/pki/etcd/client.key ${words}`,
  );

describe.skipIf(obstacle)('the member of etcd of one of three masters', () => {
  let lab: KubernetesLab;
  let hosts: readonly [Host, Host, Host];
  let world: ClusterWorld;

  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 3});
    hosts = lab.hosts as unknown as typeof hosts;
    const machines = hosts.map((host) => ({host, role: 'master'}) as const);
    world = await clusterWorld(lab, {machines, api: hosts[0].address, settings: ['etcd-data-path: /var/etcd']});
    const view = await world.carryOut(world.bootup());
    expect(trouble(view)).toEqual([]);
  }, kubernetesLabMs);
  afterAll(async () => {
    await world?.remove();
    await lab?.close();
  }, 300_000);

  const request = (host: Host): EtcdfixRequest => ({
    operation: 'machine etcdfix',
    config: world.config,
    machine: host.name,
  });
  const propose = (host: Host) => world.engine.propose(request(host), signal);
  /** As an operator does: what is no longer as it was approved is looked at and approved anew. */
  const mend = async (host: Host) => {
    for (let tries = 0; ; tries++) {
      const view = await world.carryOut(request(host));
      if (view.state.problem?.code !== 'plan-changed' || tries === 3) return view;
    }
  };

  /** Overwrites what etcd keeps, and ends it. */
  const damage = (host: Host) =>
    host.sh(`for file in ${folder}/member/snap/db ${folder}/member/wal/*.wal; do
      dd if=/dev/urandom of="$file" bs=4096 count=64 conv=notrunc 2>/dev/null
    done
    docker ps -q --filter label=io.kubernetes.container.name=etcd | xargs -r docker kill`);
  const planned = async (host: Host) => {
    try {
      return (await propose(host)).plan.title;
    } catch (error) {
      if (error instanceof ProblemError) return `${error.problem.code}: ${error.problem.message}`;
      throw error;
    }
  };
  /** What is planned for a host, once that begins so: kubelets and elections take their time. */
  const untilPlanned = async (host: Host, beginning: string) => {
    for (const deadline = Date.now() + 300_000; ; ) {
      const title = await planned(host);
      if (title.startsWith(beginning)) return title;
      if (Date.now() > deadline) throw new Error(`${host.name}, instead of "${beginning}": ${title}`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  };
  const members = async (host: Host) => {
    const lines = (await etcdctl(host, 'member list')).trim().split('\n');
    return lines
      .map((line) => line.split(', '))
      .map(([, state, name, peer, , learner]) => `${name} ${state} ${peer} ${learner}`);
  };

  /** Writes one key after the other through another member; what it has acknowledged is in its file. */
  const beginWriting = async (host: Host) => {
    await host.sh(`cat > /run/write.sh <<'END'
number=0
id=$(docker ps -q --filter label=io.kubernetes.container.name=etcd)
while [ ! -e /run/enough ]; do
  number=$((number + 1))
  if docker exec -e ETCDCTL_API=3 "$id" etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt \
    --cert=/etc/kubernetes/pki/etcd/client.crt --key=/etc/kubernetes/pki/etcd/client.key put "/written/$number" "$number" >/dev/null 2>>/run/refused
  then echo "$number" >>/run/acknowledged; fi
done
touch /run/written
END
rm -f /run/written /run/refused /run/acknowledged /run/enough; setsid sh /run/write.sh </dev/null >/dev/null 2>&1 &`);
  };
  const endWriting = async (host: Host) => {
    await host.sh('touch /run/enough; while [ ! -e /run/written ]; do sleep 0.2; done');
    return (await host.sh('cat /run/acknowledged')).trim().split('\n');
  };
  const keysOn = async (host: Host) => {
    const keys = (await etcdctl(host, 'get /written/ --prefix --keys-only --consistency=s')).split('\n');
    return new Set(keys.flatMap((key) => (key.startsWith('/written/') ? [key.slice('/written/'.length)] : [])));
  };

  test('is left alone where it is well', async () => {
    const {plan, nothingToDo} = await propose(hosts[1]);
    expect(nothingToDo).toBe(true);
    expect(plan.title).toBe(`Mend nothing: the member of etcd on ${hosts[1].name} is well`);
  });

  /** Gives its etcd this quota, or the usual one again, and waits for it. */
  const setQuota = async (host: Host, bytes?: number) => {
    const manifest = '/etc/kubernetes/manifests/etcd.yaml';
    const line = bytes === undefined ? '' : `s/^\\( *\\)- --data-dir=.*/&\\n\\1- --quota-backend-bytes=${bytes}/`;
    const container = 'docker ps -q --filter label=io.kubernetes.container.name=etcd';
    await host.sh(`before=$(${container})
    sed '/--quota-backend-bytes=/d;${line}' ${manifest} > /run/etcd.yaml && cp /run/etcd.yaml ${manifest}
    while now=$(${container}); [ "$now" = "$before" ] || [ -z "$now" ]; do sleep 0.5; done`);
    await untilPlanned(host, 'Mend nothing');
  };

  test(
    'is given room where its database has reached its quota, and etcd takes writes again',
    async () => {
      const [first, , third] = hosts;
      await setQuota(third, 24 * 1024 ** 2);
      await etcdctl(third, 'put /written/kept kept');
      await third.sh('head -c 700000 /dev/urandom | base64 -w 0 > /run/filling');
      const put = '"$(docker ps -q --filter label=io.kubernetes.container.name=etcd)" etcdctl';
      const filled = await third.sh(`for number in $(seq 40); do
        docker exec -i -e ETCDCTL_API=3 ${put} --endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt \\
          --cert=/etc/kubernetes/pki/etcd/client.crt --key=/etc/kubernetes/pki/etcd/client.key put /filled < /run/filling 2>&1 || break
      done`);
      expect(filled).toContain('database space exceeded');
      expect(await etcdctl(first, 'alarm list')).toContain('NOSPACE');
      const before = (await etcdctl(first, 'get /registry --prefix --keys-only')).split('\n');

      await untilPlanned(third, 'Make room');
      const view = await mend(third);
      expect(trouble(view)).toEqual([]);
      expect(changed(view)).toEqual(expect.arrayContaining(['cluster/etcd-compact', 'cluster/etcd-disarm']));
      expect(changed(view).filter((id) => id.endsWith('etcd-defrag'))).toHaveLength(3);

      expect(await etcdctl(first, 'alarm list')).toBe('');
      for (const host of hosts) expect(await etcdctl(host, 'put /written/after after')).toBe('OK\n');
      expect(await etcdctl(third, 'get /written/ --prefix --print-value-only')).toBe('after\nkept\n');
      expect(Number(await etcdctl(third, 'get /filled --print-value-only | wc -c'))).toBeGreaterThan(900_000);
      const after = new Set((await etcdctl(third, 'get /registry --prefix --keys-only')).split('\n'));
      // These go by themselves.
      const lost = before.filter((key) => !after.has(key) && !/^\/registry\/(events|masterleases)\//.test(key));
      expect(lost).toEqual([]);
      await setQuota(third);
    },
    repairMs,
  );

  test(
    'is rid of a learner that never started',
    async () => {
      const [first, second] = hosts;
      const before = await etcdctl(first, 'member list');
      // For some seconds after a member was away, etcd adds nobody.
      for (const deadline = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 1000))) {
        const add = 'member add never --learner --peer-urls=https://10.254.254.254:2380 2>&1 || true';
        const said = await etcdctl(first, add);
        if (said.includes('added to cluster')) break;
        if (Date.now() > deadline) throw new Error(said);
      }
      await untilPlanned(second, 'Remove the learner');
      const view = await mend(second);
      expect(trouble(view)).toEqual([]);
      expect(changed(view)).toEqual(['cluster/etcd-remove']);
      expect(await etcdctl(first, 'member list')).toBe(before);
      expect((await propose(second)).nothingToDo).toBe(true);
    },
    repairMs,
  );

  test(
    'is replaced where its data were overwritten, and no write that was acknowledged meanwhile is lost',
    async () => {
      const [first, , third] = hosts;
      await damage(third);
      await untilPlanned(third, 'Replace');
      const before = await members(first);
      const {plan} = await propose(third);
      expect(plan.notices.map(({message}) => message).join('\n')).toMatch(/2 of 3 voting members must agree/);
      await beginWriting(first);
      const view = await mend(third);
      const written = await endWriting(first);
      expect(trouble(view)).toEqual([]);
      expect(changed(view)).toContain('cluster/etcd-promote');

      expect(written.length).toBeGreaterThan(20);
      for (const host of hosts) {
        const keys = await keysOn(host);
        expect(
          written.filter((key) => !keys.has(key)),
          host.name,
        ).toEqual([]);
      }
      const after = await members(first);
      expect(after).toHaveLength(3);
      expect(after.toSorted()).toEqual(before.toSorted());
      for (const host of hosts) expect(await etcdctl(host, 'endpoint health 2>&1')).toContain('is healthy');
      expect(await etcdctl(first, 'alarm list')).toBe('');
      const status = JSON.parse(await etcdctl(first, 'endpoint status -w json'));
      const revision = status[0].Status.header.revision - 1;
      const hashes = await Promise.all(
        hosts.map(
          async (host) => JSON.parse(await etcdctl(host, `endpoint hashkv --rev=${revision} -w json`))[0].HashKV.hash,
        ),
      );
      expect(new Set(hashes).size).toBe(1);
      // Nothing was deleted, and a snapshot lies here.
      expect(await third.sh(`ls -d ${folder}.bak-*`)).toContain(`${folder}.bak-${view.summary.id}`);
      const taken = view.state.tasks.find(({id}) => id === 'cluster/etcd-snapshot')?.result as {
        readonly snapshot: {readonly file: string; readonly bytes: number};
      };
      expect((await readFile(taken.snapshot.file)).length).toBe(taken.snapshot.bytes);
      expect((await propose(third)).nothingToDo).toBe(true);
      expect(await world.kubectl(third, 'get', '--raw', '/readyz')).toBe('ok');
    },
    repairMs,
  );

  test(
    'is replaced where its runner is killed again and again, resumed or begun anew',
    async () => {
      const [first, , third] = hosts;
      const before = await members(first);
      await damage(third);
      await untilPlanned(third, 'Replace');
      await beginWriting(first);
      const isDone = (task: string) => (view: RunView) =>
        view.state.tasks.some(({id, status}) => id === task && status === 'done');
      const isBegun = (task: string) => (view: RunView) =>
        view.state.tasks.some(({id, status}) => id === task && status !== 'waiting');

      const one = await world.start(await propose(third));
      await world.until(one, isDone('node-3/etcd-stop'));
      await world.kill(one);
      await world.engine.runs.resume(one);
      await world.until(one, isBegun('cluster/etcd-remove'));
      await world.kill(one);
      await world.engine.runs.resume(one);
      await world.until(one, isDone('cluster/etcd-remove'));
      await world.kill(one);

      // Begun anew: it goes on from where things are.
      const proposal = await propose(third);
      expect(proposal.plan.title).toBe('Replace the member of etcd on node-3');
      const two = await world.start(proposal);
      await world.until(two, isDone('cluster/etcd-add'));
      await world.kill(two);
      const three = await world.start(await propose(third));
      await world.until(three, isBegun('node-3/etcd-catch-up'));
      await world.kill(three);
      await world.engine.runs.resume(three);
      const view = await world.until(three);
      const written = await endWriting(first);

      expect(trouble(view)).toEqual([]);
      expect((await members(first)).toSorted()).toEqual(before.toSorted());
      for (const host of hosts) {
        expect(await etcdctl(host, 'endpoint health 2>&1'), host.name).toContain('is healthy');
        const keys = await keysOn(host);
        expect(
          written.filter((key) => !keys.has(key)),
          host.name,
        ).toEqual([]);
      }
      expect((await propose(third)).nothingToDo).toBe(true);
    },
    repairMs,
  );

  test(
    'is replaced where its data were deleted',
    async () => {
      const [first, second] = hosts;
      const before = await members(first);
      await second.sh(
        `rm -rf ${folder}; docker ps -q --filter label=io.kubernetes.container.name=etcd | xargs -r docker kill`,
      );
      await untilPlanned(second, 'Replace');
      expect(trouble(await mend(second))).toEqual([]);
      expect((await members(first)).toSorted()).toEqual(before.toSorted());
    },
    repairMs,
  );

  test(
    'is replaced where other tools removed it',
    async () => {
      const [first, second] = hosts;
      const before = await members(first);
      const id = /^(\w+), started, [^,]*, https:\/\/([\d.]+):/gm;
      const listed = [...(await etcdctl(first, 'member list')).matchAll(id)];
      const own = listed.find(([, , address]) => address === second.address)?.[1];
      await etcdctl(first, `member remove ${own}`);
      await untilPlanned(second, 'Replace');
      expect(trouble(await mend(second))).toEqual([]);
      expect((await members(first)).toSorted()).toEqual(before.toSorted());
    },
    repairMs,
  );

  test(
    'is only started where its process or its manifest is gone',
    async () => {
      const [first, second] = hosts;
      const before = await etcdctl(first, 'member list');
      const manifest = '/etc/kubernetes/manifests/etcd.yaml';
      await second.sh(
        'docker stop kubelet; docker stop $(docker ps -q --filter label=io.kubernetes.container.name=etcd)',
      );
      const stopped = await propose(second);
      expect(stopped.plan.title).toBe('Start the member of etcd on node-2');
      expect(trouble(await world.until(await world.start(stopped)))).toEqual([]);
      await second.sh(`rm ${manifest}`);
      await untilPlanned(second, 'Start');
      const missing = await propose(second);
      expect(trouble(await world.until(await world.start(missing)))).toEqual([]);
      expect(await second.sh(`ls ${manifest}`)).toContain(manifest);
      expect(await etcdctl(first, 'member list')).toBe(before);
    },
    repairMs,
  );

  test(
    'is refused with the arithmetic where the others are no quorum',
    async () => {
      const [, second, third] = hosts;
      for (const host of [second, third]) await damage(host);
      expect(await untilPlanned(third, 'etcd-no-quorum')).toMatch(/2 are needed/);
      expect(await third.sh(`ls ${folder}`)).toContain('member');
    },
    repairMs,
  );
});
