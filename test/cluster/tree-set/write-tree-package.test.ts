import {mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {writeTreePackage} from '../../../src/engine/cluster/package/write-tree-package.ts';
import type {PackageWish} from '../../../src/engine/cluster/types.ts';
import {createFiles} from '../../../src/engine/files/create-files.ts';
import {fixture} from '../../catalog/trees.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-package-'));
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const write = (era: string, machine: string, operation: PackageWish['operation'] = 'deploy') =>
  writeTreePackage(
    {config: fixture(`config-${era}`), source: fixture(`tree-${era}`)},
    {machine, operation, packageSet: 'tree', folder: join(folder, 'out')},
    {files: createFiles({cacheFile: join(folder, 'cache')})},
  );
const text = (path: string) => readFile(join(folder, 'out', path), 'utf8');

test('what scripts of a tree are sent with is written, with their order and what its tools apply by themselves', async () => {
  const {job, files} = await write('d', 'proxy-01');
  expect(job).toBe('proxy-deployment');
  expect(await text('steps.txt')).toBe(
    [
      '1. ./proxy-deployment/hosts-check.sh 10.0.0.9   (as root)',
      '2. ./proxy-deployment/docker-ce-install.sh proxy-deployment   (as root)',
      '3. ./proxy-deployment/kubelet-start.sh proxy-deployment   (as root)',
      '',
      'In the folder above proxy-deployment. What they change is known to them alone.',
      '',
    ].join('\n'),
  );
  expect(await text('modes.txt')).toContain('0755 proxy-deployment/hosts-check.sh\n');
  expect(await text('proxy-deployment/etc/kubernetes/haproxy/haproxy.cfg')).toContain('server infra-03 10.0.0.3:8080');
  expect(await text('applied/config')).toContain('server: http://10.0.0.9:8080');
  const dashboard = '../../golden/d/pai-management/k8sPaiLibrary/template/dashboard-service.yaml';
  expect(await text('applied/dashboard-service.yaml')).toBe(
    await readFile(new URL(dashboard, import.meta.url), 'utf8'),
  );
  for (const {path} of files) expect((await stat(join(folder, 'out', path))).mode & 0o777).toBe(0o600);
});

test('so is what cleans', async () => {
  const {files} = await write('a', 'gpu-01', 'clean');
  expect(files.map(({path}) => path)).toEqual(['steps.txt', 'modes.txt', 'clean/cleanup.sh']);
});

test.each([
  ['a machine that is not there', 'd', 'gpu-99', 'deploy', 'unknown-name'],
  ['certificates, which no tree has', 'd', 'gpu-01', 'certificates', 'usage'],
  ['a configuration that leaves Kubernetes to others', 'h', 'gpu-01', 'deploy', 'config-invalid'],
] as const)('%s: refused', async (_, era, machine, operation, code) => {
  await expect(write(era, machine, operation)).rejects.toMatchObject({problem: {code}});
});
