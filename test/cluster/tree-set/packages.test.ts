import {readFile, rm} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Era} from '../../../src/engine/catalog/types.ts';
import type {ClusterMachine} from '../../../src/engine/cluster/layout/types.ts';
import {checkScripts, openTreeSet, treePackage} from '../../../src/engine/cluster/tree-set/packages.ts';
import {roleOrder, type TreeOperation} from '../../../src/engine/cluster/tree-set/scripts.ts';
import type {PackageFile} from '../../../src/engine/package/types.ts';
import {fixture} from '../../catalog/trees.ts';
import {files} from '../../package/packages.ts';
import {copyOfTree} from './tree-copies.ts';

/** Where the golden templates of an era lie, and what of its package is copied. */
const sets: Readonly<Record<string, {readonly folder: string; readonly copied: readonly string[]}>> = {
  a: {folder: 'kubernetes-deployment', copied: ['cleanup.sh', 'start.sh']},
  b: {folder: 'kubernetes-deployment', copied: ['cleanup.sh', 'start.sh']},
  c: {folder: 'pai-management/k8sPaiLibrary', copied: []},
  d: {folder: 'pai-management/k8sPaiLibrary', copied: ['docker-daemon.json']},
  e: {folder: 'deployment/k8sPaiLibrary', copied: []},
  f: {folder: 'deployment/k8sPaiLibrary', copied: []},
  g: {folder: 'deployment/k8sPaiLibrary', copied: []},
  h: {folder: 'deployment/k8sPaiLibrary', copied: []},
};
const scripts = ['hosts-check.sh', 'docker-ce-install.sh', 'kubelet-start.sh'];
const open = (era: string) =>
  openTreeSet(era === 'a' ? fixture('config-a') : fixture(`config-${era}`), fixture(`tree-${era}`));
const ofRole = (name: string, role: ClusterMachine['roles'][number]): ClusterMachine => ({
  ...{name, nodeName: name, address: '10.0.0.1', roles: [role], dockerData: '/mnt/docker', labels: []},
});
const text = async (file: PackageFile) => Buffer.from(await file.read()).toString('utf8');

/** As Jinja2 rendered it; the kubeconfig is the same for all machines. */
function golden(era: string, file: string, host: string): Promise<string> {
  const name = file === 'config' ? file : `${file}@${host}`;
  return readFile(new URL(`../../golden/${era}/${sets[era]?.folder}/template/${name}`, import.meta.url), 'utf8');
}

/** Every rendered file is as Jinja2 has it; these are copied. Returns the paths of the package. */
async function compared(era: string, host: string, role: ClusterMachine['roles'][number], operation: TreeOperation) {
  const set = await open(era);
  const {package: pack, problems} = await treePackage(set, ofRole(host, role), operation, files);
  if (!pack) throw new Error(problems.map(({message, file}) => `${file}: ${message}`).join('\n'));
  const copied = [...scripts, ...(sets[era]?.copied ?? []), ...(era <= 'd' ? ['kubernetes-cleanup.sh'] : [])];
  for (const file of pack.files.filter(({path}) => !copied.includes(path))) {
    expect(await text(file), file.path).toBe(await golden(era, basename(file.path), host));
  }
  return {job: pack.job, paths: pack.files.map(({path}) => path)};
}

describe('what a tree sends is rendered for each machine as Jinja2 does', () => {
  // In era A this configuration knows no proxies.
  const cases = Object.keys(sets).flatMap((era) =>
    roleOrder.filter((role) => era !== 'a' || role !== 'proxy').map((role) => [era, role] as const),
  );
  test.each(cases)('%s, a %s', async (era, role) => {
    const host = role === 'worker' ? 'gpu-01' : 'infra-01';
    const {job, paths} = await compared(era, host, role, 'deploy');
    expect(job).toBe(era < 'c' ? 'src' : `${role}-deployment`);
    expect(paths).toEqual(expect.arrayContaining(era < 'c' ? ['start.sh', 'kubelet.sh'] : scripts));
    if (era < 'c' || era === 'h') return;
    expect(paths.includes('etc/kubernetes/manifests/etcd.yaml')).toBe(role === 'master');
    expect(paths.includes('etc/kubernetes/haproxy/haproxy.cfg')).toBe(role === 'proxy');
  });

  test.each(Object.keys(sets))('%s, to clean', async (era) => {
    const {job, paths} = await compared(era, 'gpu-01', 'worker', 'clean');
    expect(job).toBe('clean');
    expect(paths).toEqual([era < 'c' ? 'cleanup.sh' : 'kubernetes-cleanup.sh']);
  });
});

test.each([
  ['a', 'v0.3'],
  ['b', 'v0.4'],
  ['c', 'v0.5'],
  ['d', 'v0.7'],
  ['e', 'v0.8'],
  ['f', 'v0.9'],
  ['g', 'v0.14'],
])('the tools of tree %s are those of %s', async (era, release) => {
  expect((await open(era)).tools).toEqual({era: era.toUpperCase() as Era, release});
});

describe('a tree that brings nothing', () => {
  const config = fixture('config-g');

  test('is not there', async () => {
    await expect(openTreeSet(config, undefined)).rejects.toMatchObject({problem: {code: 'no-tree'}});
  });

  test('has no manifests', async () => {
    const tree = await copyOfTree('g');
    await rm(join(tree, 'deployment/k8sPaiLibrary'), {recursive: true});
    await expect(openTreeSet(config, tree)).rejects.toMatchObject({problem: {code: 'tree-invalid'}});
  });

  test('has no job for a role', async () => {
    const tree = await copyOfTree('g', {
      'deployment/k8sPaiLibrary/maintainconf/deploy.yaml': 'worker-deployment: {}\n',
    });
    const {problems} = await treePackage(
      await openTreeSet(config, tree),
      ofRole('infra-01', 'master'),
      'deploy',
      files,
    );
    expect(problems).toMatchObject([
      {code: 'tree-invalid', message: 'deploy.yaml has no job master-deployment, and infra-01 is a master.'},
    ]);
  });

  test('has no script that its tools run', async () => {
    const set = await open('g');
    const {package: pack} = await treePackage(set, ofRole('infra-01', 'master'), 'clean', files);
    if (!pack) throw new Error('no package');
    expect(() => checkScripts(pack, ['kubernetes-cleanup.sh'], set)).not.toThrow();
    expect(() => checkScripts(pack, ['kubernetes-cleanup.sh', 'another.sh'], set)).toThrow(
      /has no another\.sh.*v0\.14/,
    );
  });
});
