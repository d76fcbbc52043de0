import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Remains, readRemains, readRemainsScript, remainsIn} from '../../../src/engine/cluster/clean/remains.ts';
import {readAnswer} from '../../../src/engine/machine-answer.ts';
import {createLocalRemote} from '../../helpers/local-remote.ts';

const assets = fileURLToPath(new URL('../../../assets', import.meta.url));
const {signal} = new AbortController();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-remains-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

/** This computer, asked as a master, with another docker. */
async function ask(docker: string, shell = '/bin/sh'): Promise<Remains> {
  const bin = await mkdtemp(join(folder, 'bin-'));
  await writeFile(join(bin, 'docker'), docker);
  await chmod(join(bin, 'docker'), 0o755);
  const environment = {PATH: `${bin}:${process.env['PATH'] ?? ''}`};
  const remote = createLocalRemote({shell: shell.split(' '), environment});
  const machine = {name: 'm-1', roles: ['master']} as const;
  const layout = {etcdDataPath: join(folder, 'etcd/'), podNetwork: {kind: 'host'}} as const;
  return readRemains({use: (_machine, work) => work(remote)}, machine, layout, await readRemainsScript(assets), signal);
}

const uid = '0f4c';
const containers = `#!/bin/sh
[ "$1" != inspect ] || { echo pai-tui; exit 0; }
echo 'kubelet '
echo 'k8s_POD_etcd-m-1_kube-system_${uid}_0 ${uid}'
echo 'k8s_etcd_etcd-m-1_kube-system_${uid}_3 ${uid}'
echo 'k8s_web_web-7d_default_${uid}_0 ${uid}'
echo 'registry '
`;

describe.each(['dash', 'bash --norc', 'busybox sh'])('by %s', (shell) => {
  test('containers and the data of etcd are told, with sizes', async () => {
    await mkdir(join(folder, 'etcd/data/member'), {recursive: true});
    await mkdir(join(folder, 'etcd/data.kept-1'), {recursive: true});
    const remains = await ask(containers, shell);
    expect(remains.containers).toEqual({
      ...{hasKubelet: true, count: 3, pods: ['kube-system/etcd-m-1', 'default/web-7d'], others: 1},
    });
    expect(remains.etcdData).toEqual([{path: join(folder, 'etcd/data'), bytes: expect.any(Number)}]);
    expect(remains.etcdKept).toEqual([{path: join(folder, 'etcd/data.kept-1'), bytes: expect.any(Number)}]);
  });
});

test('a kubelet that neither we nor older tools started is of another cluster', async () => {
  const by = (maker: string) => containers.replace('echo pai-tui', `echo ${maker}`);
  expect((await ask(by(''))).hasOthersKubelet).toBe(true);
  expect(await ask(by('older'))).not.toHaveProperty('hasOthersKubelet');
  expect(await ask(containers)).not.toHaveProperty('hasOthersKubelet');
});

test('a docker that does not answer says nothing of containers', async () => {
  expect((await ask('#!/bin/sh\nexit 1\n')).containers).toBeUndefined();
});

test('any answer is taken', () => {
  const answer = (text: string) => remainsIn(readAnswer(text, 'm'));
  expect(answer('')).toEqual({
    containers: {hasKubelet: false, count: 0, pods: [], others: 0},
    ...{folders: [], files: [], hasRules: false, etcdData: [], etcdKept: [], servers: []},
  });
  expect(
    answer(
      ['folder /etc/kubernetes', 'sizes much', 'rules-iptables x', 'rules-ip6tables 2', 'cluster-server  "https://a:1"']
        .map((line) => `m ${line}\n`)
        .join(''),
    ),
  ).toMatchObject({folders: [{path: '/etc/kubernetes'}], hasRules: true, servers: ['https://a:1']});
});
