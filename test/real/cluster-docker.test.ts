/** Docker is installed where there is none, and settings that are there already stay. */
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {RunView} from '../../src/engine/api.ts';
import {execute} from '../lab/execute.ts';
import {type ClusterWorld, clusterWorld} from '../lab/kubernetes/cluster-world.ts';
import {
  type KubernetesLab,
  kubernetesLabMs,
  startKubernetesLab,
  whyNoKubernetesLab,
} from '../lab/kubernetes/kubernetes-lab.ts';
import type {Host} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {type OwnDebian, ownDebian, ownDebianMs, servePackages, whyNoDebian} from '../lab/own-debian.ts';

const obstacle = tellObstacle('Tests of installing docker on lab hosts', whyNoKubernetesLab() ?? whyNoDebian());

const bootMs = 15 * 60_000;
const settingsFile = '/etc/docker/daemon.json';
/** What an operator wrote. */
const operators = {'max-concurrent-downloads': 2, 'insecure-registries': ['registry.operator']};
const insecureRegistries = '    insecure-registries: [registry.lab]';
/** Of machines that are proven to be of one segment, which those without ping and curl are as well. */
const ofRoutes = {bip: expect.stringMatching(/^10\.200\.\d+\.1\/24$/), 'userland-proxy': false};

const trouble = ({state}: RunView) => [
  ...(state.problem ? [`${state.problem.message} ${state.problem.detail ?? ''}`] : []),
  ...state.tasks.flatMap(({id, status, problem}) =>
    status === 'done' ? [] : [`${id} ${status}: ${problem?.message} ${problem?.detail ?? ''}`],
  ),
];
const noteOf = ({state}: RunView, id: string) => state.tasks.find((task) => task.id === id)?.note;
const settingsOf = async (host: Host): Promise<unknown> => JSON.parse(await host.sh(`cat ${settingsFile}`));
const engineOf = (host: Host) => host.sh('cat /run/docker.pid');

describe.skipIf(obstacle)('machines without docker', () => {
  let debian: OwnDebian;
  let lab: KubernetesLab;
  let master: Host;
  let worker: Host;
  let another: Host;
  const worlds: ClusterWorld[] = [];
  /** The machines as a cluster, with docker from there. */
  const clusterOf = async (workers: readonly Host[], source: string) => {
    const world = await clusterWorld(lab, {
      machines: [{host: master, role: 'master'}, ...workers.map((host) => ({host, role: 'worker'}) as const)],
      api: master.address,
      settings: ['pai-tui:', '  docker:', `    ${source}`, insecureRegistries],
    });
    worlds.push(world);
    return world;
  };
  const readyNodes = async (world: ClusterWorld) => {
    const lines = await world.kubectl(master, 'get', 'nodes', '--no-headers');
    return lines
      .trim()
      .split('\n')
      .filter((line) => / Ready /.test(line)).length;
  };

  beforeAll(async () => {
    debian = await ownDebian();
    lab = await startKubernetesLab({hosts: 3, docker: 1, ownDebian: debian.root});
    [master, worker, another] = lab.hosts as [Host, Host, Host];
    // There is no registry: a docker that is installed finds the images of the cluster where it keeps its data.
    for (const host of [worker, another]) {
      await host.sh('mkdir -p /var/lib/docker');
      await execute('cp', ['-a', '--reflink=auto', `${lab.images.dockerRoot}/.`, join(host.root, 'var/lib/docker')]);
    }
    for (const host of [master, worker])
      await host.sh(`mkdir -p /etc/docker; cat > ${settingsFile}`, `${JSON.stringify(operators)}\n`);
  }, kubernetesLabMs + ownDebianMs);
  afterAll(async () => {
    for (const world of worlds) await world.remove();
    await lab?.close();
  }, 120_000);

  test(
    'get it from a repository, and the settings of an operator stay',
    async () => {
      const before = await engineOf(master);
      const repository = await servePackages(debian.packages, lab.address);
      try {
        const world = await clusterOf([worker], `repository: "${repository.line}"`);
        const view = await world.carryOut(world.bootup());
        expect(trouble(view)).toEqual([]);
        expect(await readyNodes(world)).toBe(2);
        expect(noteOf(view, 'node-2/docker')).toContain(`${settingsFile}, /etc/apt/sources.list.d/pai-tui-docker.list`);
      } finally {
        await repository.close();
      }
      expect(await worker.sh('cat /etc/apt/sources.list.d/pai-tui-docker.list')).toBe(`${repository.line}\n`);
      const merged = {...operators, ...ofRoutes, 'insecure-registries': ['registry.operator', 'registry.lab']};
      expect(await settingsOf(master)).toEqual(merged);
      // Only a docker that was not there before is told where to keep its data.
      expect(await settingsOf(worker)).toEqual({...merged, 'data-root': '/var/lib/docker'});
      expect(await engineOf(master)).not.toBe(before);
    },
    bootMs,
  );

  test(
    'get it from a bundle, and machines that have it go on with the process they have',
    async () => {
      const before = [await engineOf(master), await engineOf(worker)];
      const world = await clusterOf([worker, another], 'bundle: ../docker.tar');
      await execute('tar', ['-C', debian.packages, '-cf', join(world.folder, 'docker.tar'), '.']);
      const view = await world.carryOut(world.bootup());
      expect(trouble(view)).toEqual([]);
      expect(await readyNodes(world)).toBe(3);
      expect(noteOf(view, 'node-3/docker')).toContain('docker 20.10');
      expect(await another.sh('ls /etc/apt/sources.list.d')).toBe('');
      expect(await settingsOf(another)).toEqual({
        ...ofRoutes,
        'data-root': '/var/lib/docker',
        'insecure-registries': ['registry.lab'],
      });

      for (const id of ['node-1/docker', 'node-2/docker']) {
        // The way to the pods of the machine that came.
        expect(noteOf(view, id)).toMatch(/^\/etc\/pai-tui\/pod-routes, route to 10\.200\.\d+\.0\/24$/);
      }
      expect([await engineOf(master), await engineOf(worker)]).toEqual(before);
    },
    bootMs,
  );
});
