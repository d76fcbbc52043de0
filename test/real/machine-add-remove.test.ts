import {readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {MachineAddRequest, MachineRemoveRequest, OperationRequest, RunView} from '../../src/engine/api.ts';
import {type ClusterWorld, clusterWorld} from '../lab/kubernetes/cluster-world.ts';
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import type {Host} from '../lab/lab.ts';
import {logins} from '../lab/logins.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of adding and removing machines on lab hosts', whyNoKubernetesLab());

const {signal} = new AbortController();
const runMs = 15 * 60_000;
const range = '10.200.0.0/16';

const trouble = ({state}: RunView) =>
  state.tasks.flatMap(({id, status, problem}) =>
    status === 'done' ? [] : [`${id} ${status}: ${problem?.message} ${problem?.detail ?? ''}`],
  );
const changed = ({state}: RunView) => state.tasks.flatMap((task) => (task.changed ? [task.id] : []));
const noteOf = ({state}: RunView, id: string) => state.tasks.find((task) => task.id === id)?.note;

/** Hosts of a lab: the first is the master, the second a worker from the beginning, others come. */
describe.skipIf(obstacle)('workers that come and go', () => {
  let lab: KubernetesLab;
  let master: Host;
  let worker: Host;
  let coming: readonly Host[];
  let last: Host;
  let world: ClusterWorld;
  let nodeList: string;

  beforeAll(async () => {
    lab = await startKubernetesLab({hosts: 4});
    [master, worker, ...coming] = lab.hosts as [Host, Host, ...Host[]];
    last = coming.at(-1) as Host;
    const machines = [
      {host: master, role: 'master'},
      {host: worker, role: 'worker'},
    ] as const;
    const settings = ['pai-tui:', `  pod-network: routes`, `  pod-network-range: ${range}`];
    world = await clusterWorld(lab, {machines, api: master.address, settings});
    nodeList = join(world.folder, 'new.yaml');
    await writeFile(nodeList, nodeListOf(coming));
    await trust();
    expect(trouble(await world.carryOut(world.bootup()))).toEqual([]);
  }, kubernetesLabMs + runMs);
  afterAll(async () => {
    await world?.remove();
    await lab?.close();
  }, 120_000);

  const layoutFile = () => join(world.config, 'layout.yaml');
  const trust = async () => {
    const request = {config: world.config, nodeList, names: lab.hosts.map(({name}) => name)};
    const reports = await world.engine.machines.hostKeys(request, () => {}, signal);
    const keys = reports.flatMap(({machine, keys: shown}) =>
      shown.length === 0 ? [] : [{machine: machine.name, keys: shown}],
    );
    await world.engine.machines.trust(request, keys, {how: 'compared on screen'});
  };
  const add = (more: Partial<MachineAddRequest> = {}): MachineAddRequest => ({
    ...{operation: 'machine add', config: world.config, names: [], updateConfig: false},
    ...more,
  });
  const remove = (more: Partial<MachineRemoveRequest> = {}): MachineRemoveRequest => ({
    ...{operation: 'machine remove', config: world.config, names: [last.name], updateConfig: false},
    ...{force: false, ignoreBudgets: false, dead: false, drainMs: 5 * 60_000},
    ...more,
  });
  const carryOut = async (request: OperationRequest) => {
    const proposal = await world.engine.propose(request, signal);
    const {confirm} = proposal.plan;
    return world.until(await world.engine.start(proposal, confirm === undefined ? {} : {confirmed: confirm}));
  };
  const nodes = async () => {
    const text = await world.kubectl(master, 'get', 'nodes', '--no-headers');
    return Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.split(/\s+/).slice(0, 2)),
    );
  };
  const nodeOf = (app: string) =>
    world.kubectl(master, 'get', 'pods', '-l', `app=${app}`, '-o', 'jsonpath={.items[*].spec.nodeName}');
  /** To the pods of other machines. */
  const routes = async (host: Host) =>
    (await host.sh('ip -4 route show')).split('\n').filter((line) => /^10\.200\.\S+ via /.test(line)).length;
  /** All but the pods that try the network, which go when they may. */
  const started = async (host: Host) => {
    const all = await host.sh(
      "docker ps -q --no-trunc | xargs docker inspect --format '{{.Name}} {{.State.StartedAt}}'",
    );
    return all
      .split('\n')
      .filter((line) => !line.includes('_pai-tui-'))
      .toSorted();
  };

  test(
    'come in parallel by a node list, and nothing else is started anew',
    async () => {
      const before = await Promise.all([master, worker].map(started));
      const request = add({nodeList, updateConfig: true});
      const listBefore = await readFile(layoutFile(), 'utf8');
      const proposal = await world.engine.propose(request, signal);
      expect(proposal.plan.tasks.flatMap(({id, on}) => (on === master.name ? [id] : []))).toEqual(['node-1/knows']);
      const view = await carryOut(request);
      expect(trouble(view)).toEqual([]);
      expect(changed(view)).toEqual(
        expect.arrayContaining([...coming.map(({name}) => `${name}/kubelet`), 'node-1/knows', 'node-2/knows']),
      );
      expect(noteOf(view, 'cluster/verify-pods')).toContain(`pods of ${lab.hosts.length} nodes reached`);
      expect(await nodes()).toEqual(Object.fromEntries(lab.hosts.map(({address}) => [address, 'Ready'])));
      expect(await Promise.all([master, worker].map(started))).toEqual(before);
      for (const host of lab.hosts) expect(await routes(host)).toBe(lab.hosts.length - 1);
      const listAfter = await readFile(layoutFile(), 'utf8');
      for (const line of listBefore.split('\n')) expect(listAfter).toContain(line);
      for (const {name} of coming) expect(listAfter).toContain(`  - hostname: ${name}\n`);
    },
    runMs,
  );

  test(
    'are there already the second time',
    async () => {
      const view = await carryOut(add({names: coming.map(({name}) => name)}));
      expect(trouble(view)).toEqual([]);
      expect(changed(view)).toEqual([]);
    },
    runMs,
  );

  test(
    'go only when their pods may, which are listed before; what is forced is said',
    async () => {
      const others = lab.hosts.filter((host) => host !== last);
      for (const {address} of others) await world.kubectl(master, 'cordon', address);
      const image = `${lab.images.registry}/pause-amd64:3.0`;
      await world.kubectl(master, 'create', 'deployment', 'web', `--image=${image}`);
      await world.kubectl(master, 'create', 'deployment', 'stubborn', `--image=${image}`);
      await world.kubectl(
        master,
        'create',
        'poddisruptionbudget',
        'keep',
        '--selector=app=stubborn',
        '--min-available=1',
      );
      await world.kubectl(master, 'run', 'lone', `--image=${image}`, '--restart=Never');
      await world.kubectl(master, 'wait', '--for=condition=Ready', 'pod', '--all', '--timeout=120s');
      for (const {address} of others) await world.kubectl(master, 'uncordon', address);
      expect(await nodeOf('web')).toBe(last.address);

      await expect(world.engine.propose(remove(), signal)).rejects.toMatchObject({
        problem: {code: 'eviction-refused', message: expect.stringContaining('default/lone')},
      });
      await expect(world.engine.propose(remove({names: [master.name]}), signal)).rejects.toMatchObject({
        problem: {code: 'cluster-data', message: expect.stringContaining('the only master')},
      });
      await expect(world.engine.propose(remove({dead: true}), signal)).rejects.toMatchObject({
        problem: {code: 'cluster-data', message: expect.stringContaining('is not dead')},
      });

      const held = await carryOut(remove({force: true, drainMs: 45_000}));
      const drain = held.state.tasks.find(({id}) => id === `${last.name}/drain`);
      expect(drain).toMatchObject({status: 'failed', problem: {code: 'eviction-refused'}});
      expect(drain?.problem?.message).toContain('is not empty after 45 s');
      expect(drain?.problem?.detail).toMatch(/default\/stubborn-.*disruption budget keep needs 1/);
      expect((await nodes())[last.address]).toBe('Ready,SchedulingDisabled');
      expect(await nodeOf('web')).not.toBe(last.address);
      expect(await nodeOf('stubborn')).toBe(last.address);

      const forced = await world.engine.propose(remove({force: true, ignoreBudgets: true}), signal);
      const drained = forced.plan.tasks.find(({id}) => id === `${last.name}/drain`);
      expect(drained?.why.join()).toMatch(/default\/stubborn-\S+ \(ReplicaSet stubborn-/);
      const view = await carryOut(remove({force: true, ignoreBudgets: true, updateConfig: true}));
      expect(trouble(view)).toEqual([]);
      expect(noteOf(view, `${last.name}/drain`)).toContain('removed against their budgets default/stubborn-');
      expect(Object.keys(await nodes())).toHaveLength(lab.hosts.length - 1);
      expect((await last.containers()).map(({name}) => name)).toEqual([]);
      expect(await routes(master)).toBe(lab.hosts.length - 2);
      expect(await worker.sh('cat /etc/hosts')).not.toContain(last.name);
      expect(await readFile(layoutFile(), 'utf8')).not.toContain(last.name);
      const again = await carryOut(remove({nodeList}));
      expect([trouble(again), changed(again)]).toEqual([[], []]);
    },
    runMs,
  );

  test(
    'can be dead when they go',
    async () => {
      const [dead] = coming as [Host];
      await dead.kill();
      const names = [dead.name];
      await expect(world.engine.propose(remove({names}), signal)).rejects.toMatchObject({
        problem: {code: 'machine-unreachable', hint: expect.stringContaining('--dead')},
      });
      await expect.poll(async () => (await nodes())[dead.address], {timeout: 180_000, interval: 1000}).toBe('NotReady');
      const proposal = await world.engine.propose(remove({names, dead: true}), signal);
      expect(proposal.plan.confirm).toBe(dead.name);
      const view = await carryOut(remove({names, dead: true, updateConfig: true}));
      expect(trouble(view)).toEqual([]);
      expect(Object.keys(await nodes())).not.toContain(dead.address);
      expect(await routes(master)).toBe(lab.hosts.length - 3);
    },
    runMs,
  );

  test(
    'come by the configuration alone when everything that this computer knew is lost',
    async () => {
      await rm(join(world.folder, 'state'), {recursive: true});
      await rm(join(world.folder, '.kube'), {recursive: true});
      const list = await readFile(layoutFile(), 'utf8');
      await writeFile(layoutFile(), list.replace('machine-list:\n', nodeListOf([last])));
      // Who the machines are has to be said again, as it was in the beginning.
      await trust();
      const view = await carryOut(add({names: [last.name]}));
      expect(trouble(view)).toEqual([]);
      expect((await nodes())[last.address]).toBe('Ready');
      const {results} = await world.engine.cluster.check({config: world.config}, () => {}, signal);
      expect(results.filter(({state}) => state === 'failed')).toEqual([]);
      const status = await world.engine.cluster.status({config: world.config}, () => {}, signal);
      expect(status.findings.filter(({part}) => part === 'drift' || part === 'nodes')).toEqual([]);
    },
    runMs,
  );
});

function nodeListOf(hosts: readonly Host[]): string {
  const {user, password} = logins.admin;
  const entry = ({name, address}: Host) =>
    [
      `  - hostname: ${name}`,
      `    hostip: ${address}`,
      '    machine-type: cpu',
      '    k8s-role: worker',
      '    pai-worker: "true"',
      `    username: ${user}`,
      `    password: ${JSON.stringify(password)}`,
    ].join('\n');
  return `machine-list:\n${hosts.map(entry).join('\n')}\n`;
}
