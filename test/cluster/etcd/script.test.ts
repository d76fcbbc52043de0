import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {parseEtcd} from '../../../src/engine/cluster/etcd/parse-answer.ts';
import type {SeenEtcd} from '../../../src/engine/cluster/etcd/types.ts';
import {askMachine} from '../../../src/engine/machine-answer.ts';
import {readMachineScript} from '../../../src/engine/machines/machine-script.ts';
import {createLocalRemote} from '../../helpers/local-remote.ts';
import {containerLines, recorded, seenMember, type Version, versions} from './recordings.ts';

const assets = fileURLToPath(new URL('../../../assets', import.meta.url));
const {signal} = new AbortController();
let script: string;
let folder: string;

beforeAll(async () => {
  script = await readMachineScript(assets, 'etcd.sh', 'etcd/settings.sh');
  folder = await mkdtemp(join(tmpdir(), 'pai-etcd-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

interface StandIn {
  /** What `docker inspect` prints, of one container after the other. */
  readonly containers: readonly (readonly string[])[];
  /** Whose recorded replies etcdctl and curl give. */
  readonly replies?: readonly [Version, string, string];
  readonly log?: string;
}

/** A docker, with an etcdctl behind `docker exec`, and a curl, that give recorded replies and note what they are asked. */
async function standIns({containers, replies, log = ''}: StandIn): Promise<string> {
  const bin = await mkdtemp(join(folder, 'bin-'));
  const put = async (name: string, lines: readonly string[]) =>
    writeFile(join(bin, name), lines.map((line) => `${line}\n`).join(''));
  const inspected = containers.flatMap((lines, index) => [`container c${index}`, ...lines, 'last']);
  await put(
    'ids',
    containers.map((_, index) => `c${index}`),
  );
  await put('inspected', inspected);
  await put('log', log === '' ? [] : [log]);
  if (replies) {
    for (const [question, {exit, stdout, stderr}] of Object.entries(recorded(...replies))) {
      await put(`${question}.out`, stdout);
      await put(`${question}.err`, stderr);
      await put(`${question}.exit`, [String(exit)]);
    }
  }
  const reply = (question: string) =>
    `cat ${bin}/${question}.out; cat ${bin}/${question}.err >&2; read -r code < ${bin}/${question}.exit; exit $code`;
  const docker = `#!/bin/sh
echo "$*" >> ${bin}/asked
case "$1 $*" in
  'ps '*) cat ${bin}/ids ;;
  'inspect '*) cat ${bin}/inspected ;;
  'logs '*) cat ${bin}/log >&2 ;;
  'exec '*'endpoint status'*) ${reply('status')} ;;
  'exec '*'member list'*) ${reply('members')} ;;
  'exec '*'endpoint health'*) ${reply('health')} ;;
  'exec '*'alarm list'*) ${reply('alarms')} ;;
esac
`;
  const curl = `#!/bin/sh\necho "curl $*" >> ${bin}/asked\n${reply('peers')}\n`;
  for (const [name, text] of Object.entries({docker, curl})) {
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

async function ask(bin: string, {shell = '/bin/sh', path = '/no/etcd', patience = 20} = {}): Promise<SeenEtcd> {
  const environment = {PATH: `${bin}:${process.env['PATH'] ?? ''}`};
  const remote = createLocalRemote({shell: shell.split(' '), environment});
  const {answer} = await askMachine(remote, {script, args: [String(patience), path]}, signal);
  expect(answer.complete).toBe(true);
  return parseEtcd(answer);
}

const asked = (bin: string) => readFile(join(bin, 'asked'), 'utf8');

const ours = [
  'etcd',
  '--name=etcd1',
  '--data-dir=/var/etcd/data',
  '--initial-cluster-state=new',
  '--listen-peer-urls=https://10.0.0.1:2380',
  '--listen-client-urls=https://10.0.0.1:2379,https://127.0.0.1:2379',
  '--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
  '--cert-file=/etc/kubernetes/pki/etcd/server.crt',
  '--key-file=/etc/kubernetes/pki/etcd/server.key',
  '--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
  '--peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt',
  '--peer-key-file=/etc/kubernetes/pki/etcd/peer.key',
  '--quota-backend-bytes=16777216',
];
const started = ([program = '', ...words]: readonly string[]) => [
  `program ${program}`,
  ...words.map((word) => `argument ${word}`),
];
const pause = ['name /k8s_POD_etcd-node-1_kube-system_0f_0', 'image pause:3', 'status running', 'program /pause'];

describe.each(['dash', 'bash --norc', 'busybox sh'])('by %s', (shell) => {
  test.each(versions)(
    'a member of %s is asked in its container, and over TLS with its own certificates',
    async (version) => {
      const data = await mkdtemp(join(folder, 'etcd-'));
      await mkdir(join(data, 'data/member'), {recursive: true});
      await mkdir(join(data, 'data.kept-20261120'));
      const replies = [version, 'healthy', 'etcd1'] as const;
      const container = [
        ...containerLines('etcd1', 'running'),
        ...started(ours),
        'environment ETCD_PASSWORD=secret',
        `mount /var/etcd ${data}`,
        'mount /etc/kubernetes/pki/etcd /srv/pki',
      ];
      const bin = await standIns({containers: [pause, container], replies, log: 'ready to serve'});
      const seen = await ask(bin, {shell});
      const {status, members, commits, alarms} = seenMember(...replies);
      expect(seen).toMatchObject({
        docker: 'answers',
        endpoint: 'https://127.0.0.1:2379',
        settings: {name: 'etcd1', quotaBytes: 16_777_216, initialState: 'new', dataFolder: '/var/etcd/data'},
        container: {name: 'k8s_etcd_etcd-etcd1_kube-system_0f_2', isRunning: true, log: ['ready to serve']},
        data: {
          folder: join(data, 'data'),
          isThere: true,
          bytes: expect.any(Number),
          disk: {size: expect.any(Number), available: expect.any(Number)},
          kept: [{folder: join(data, 'data.kept-20261120'), bytes: expect.any(Number)}],
        },
        ...{status, members, commits, alarms},
      });
      expect(commits).toBe(true);
      const words = await asked(bin);
      const tls =
        '-e ETCDCTL_CERT=/etc/kubernetes/pki/etcd/server.crt -e ETCDCTL_KEY=/etc/kubernetes/pki/etcd/server.key';
      expect(words).toContain(
        `${tls} -e ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt c1 etcdctl endpoint status -w json`,
      );
      // On the machine the certificates lie where they are mounted from.
      expect(words).toContain(
        '--http1.1 --cacert /srv/pki/ca.crt --cert /srv/pki/peer.crt --key /srv/pki/peer.key https://10.0.0.1:2380/members',
      );
      expect(words.includes('alarm list')).toBe(version === '3.3.25');
    },
  );
});

test('where `member list` finds no quorum, the members are what they tell each other', async () => {
  const replies = ['3.5.16', 'two down', 'etcd1'] as const;
  expect(recorded(...replies).members.exit).toBe(1);
  const words = ['etcd', '--listen-client-urls=http://0.0.0.0:4001', '--listen-peer-urls=http://0.0.0.0:2380'];
  const container = [...containerLines('etcd1', 'running'), ...started(words)];
  const bin = await standIns({containers: [container], replies});
  const seen = await ask(bin);
  expect(seen.commits).toBe(false);
  expect(seen.members?.map(({name}) => name)).toEqual(['etcd2', 'etcd3', 'etcd1']);
  expect(await asked(bin)).toContain('curl -sS -m 4 http://127.0.0.1:2380/members');
});

test.each([
  [
    'an old tree, with plain HTTP on port 4001',
    'k8s_etcd-container_etcd-server-10.0.0.1_kube-system_0f_0',
    [
      ...started(['/usr/local/bin/etcd', '--name', 'etcdid1', '--data-dir', '/var/etcd/data']),
      ...['--listen-client-urls', 'http://0.0.0.0:4001'].map((word) => `argument ${word}`),
    ],
    'http://127.0.0.1:4001',
    'etcdid1',
  ],
  [
    'one that is set by its environment',
    'etcd1',
    [
      'program /usr/local/bin/etcd',
      'environment ETCD_NAME=etcd1',
      'environment ETCD_LISTEN_CLIENT_URLS=https://10.0.0.1:2379',
      'environment ETCD_DATA_DIR=/var/lib/etcd',
    ],
    'https://10.0.0.1:2379',
    'etcd1',
  ],
  [
    'one that a shell starts',
    'k8s_etcd-container_etcd-server-10.0.0.1_kube-system_0f_0',
    [
      'program /bin/sh',
      'argument -c',
      'argument /usr/local/bin/etcd --name=e1 --listen-client-urls http://10.0.0.1:4001',
    ],
    'http://10.0.0.1:4001',
    'e1',
  ],
])('finds %s', async (_, name, more, endpoint, member) => {
  const container = [`name /${name}`, 'image etcd:3', 'status running', 'exit 0', 'oom false', ...more];
  const other = [
    'name /k8s_backup_etcd-backup_x',
    'image backup:1',
    'status running',
    'program /bin/backup',
    'argument /var/etcd',
  ];
  const bin = await standIns({containers: [other, pause, container], replies: ['3.3.25', 'healthy', 'etcd1']});
  const seen = await ask(bin);
  expect(seen.container?.name).toBe(name);
  expect(seen.settings.name).toBe(member);
  expect(seen.endpoint).toBe(endpoint);
  expect(seen.status?.version).toBe('3.3.25');
});

test('of containers that have ended the last one tells, and one that runs goes before them', async () => {
  const ended = (number: number) => [
    `name /k8s_etcd_etcd-node-1_kube-system_0f_${number}`,
    ...[
      'image etcd:3',
      'status exited',
      `exit ${number}`,
      'oom true',
      'error "no such file"',
      'finished 2026-11-20T11:00:00Z',
    ],
    ...started(ours),
  ];
  const dead = await ask(await standIns({containers: [ended(7), ended(6)], log: 'panic: failed to open database'}));
  expect(dead.container).toMatchObject({isRunning: false, exitCode: 7, oomKilled: true, error: 'no such file'});
  expect(dead.container).toMatchObject({cause: 'data damaged', finished: '2026-11-20T11:00:00Z'});
  expect(dead).not.toHaveProperty('silence');
  const running = [...containerLines('etcd1', 'running'), ...started(ours)];
  expect((await ask(await standIns({containers: [ended(7), running]}))).container?.isRunning).toBe(true);
});

test('a container that is removed while docker is asked hides no other', async () => {
  const running = [...containerLines('etcd1', 'running'), ...started(ours)];
  const bin = await standIns({containers: [running], replies: ['3.4.23', 'healthy', 'etcd1']});
  const docker = await readFile(join(bin, 'docker'), 'utf8');
  const gone = `${bin}/inspected; echo 'Error: No such object: c1' >&2; exit 1`;
  await writeFile(join(bin, 'docker'), docker.replace(`${bin}/inspected`, gone));
  expect((await ask(bin)).status?.version).toBe('3.4.23');
});

test('without a container the data are looked for where the configuration has them', async () => {
  const path = await mkdtemp(join(folder, 'etcd-'));
  await mkdir(join(path, 'member'), {recursive: true});
  const bin = await standIns({containers: []});
  expect((await ask(bin, {path})).data).toMatchObject({folder: path, isThere: true, kept: []});
  await mkdir(join(path, 'data/member'), {recursive: true});
  await mkdir(join(path, 'data.bak-run1'));
  expect((await ask(bin, {path: `${path}/`})).data).toMatchObject({
    folder: join(path, 'data'),
    isThere: true,
    kept: [{folder: join(path, 'data.bak-run1')}],
  });
});

test('a docker that hangs holds nothing up, and is said to be silent', async () => {
  const bin = await standIns({containers: []});
  await writeFile(join(bin, 'docker'), '#!/bin/sh\nexec sleep 1000\n');
  const seen = await ask(bin, {patience: 1});
  expect(seen.docker).toBe('silent');
  expect(seen.data.folder).toBe('/no/etcd/data');
});

test('a list of members that is longer than a line of an answer comes whole', async () => {
  const bin = await standIns({
    containers: [[...containerLines('etcd1', 'running'), ...started(['etcd', '--name=etcd1'])]],
    replies: ['3.4.23', 'healthy', 'etcd1'],
  });
  const members = Array.from({length: 40}, (_, index) => ({
    ID: index + 1,
    name: `a member with a long name ${index}`,
    peerURLs: [`https://machine-${index}.cluster.example:2380`],
  }));
  await writeFile(join(bin, 'members.out'), `${JSON.stringify({members})}\n`);
  const seen = await ask(bin);
  expect(seen.members?.map(({name}) => name)).toEqual(members.map(({name}) => name));
  expect(seen.members?.[15]?.id).toBe('10');
});

test('an image without etcdctl is told from an etcd that does not answer', async () => {
  const bin = await standIns({
    containers: [[...containerLines('etcd1', 'running'), ...started(['etcd', '--name=etcd1'])]],
  });
  const inspected = join(bin, 'inspected');
  // As docker 20.10 says it.
  const said =
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "etcdctl": executable file not found in $PATH: unknown';
  const docker = `#!/bin/sh\ncase $1 in ps) cat ${bin}/ids ;; inspect) cat ${inspected} ;; exec) echo '${said}'; exit 126 ;; esac\n`;
  await writeFile(join(bin, 'docker'), docker);
  expect((await ask(bin)).silence?.by).toBe('docker');
});
