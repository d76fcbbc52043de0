import {once} from 'node:events';
import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {hostname, tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parseAnswer} from '../../../src/engine/cluster/check/parse-answer.ts';
import type {MachineAnswer} from '../../../src/engine/cluster/check/types.ts';
import {membershipScripts} from '../../../src/engine/cluster/membership.ts';
import {askMachine} from '../../../src/engine/machine-answer.ts';
import {readMachineScript} from '../../../src/engine/machines/machine-script.ts';
import {createLocalRemote} from '../../helpers/local-remote.ts';

const assets = fileURLToPath(new URL('../../../assets', import.meta.url));
let script: string;
let folder: string;

beforeAll(async () => {
  script = await readMachineScript(assets, 'check.sh', ...membershipScripts);
  folder = await mkdtemp(join(tmpdir(), 'pai-check-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

interface Asking {
  readonly shell?: readonly string[];
  /** Stand-ins for programs of the machine. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly patience?: number;
}

async function ask(
  words: readonly string[],
  {shell = ['/bin/sh'], programs = {}, patience = 20}: Asking = {},
): Promise<MachineAnswer> {
  const bin = await mkdtemp(join(folder, 'bin-'));
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
  const remote = createLocalRemote({shell, environment: {PATH: `${bin}:${process.env['PATH'] ?? ''}`}});
  const {answer} = await askMachine(remote, {script, args: [String(patience), ...words]}, new AbortController().signal);
  expect(answer.complete).toBe(true);
  return parseAnswer(answer, words);
}

describe.each(['dash', 'bash --norc', 'busybox sh'])('by %s', (shell) => {
  test('it tells of this computer', async () => {
    const words = [
      `folder:${folder}/not/there`,
      'module:overlay',
      'module:no_such_module',
      `name:${hostname()}`,
      'name:no-such-host.invalid',
    ];
    const answer = await ask(words, {shell: shell.split(' ')});
    const [room] = answer.folders;
    expect(room?.at).toBe(folder);
    expect(room?.size).toBeGreaterThan(0);
    expect(answer.isRoot).toBe(process.getuid?.() === 0);
    expect(['loaded', 'loadable', 'unknown']).toContain(answer.modules['overlay']);
    expect(['missing', 'unknown']).toContain(answer.modules['no_such_module']);
    expect(answer.names.map(({name}) => name)).toEqual([hostname(), 'no-such-host.invalid']);
    expect(answer.controllers).toContain('memory');
    expect(answer.missing).toEqual([]);
  });
});

test('etcd data is found where it lies, and so is what was moved aside', async () => {
  const etcd = join(folder, 'etcd');
  await mkdir(join(etcd, 'data/member'), {recursive: true});
  await mkdir(join(etcd, 'data.bak-20261120'));
  expect(await ask([`etcd:${etcd}`])).toMatchObject({
    etcdData: [join(etcd, 'data')],
    etcdKept: [join(etcd, 'data.bak-20261120')],
  });
});

test('a kubelet that somebody else started is told from ours', async () => {
  const inspected = (prints: string) => ({docker: `#!/bin/sh\n[ "$1" != inspect ] || ${prints}\n`});
  const others = async (prints: string) => (await ask([], {programs: inspected(prints)})).member.hasOthersKubelet;
  expect(await others('echo')).toBe(true);
  expect(await others('echo pai-tui')).toBeUndefined();
  expect(await others('exit 1')).toBeUndefined();
});

/** A registry as far as manifests go. */
async function registry(status: (path: string) => number) {
  const server = createServer((request, response) => {
    response.writeHead(status(request.url ?? ''), {'content-type': 'application/json'}).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {host: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close()};
}

/** The command is there, and no engine behind it. */
const noDocker = '#!/bin/sh\nexit 1\n';

describe('an image, where docker is not there yet', () => {
  test.each(['curl', 'wget'])('is asked for by %s', async (program) => {
    const {host, close} = await registry((path) =>
      path.startsWith('/v2/k8s/pause/manifests/3.0') ? 200 : path.includes('secret') ? 401 : 404,
    );
    try {
      const images = ['k8s/pause:3.0', 'k8s/secret:1', 'k8s/etcd:3'].map((name) => `image:${host}/${name}`);
      const answer = await (program === 'wget' ? askWithoutCurl(images) : ask(images, {programs: {docker: noDocker}}));
      expect(answer.images.map(({state}) => state)).toEqual(['plain', 'refused', 'absent']);
    } finally {
      close();
    }
  });

  test('of a registry that nobody answers for is unreachable, and why is said', async () => {
    const {host, close} = await registry(() => 200);
    close();
    const [image] = (await ask([`image:${host}/a:1`], {programs: {docker: noDocker}})).images;
    expect(image).toEqual({image: `${host}/a:1`, state: 'unreachable', said: expect.stringMatching(/connect/i)});
  });
});

/** A PATH that has what a small system has, and wget. */
async function askWithoutCurl(words: readonly string[]): Promise<MachineAnswer> {
  const bin = await mkdtemp(join(folder, 'small-'));
  for (const name of [
    'wget',
    'date',
    'id',
    'mktemp',
    'rm',
    'mv',
    'sleep',
    'cat',
    'grep',
    'uname',
    'head',
    'df',
    'mkdir',
  ]) {
    await writeFile(join(bin, name), `#!/bin/sh\nPATH=/usr/sbin:/usr/bin:/sbin:/bin exec ${name} "$@"\n`);
    await chmod(join(bin, name), 0o755);
  }
  // What the script adds to PATH would bring curl back.
  const own = script.replace(/^PATH=.*$/m, '');
  const remote = createLocalRemote({shell: ['/bin/sh'], environment: {PATH: bin}});
  const {answer} = await askMachine(remote, {script: own, args: ['20', ...words]}, new AbortController().signal);
  return parseAnswer(answer, words);
}

const engineInfo =
  ' Server Version: 20.10.24\\n Storage Driver: overlay2\\n Cgroup Driver: cgroupfs\\n Docker Root Dir: /srv/docker\\n Insecure Registries:\\n  10.0.0.0/8\\n  127.0.0.0/8\\n Live Restore Enabled: false\\n';

test('what docker says is taken apart, and images are asked for by its command where there is no curl for its socket', async () => {
  const docker = `#!/bin/sh
case "$1 $2" in
  'info ') printf '${engineInfo}' ;;
  'ps --format') printf 'kubelet\\nk8s_POD_x\\n' ;;
  'image inspect') [ "$5" = here:1 ] || exit 1 ;;
  'manifest inspect')
    case $3 in
      there:1) echo '{}' ;;
      absent:1) echo 'no such manifest: docker.io/library/absent:1' >&2; exit 1 ;;
      refused:1) echo 'unauthorized: authentication required' >&2; exit 1 ;;
      10.1.1.1:5000/a:1 | reg.example/b:1) echo 'http: server gave HTTP response to HTTPS client' >&2; exit 1 ;;
      slow:1) exec sleep 1000 ;;
      *) echo 'dial tcp: lookup reg.example on 10.0.0.2:53: no such host' >&2; exit 1 ;;
    esac ;;
esac
`;
  const images = [
    'here:1',
    'there:1',
    'absent:1',
    'refused:1',
    '10.1.1.1:5000/a:1',
    'reg.example/b:1',
    'slow:1',
    'lost:1',
  ];
  const answer = await ask(
    images.map((image) => `image:${image}`),
    {programs: {docker, curl: '#!/bin/sh\nexit 7\n'}, patience: 3},
  );
  expect(answer.docker).toEqual({
    version: '20.10.24',
    storageDriver: 'overlay2',
    cgroupDriver: 'cgroupfs',
    dataRoot: '/srv/docker',
    insecureRegistries: ['10.0.0.0/8', '127.0.0.0/8'],
    containers: ['kubelet', 'k8s_POD_x'],
  });
  expect(answer.images.map(({state}) => state)).toEqual([
    'here',
    'there',
    'absent',
    'refused',
    'unknown',
    'plain',
    'unreachable',
    'unreachable',
  ]);
});
