import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';
import {parseAllDocuments} from 'yaml';
import type {ClusterLayout, ClusterMachine} from '../../src/engine/cluster/layout/types.ts';
import type {PackageChoice} from '../../src/engine/cluster/packages/choice.ts';
import {clusterPackage, commonOfCluster} from '../../src/engine/cluster/packages/packages.ts';
import {type ClusterOperation, cleanSteps, deploySteps} from '../../src/engine/cluster/packages/steps.ts';
import {resolveInside} from '../../src/engine/files/inside.ts';
import {clusterOf, first, masters, ways, worker} from './sample-clusters.ts';

const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const golden = fileURLToPath(new URL('../golden/kubernetes', import.meta.url));

const routes: PackageChoice = {
  podNetwork: {
    kind: 'routes',
    range: '10.200.0.0/16',
    ranges: {
      'master-1': '10.200.1.0/24',
      'master-2': '10.200.2.0/24',
      'master-3': '10.200.3.0/24',
      'gpu-01': '10.200.11.0/24',
      'proxy-1': '10.200.9.0/24',
    },
  },
};

async function packageFor(
  layout: ClusterLayout,
  on: ClusterMachine,
  choice = routes,
  operation: ClusterOperation = 'deploy',
) {
  const request = {assets, layout, choice, machine: on, operation, files: {resolveInside}};
  const {package: built, problems} = await clusterPackage(request);
  if (!built) throw new Error(problems.map(({message}) => message).join('\n'));
  expect(problems).toEqual([]);
  return built;
}

/** What is rendered: scripts are copied as they are. */
async function rendered(layout: ClusterLayout, on: ClusterMachine, choice = routes) {
  const {files} = await packageFor(layout, on, choice);
  const wanted = files.filter(({path}) => !path.endsWith('.sh'));
  return Promise.all(wanted.map(async ({path, read}) => ({path, text: Buffer.from(await read()).toString('utf8')})));
}

const versions = ['v1.20.2', 'v1.21.14', 'v1.22.17', 'v1.23.17'];
const cases = versions.flatMap((version) =>
  (['single-master', 'external-balancer', 'proxy'] as const).flatMap((way) =>
    [first, worker, ...ways[way].proxies].map((on) => [on.roles[0], way, version, on] as const),
  ),
);

/** What else may be chosen, seen with a single master. */
const choices: readonly {
  readonly name: string;
  readonly on: readonly ClusterMachine[];
  readonly choice: PackageChoice;
  readonly plainHttp?: true;
}[] = [
  {name: 'pods-host', on: [first, worker], choice: {podNetwork: {kind: 'host'}}},
  {
    name: 'pods-manifest',
    on: [first, worker],
    choice: {podNetwork: {kind: 'manifest', range: '10.200.0.0/16', file: '/cni.yaml'}},
  },
  {name: 'plain-http', on: [first], choice: {...routes, plainHttpDigest: 'of-its-settings'}, plainHttp: true},
];
const chosen = choices.flatMap(({on, ...what}) =>
  on.map((machine) => ({...what, on: machine, role: machine.roles[0]})),
);

const textOf = (files: readonly {readonly path: string; readonly text: string}[]) =>
  files.map(({path, text}) => `──── ${path}\n${text}`).join('\n');

