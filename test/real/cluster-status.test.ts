import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import {wholeKubeconfigScript} from '../../src/engine/cluster/admin-kubeconfig.ts';
import type {ClusterLayout} from '../../src/engine/cluster/layout/types.ts';
import type {StatusWorld} from '../../src/engine/cluster/status/cluster-reader.ts';
import {readStatus, watchStatus} from '../../src/engine/cluster/status/watch-status.ts';
import {resolveInside} from '../../src/engine/files/inside.ts';
import {createKubeAccess} from '../../src/engine/kube/create-kube.ts';
import {readKubeconfig} from '../../src/engine/kube/kubeconfig.ts';
import {connectApi} from '../../src/engine/kube/request.ts';
import type {MachineAccess, Remote} from '../../src/engine/machine-tools.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {bootableLayout} from '../cluster/layouts.ts';
import {type ApiServer, apiServerMs, startApiServer, whyNoApiServer} from '../helpers/api-server.ts';
import {tellObstacle} from '../lab/obstacles.ts';

const obstacle = tellObstacle('Tests of the status of a cluster', whyNoApiServer());

const {signal} = new AbortController();

describe.skipIf(obstacle)('the status of a cluster with one real API server of two', () => {
  let api: ApiServer;
  let world: StatusWorld;
  let layout: ClusterLayout;
  beforeAll(async () => {
    api = await startApiServer();
    layout = layoutAt(await bootableLayout(), Number(new URL(api.server).port));
    world = {
      machines: machinesWith(() => api.admin.reveal()),
      ...{kube: createKubeAccess(), files: {resolveInside}, clock: createClock()},
      assets: fileURLToPath(new URL('../../assets', import.meta.url)),
    };
    await setUp(api);
  }, apiServerMs);
  afterAll(() => api?.close());

  const ask = () =>
    readStatus(
      async () => ({cluster: {layout}, world}),
      () => {},
      signal,
    );

  test('tells what it says, and of the other one that it does not answer', async () => {
    const status = await ask();
    expect(status.api.known?.servers).toMatchObject([
      {machine: 'infra-01', state: 'ready', version: 'v1.20.2', failing: []},
      {machine: 'infra-02', state: 'unreachable', problem: {code: 'api-unreachable'}},
    ]);
    expect(status.api.known?.leaders).toEqual([
      {component: 'controller manager', holder: 'infra-01', renewedAt: Date.parse('2026-11-28T08:00:00Z')},
      {component: 'scheduler'},
    ]);
    expect(status.nodes.known?.map(({name, state, isConfigured}) => [name, state, isConfigured])).toEqual([
      ['infra-01', 'ready', true],
      ['infra-02', 'missing', true],
      ['stranger', 'unknown', false],
    ]);
    expect(status.pods.known?.counts).toEqual({all: 1, ready: 0, troubled: 1});
    expect(status.machines.map(({machine, problem}) => [machine, problem?.code])).toEqual([
      ['infra-01', 'sudo-refused'],
      ['infra-02', 'machine-unreachable'],
    ]);
    expect(status.health).toBe('degraded');
    expect(status.findings.map(({part, machine}) => `${part} ${machine ?? ''}`)).toEqual(
      expect.arrayContaining(['API servers infra-02', 'nodes infra-02', 'nodes stranger', 'machines infra-01']),
    );
  });

  test('that is watched keeps what was known when the API server stops, and sees it come back', async () => {
    const slow = createClock();
    // A second is enough between two rounds.
    const clock = {...slow, sleep: (ms: number, until?: AbortSignal) => slow.sleep(ms > 9000 ? 1000 : ms, until)};
    const watch = watchStatus(async () => ({cluster: {layout}, world: {...world, clock}}));
    const look = () => watch.get().status;
    try {
      await expect.poll(() => look()?.nodes.known?.length, {timeout: 60_000}).toBe(3);
      await api.stop();
      await expect.poll(() => look()?.nodes.problem?.code, {timeout: 60_000}).toBe('api-unreachable');
      expect(look()?.nodes.known).toHaveLength(3);
      expect(look()?.health).toBe('unreached');
      await api.start();
      await expect.poll(() => look()?.nodes.problem, {timeout: 60_000}).toBeUndefined();
      await expect.poll(() => look()?.api.known?.servers[0]?.state, {timeout: 60_000}).toBe('ready');
    } finally {
      watch.close();
    }
  });
});

/** Two masters of which the second one is nowhere. */
function layoutAt(layout: ClusterLayout, masterPort: number): ClusterLayout {
  const masters = [
    ['infra-01', '127.0.0.1'],
    ['infra-02', '127.0.0.2'],
  ].map(([name = '', address = '']) => ({
    ...{name, nodeName: name, address, roles: ['master' as const], dockerData: '/var/lib/docker', labels: []},
    etcdId: name,
  }));
  const shape = {machines: masters, masters, workers: [], proxies: []};
  return {...layout, ...shape, masterPort, api: {host: '127.0.0.1', port: masterPort}};
}

/** Machines of which the first has a kubeconfig and lets nobody do more. */
function machinesWith(kubeconfig: () => string): MachineAccess {
  return {
    async use(machine, work) {
      if (machine !== 'infra-01') throw new ProblemError({code: 'machine-unreachable', message: 'It is not there.'});
      const run: Remote['run'] = async ({script}, watch) => {
        if (script !== wholeKubeconfigScript) {
          throw new ProblemError({code: 'sudo-refused', message: 'sudo says no.'});
        }
        watch.stdout?.(Buffer.from(kubeconfig()));
        return {exit: 0};
      };
      return work({run} as Remote);
    },
  };
}

/** Two nodes, one of which the configuration has, a pod that finds no place, and the lease of a leader. */
async function setUp(api: ApiServer): Promise<void> {
  const kube = createKubeAccess().open(api.admin);
  const connection = connectApi(readKubeconfig(api.admin), 30_000);
  try {
    for (const name of ['infra-01', 'stranger']) {
      await kube.apply({apiVersion: 'v1', kind: 'Node', metadata: {name}}, signal);
    }
    const ready = {type: 'Ready', status: 'True', lastHeartbeatTime: '2026-11-28T08:00:00Z'};
    const body = {type: 'application/merge-patch+json', text: JSON.stringify({status: {conditions: [ready]}})};
    const path = '/api/v1/nodes/infra-01/status';
    await connection.send({method: 'PATCH', path, wanted: 'set a status', body}, signal);
    await kube.apply(
      {
        ...{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'nowhere', namespace: 'default'}},
        spec: {containers: [{name: 'x', image: 'x'}]},
      },
      signal,
    );
    const unplaced = {type: 'PodScheduled', status: 'False', reason: 'Unschedulable'};
    const pod = {type: 'application/merge-patch+json', text: JSON.stringify({status: {conditions: [unplaced]}})};
    const podPath = '/api/v1/namespaces/default/pods/nowhere/status';
    await connection.send({method: 'PATCH', path: podPath, wanted: 'set a status', body: pod}, signal);
    await kube.apply(
      {
        ...{apiVersion: 'coordination.k8s.io/v1', kind: 'Lease'},
        metadata: {name: 'kube-controller-manager', namespace: 'kube-system'},
        spec: {holderIdentity: 'infra-01_5ad8', renewTime: '2026-11-28T08:00:00.000000Z'},
      },
      signal,
    );
  } finally {
    connection.close();
    await kube.close();
  }
}
