import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {RunView} from '../../src/engine/api.ts';
import {type ClusterWorld, clusterWorld} from '../lab/kubernetes/cluster-world.ts';
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import type {Host} from '../lab/lab.ts';

const obstacle = whyNoKubernetesLab();
if (obstacle) console.error(`Tests of booting clusters on lab hosts are skipped: ${obstacle}.`);

const bootMs = 15 * 60_000;

/** What did not end well, for messages. */
const trouble = ({state}: RunView) =>
  state.tasks.flatMap(({id, status, problem}) =>
    status === 'done' ? [] : [`${id} ${status}: ${problem?.message} ${problem?.detail ?? ''}`],
  );
const changed = ({state}: RunView) => state.tasks.filter((task) => task.changed).map(({id, note}) => `${id}: ${note}`);

describe.skipIf(obstacle)('booting a master and a worker', () => {
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
  }, 120_000);

  test(
    'makes a cluster whose nodes are Ready',
    async () => {
      const proposal = await world.engine.propose(world.bootup());
      const view = await world.until(await world.start(proposal));
      expect(trouble(view)).toEqual([]);
      expect(await world.kubectl(master, 'get', 'nodes', '--no-headers')).toMatch(/^10\S+ +Ready.*\n10\S+ +Ready.*\n$/);
    },
    bootMs,
  );

  test(
    'changes nothing when it is booted again',
    async () => {
      const view = await world.carryOut(world.bootup());
      expect(trouble(view)).toEqual([]);
      expect(changed(view)).toEqual([]);
    },
    bootMs,
  );
});