describe('the package of a machine', () => {
  it.each(cases)('for a %s with %s and %s is as written down', async (role, way, version, on) => {
    const files = await rendered(await clusterOf(way, version), on);
    for (const {path, text} of files.filter(({path}) => path.endsWith('.yaml'))) {
      for (const document of parseAllDocuments(text)) expect(document.errors, path).toEqual([]);
      expect(parseAllDocuments(text)[0]?.toJS().kind).toBe('Pod');
    }
    await expect(textOf(files)).toMatchFileSnapshot(join(golden, `${role}-${way}-${version}.txt`));
  });

  it.each(chosen)('for a $role with $name is as written down', async ({role, name, on, choice, plainHttp = false}) => {
    const files = await rendered({...(await clusterOf('single-master')), plainHttp}, on, choice);
    await expect(textOf(files)).toMatchFileSnapshot(join(golden, `${role}-${name}.txt`));
  });

  it('makes other pods of the controller manager and the scheduler for another port of masters', async () => {
    const layout = await clusterOf('single-master', 'v1.20.2');
    const [on] = layout.masters;
    if (!on) throw new Error('The layout has a master.');
    const manifests = async (masterPort: number) => {
      const files = await rendered({...layout, masterPort}, on);
      return ['controller-manager', 'scheduler'].map(
        (name) => files.find(({path}) => path.endsWith(`/${name}.yaml`))?.text,
      );
    };
    const [before, after] = [await manifests(6443), await manifests(7443)];
    for (const index of [0, 1]) expect(after[index]).not.toBe(before[index]);
    expect(await manifests(6443)).toEqual(before);
  });

  it('is the same where what machines have in common is made once, and that is not made again', async () => {
    const layout = {...(await clusterOf('proxy')), plainHttp: true};
    const another = {...worker, name: 'gpu-02', nodeName: 'gpu-02', address: '10.0.0.12'};
    const all = {...layout, machines: [...layout.machines, another], workers: [...layout.workers, another]};
    const common = commonOfCluster(assets, all, routes);
    const read: string[] = [];
    const files = {
      resolveInside: (root: string, name: string) => {
        read.push(name);
        return resolveInside(root, name);
      },
    };
    const digests: string[] = [];
    for (const machine of all.machines) {
      const choice = {...routes, plainHttpDigest: `of ${machine.name}`};
      const request = {assets, layout: all, choice, machine, operation: 'deploy', files, common} as const;
      const {package: built} = await clusterPackage(request);
      expect(built).toMatchObject({digest: (await packageFor(all, machine, choice)).digest, machine: machine.name});
      const texts = (await Promise.all((built?.files ?? []).map((file) => file.read()))).map(String);
      const alone = await Promise.all((await packageFor(all, machine, choice)).files.map((file) => file.read()));
      expect(texts).toEqual(alone.map(String));
      digests.push(built?.digest ?? '');
    }
    expect(new Set(digests).size).toBe(all.machines.length);
    expect(new Set(read).size).toBe(read.length);
  });

  it('is written down for what there is, and for nothing else', () => {
    const wanted = [
      ...cases.map(([role, way, version]) => `${role}-${way}-${version}.txt`),
      ...chosen.map(({role, name}) => `${role}-${name}.txt`),
    ];
    expect(readdirSync(golden).filter((name) => name.endsWith('.txt'))).toEqual(wanted.toSorted());
  });

  it('has every script that its steps run, and every file that they install', async () => {
    for (const way of ['single-master', 'proxy'] as const) {
      const layout = await clusterOf(way, 'v1.20.2');
      for (const on of layout.machines) {
        const paths = (await packageFor(layout, on)).files.map(({path}) => path);
        for (const {script, args} of deploySteps(layout, on)) {
          expect(paths).toContain(script);
          if (script === 'install-files.sh') for (const path of args) expect(paths).toContain(path.slice(1));
        }
        const clean = (await packageFor(layout, on, routes, 'clean')).files.map(({path}) => path);
        for (const {script} of cleanSteps(layout, on, {})) expect(clean).toContain(script);
      }
    }
  });

  it('lets a master join members that are there', async () => {
    const choice = {...routes, etcdMembers: [{name: 'etcd-master-1', peerUrl: 'https://10.0.0.1:2380'}]};
    const files = await rendered(await clusterOf('proxy', 'v1.20.2'), masters[1] ?? first, choice);
    const etcd = files.find(({path}) => path.endsWith('etcd.yaml'))?.text;
    expect(etcd).toContain('--initial-cluster-state=existing');
    expect(etcd).toContain(
      '--initial-cluster=etcd-master-1=https://10.0.0.1:2380,etcd-master-2=https://10.0.0.2:2380\n',
    );
  });

  it('has no routes where pods are on the network of the host, and plugins where there is a manifest', async () => {
    const layout = await clusterOf('single-master', 'v1.20.2');
    const host = await rendered(layout, worker, {podNetwork: {kind: 'host'}});
    expect(host.find(({path}) => path === 'pod-routes')?.text).toBe('');
    const podNetwork = {kind: 'manifest', range: '10.200.0.0/16', file: '/cni.yaml'} as const;
    const [master, plugin] = await Promise.all([
      rendered(layout, first, {podNetwork}),
      rendered(layout, worker, {podNetwork}),
    ]);
    expect(plugin.find(({path}) => path === 'kubelet.arguments')?.text).toContain('--network-plugin=cni\n');
    expect(master.map(({text}) => text).join('')).toContain('--cluster-cidr=10.200.0.0/16\n');
  });

  it('gives masters a proxy for plain HTTP only where that was asked for', async () => {
    const layout = await clusterOf('single-master', 'v1.20.2');
    const paths = async (plainHttp: boolean, on: ClusterMachine) =>
      (await rendered({...layout, plainHttp}, on)).map(({path}) => path);
    const manifest = 'etc/kubernetes/manifests/plain-http-api.yaml';
    expect(await paths(false, first)).not.toContain(manifest);
    expect(await paths(true, first)).toContain(manifest);
    expect(await paths(true, worker)).not.toContain(manifest);
  });
});

describe('the scripts for machines', () => {
  const folder = join(assets, 'kubernetes/scripts');
  const scripts = readdirSync(folder).map((name) => join(folder, name));

  it.each([
    ['dash', '-n'],
    ['bash', '--posix', '-n'],
    ['busybox', 'sh', '-n'],
  ])('can be read by %s', (shell, ...flags) => {
    if (spawnSync(shell, ['-c', ':']).error) return;
    for (const script of scripts) {
      const {status, stderr} = spawnSync(shell, [...flags, script], {encoding: 'utf8'});
      expect([script, status, stderr]).toEqual([script, 0, '']);
    }
  });

  it('have nothing that shellcheck finds', ({skip}) => {
    const {error, stdout} = spawnSync('shellcheck', ['-x', ...scripts], {encoding: 'utf8', cwd: folder});
    if (error) skip('there is no shellcheck here');
    expect(stdout).toBe('');
  });
});
