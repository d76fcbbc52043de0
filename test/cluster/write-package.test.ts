import {mkdtemp, readdir, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import type {ClusterLayout} from '../../src/engine/cluster/layout/types.ts';
import {type PackageWorld, writePackage} from '../../src/engine/cluster/package/write-package.ts';
import {createFiles} from '../../src/engine/files/create-files.ts';
import type {MachineAccess} from '../../src/engine/machine-tools.ts';
import {ProblemError} from '../../src/engine/problem.ts';
import {createLocalRemote} from '../helpers/local-remote.ts';
import {clusterOf} from './sample-clusters.ts';

const {signal} = new AbortController();
let folder: string;
let layout: ClusterLayout;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-package-'));
  layout = {...(await clusterOf('proxy')), podNetwork: {kind: 'host'}, docker: {mirrors: ['https://mirror.example']}};
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const nobody: MachineAccess = {
  use: () => Promise.reject(new ProblemError({code: 'machine-unreachable', message: 'Nobody answers.'})),
};

function worldWith(machines: MachineAccess): PackageWorld {
  return {
    machines,
    files: createFiles({cacheFile: join(folder, 'cache')}),
    clock: createClock(),
    assets: fileURLToPath(new URL('../../assets', import.meta.url)),
  };
}

const write = (machine: string, machines = nobody, operation: 'deploy' | 'clean' = 'deploy') =>
  writePackage(layout, {machine, operation, folder: join(folder, 'out')}, worldWith(machines), signal);
const textOf = (path: string) => readFile(join(folder, 'out', path), 'utf8');

test('a package is written with its steps and modes, and keys are their names', async () => {
  const written = await write('master-1');
  expect(written).toMatchObject({machine: 'master-1', job: 'master-deployment'});
  const paths = written.files.map(({path}) => path);
  expect(paths).toContain('master-deployment/etc/kubernetes/manifests/apiserver.yaml');
  for (const path of paths) expect([path, (await stat(join(folder, 'out', path))).mode & 0o777]).toEqual([path, 0o600]);
  const modes = await textOf('modes.txt');
  expect(modes).toContain('0644 master-deployment/etc/kubernetes/manifests/apiserver.yaml\n');
  const steps = await textOf('steps.txt');
  expect(steps).toContain('sh install-certificates.sh < stdin/install-certificates.txt   (as root)');
  expect(steps).toContain('- write below /etc/kubernetes/pki on master-1 (holds a secret)');
  const certificates = await textOf('stdin/install-certificates.txt');
  expect(certificates).toContain(
    'put 600 /etc/kubernetes/pki/ca.key\n (private key of cluster authority: that of the masters)\n',
  );
  expect(certificates).toContain('put 600 /etc/kubernetes/admin.conf\n apiVersion: v1\n');
  for (const path of paths) expect(await textOf(path)).not.toContain('PRIVATE KEY');
});

test('settings of docker are those of the machine with what is added, or said to be unknown', async () => {
  const unknown = await write('gpu-01');
  expect(unknown.problems).toMatchObject([{severity: 'warning', code: 'machine-unreachable'}]);
  expect(await textOf('stdin/put-docker-settings.txt')).toMatch(/^\(the daemon.json of gpu-01/);
  await rm(join(folder, 'out'), {recursive: true});
  const remote = createLocalRemote();
  const machines: MachineAccess = {
    use: (_machine, work) =>
      work({
        ...remote,
        run: async (_command, watch) => {
          watch.stdout?.(Buffer.from('{"debug": true}\n'));
          return {exit: 0};
        },
      }),
  };
  const known = await write('gpu-01', machines);
  expect(known.problems).toEqual([]);
  expect(JSON.parse(await textOf('stdin/put-docker-settings.txt'))).toMatchObject({
    debug: true,
    'registry-mirrors': ['https://mirror.example'],
  });
});

test('what cleans a machine is written too', async () => {
  const {files} = await write('gpu-01', nobody, 'clean');
  expect(files.map(({path}) => path)).toEqual(
    expect.arrayContaining(['steps.txt', 'modes.txt', 'clean/clean-files.sh', 'clean/common.sh']),
  );
});

test.each([
  ['a machine that is not there', 'gpu-02', 'unknown-name'],
  ['a folder that holds something', 'gpu-01', 'usage'],
])('%s is refused, and nothing is written', async (what, machine, code) => {
  if (what.startsWith('a folder')) await write('master-1');
  const before = await readdir(folder, {recursive: true});
  const error = await write(machine).catch((thrown: unknown) => thrown);
  expect(error instanceof ProblemError && error.problem.code).toBe(code);
  expect(await readdir(folder, {recursive: true})).toEqual(before);
});
