import {describe, expect, test} from 'vitest';
import type {KubePod, PlacedPod} from '../../../src/engine/kube-tools.ts';
import {type Draining, drainTask} from '../../../src/engine/plan/machine/drain-task.ts';
import {removeNodeTask} from '../../../src/engine/plan/machine/remove-node-task.ts';
import type {Task} from '../../../src/engine/plan/types.ts';
import {worker} from '../../cluster/sample-clusters.ts';
import {carryOut, fakeKube, readyPod, sleepersClock} from '../../helpers/kube-scene.ts';

const masters = ['master-1'];
const pod = (name: string, change: Partial<KubePod> = {}): KubePod =>
  readyPod({name, node: worker.nodeName, uid: `uid-${name}`, controller: 'ReplicaSet web', ...change});

/** An API with these pods, of which some need to be asked so often before they may go, and go a second later. */
function scene(pods: readonly KubePod[], refusals: Readonly<Record<string, number>> = {}) {
  let there = [...pods];
  const asked = new Map<string, number>();
  const calls: string[] = [];
  const clock = sleepersClock(() => {
    there = there.filter(({leaving}) => !leaving);
  });
  const leave = ({uid}: PlacedPod) => {
    there = there.map((each) => (each.uid === uid ? {...each, leaving: true} : each));
  };
  const kube = fakeKube({
    pods: async () => there,
    async evict(placed) {
      const count = (asked.get(placed.name) ?? 0) + 1;
      asked.set(placed.name, count);
      if (count <= (refusals[placed.name] ?? 0)) return {type: 'refused', says: 'The disruption budget keep needs 1'};
      calls.push(`evict ${placed.name}`);
      leave(placed);
      return {type: 'evicted'};
    },
    async removePod(placed, {isLost}) {
      calls.push(`remove ${placed.name}${isLost ? ' at once' : ''}`);
      leave(placed);
      return 'removed';
    },
    async remove({name}) {
      calls.push(`remove node ${name}`);
      return 'removed';
    },
  });
  const run = (task: Task) => carryOut(task, {kube, clock});
  const drain = (change: Partial<Draining> = {}) =>
    run(
      drainTask({machine: worker, masters, force: false, ignoreBudgets: false, patienceMs: 60_000, ...change}, [], []),
    );
  return {calls, drain, run, now: clock.now};
}

describe('a node that is drained', () => {
  test('is left by what somebody makes anew, and kept by what belongs to it', async () => {
    const stays = [pod('proxy', {controller: 'DaemonSet kube-proxy'}), pod('etcd', {isMirror: true})];
    const {drain, calls} = scene([pod('web'), pod('db'), ...stays]);
    expect(await drain()).toEqual({
      changed: true,
      result: {evicted: ['default/web', 'default/db'], removed: []},
      note: 'evicted default/web, default/db',
    });
    expect(calls).toEqual(['evict web', 'evict db']);
  });

  test('has nothing to do where nobody is there', async () => {
    expect(await scene([]).drain()).toMatchObject({changed: false, note: 'no pods were there'});
  });

  test('waits as long as a budget refuses, and lets others go meanwhile', async () => {
    const {drain, calls, now} = scene([pod('kept'), pod('web')], {kept: 3});
    expect(await drain()).toMatchObject({changed: true, result: {evicted: ['default/web', 'default/kept']}});
    expect(calls).toEqual(['evict web', 'evict kept']);
    expect(now()).toBeGreaterThanOrEqual(10_000);
  });

  test('is given up when its time is over, and says which budget stood in the way', async () => {
    const {drain, calls} = scene([pod('kept'), pod('web')], {kept: 1000});
    expect(await drain()).toMatchObject({
      code: 'eviction-refused',
      message: 'gpu-01 is not empty after 60 s. default/kept: The disruption budget keep needs 1.',
      hint: expect.stringContaining('The node stays cordoned'),
      machine: 'gpu-01',
    });
    expect(calls).toEqual(['evict web']);
  });

  test('is emptied against budgets only where that was chosen, after they were asked', async () => {
    const {drain, calls} = scene([pod('kept'), pod('web')], {kept: 1000});
    expect(await drain({ignoreBudgets: true})).toMatchObject({
      result: {evicted: ['default/web'], removed: ['default/kept']},
      note: 'evicted default/web; removed against their budgets default/kept',
    });
    expect(calls).toEqual(['remove kept', 'evict web']);
  });

  test('takes nobody for good who came after the plan, unless that was forced', async () => {
    const lone = pod('lone');
    const {controller: _, ...without} = lone;
    const {drain, calls} = scene([without]);
    expect(await drain()).toMatchObject({code: 'eviction-refused', hint: expect.stringContaining('--force')});
    expect(calls).toEqual([]);
    expect(await drain({force: true})).toMatchObject({result: {evicted: ['default/lone']}});
    const over = scene([{...without, phase: 'Succeeded'}]);
    expect(await over.drain()).toMatchObject({result: {evicted: ['default/lone']}});
  });

  test('goes with the pods that are left of it, at once', async () => {
    const {run, calls} = scene([pod('proxy', {controller: 'DaemonSet kube-proxy'})]);
    const task = removeNodeTask(worker, {masters, isThere: true, needs: []});
    expect(await run(task)).toEqual({
      changed: true,
      result: {pods: ['default/proxy']},
      note: 'removed with 1 pod',
    });
    expect(calls).toEqual(['remove node gpu-01', 'remove proxy at once']);
  });
});
