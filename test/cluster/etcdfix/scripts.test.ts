import {spawnSync} from 'node:child_process';
import {chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {memberMark} from '../../../src/engine/cluster/etcd/member-script.ts';
import {type FixScripts, readFixScripts} from '../../../src/engine/cluster/etcdfix/scripts.ts';
import {readAnswer} from '../../../src/engine/machine-answer.ts';

const assets = fileURLToPath(new URL('../../../assets', import.meta.url));
let scripts: FixScripts;
let folder: string;

beforeAll(async () => {
  scripts = await readFixScripts(assets);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-etcdfix-'));
});
afterEach(() => rm(folder, {recursive: true, force: true}));

interface Ran {
  readonly exit: number | null;
  readonly changed: readonly string[];
  readonly reply: string;
  readonly complete: boolean;
  readonly stderr: string;
}

function run(name: keyof FixScripts, args: readonly string[], input = ''): Ran {
  const env = {...process.env, PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`};
  const words = ['-c', scripts[name], 'sh', memberMark, ...args];
  const {status, stdout, stderr} = spawnSync('/bin/sh', words, {encoding: 'utf8', env, input});
  const answer = readAnswer(stdout, memberMark);
  return {
    ...{exit: status, stderr, complete: answer.complete, changed: answer.lines('changed')},
    reply: answer.lines('reply').join(''),
  };
}

/** A program of that name which does what the lines say. */
async function program(name: string, ...lines: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'bin'), {recursive: true});
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${lines.join('\n')}\n`);
  await chmod(join(folder, 'bin', name), 0o755);
}

describe('data of etcd', () => {
  test('are moved aside and put back, each once', async () => {
    const [data, kept, manifest, keptManifest] = ['data', 'data.bak-1', 'etcd.yaml', 'kept/etcd.yaml.bak-1'].map(
      (name) => join(folder, name),
    ) as [string, string, string, string];
    await mkdir(join(data, 'member/snap'), {recursive: true});
    await writeFile(join(data, 'member/snap/db'), 'all');
    await mkdir(join(folder, 'kept'));
    await writeFile(keptManifest, 'pod');

    expect(run('moveData', [data, kept])).toMatchObject({exit: 0, changed: [`moved ${data} to ${kept}`]});
    expect(run('moveData', [data, kept])).toMatchObject({exit: 0, complete: true, changed: []});
    await mkdir(data);
    expect(run('moveData', [data, kept])).toMatchObject({exit: 3, complete: false});
    expect(await readFile(join(kept, 'member/snap/db'), 'utf8')).toBe('all');
    await rm(data, {recursive: true});

    const back = [manifest, keptManifest, data, kept];
    expect(run('putBack', back)).toMatchObject({
      exit: 0,
      changed: [`moved ${kept} back to ${data}`, `moved ${keptManifest} back to ${manifest}`],
    });
    expect(run('putBack', back)).toMatchObject({exit: 0, changed: []});
    expect(await readFile(join(data, 'member/snap/db'), 'utf8')).toBe('all');
    expect(await readFile(manifest, 'utf8')).toBe('pod');
  });

  test('are only ever at a plain path', () => {
    for (const path of ['/', 'data', '/var/../etc', '/var//etcd', '/var/etcd/', '/var/etcd data', '/var/$(id)']) {
      expect(run('moveData', [path, '/var/etcd/kept']), path).toMatchObject({exit: 2, changed: []});
    }
  });
});

test('a manifest is put as a whole or not at all, and not twice', async () => {
  const path = join(folder, 'manifests/etcd.yaml');
  const text = 'kind: Pod\n'.repeat(100);
  expect(run('putManifest', [path, String(text.length)], text)).toMatchObject({exit: 0, changed: [path]});
  expect(run('putManifest', [path, String(text.length)], text)).toMatchObject({exit: 0, changed: []});
  expect(run('putManifest', [path, String(text.length)], text.slice(0, 500))).toMatchObject({exit: 6, changed: []});
  expect(await readFile(path, 'utf8')).toBe(text);
  expect(await readdir(join(folder, 'manifests'))).toEqual(['etcd.yaml']);
});

describe('stopping a member', () => {
  test('takes its manifest away, and waits until its pod is gone', async () => {
    const [manifest, kept] = [join(folder, 'etcd.yaml'), join(folder, 'aside/etcd.yaml.bak-1')];
    await writeFile(manifest, 'pod');
    // It is there twice, then gone.
    await program(
      'docker',
      `n=$(cat ${folder}/asked 2>/dev/null || echo 0)`,
      `echo $((n + 1)) > ${folder}/asked`,
      '[ "$n" -ge 2 ] || echo c1',
    );
    await program('sleep', 'exit 0');
    expect(run('stop', [manifest, kept])).toMatchObject({
      exit: 0,
      complete: true,
      changed: [`moved ${manifest} to ${kept}`],
    });
    expect(await readFile(kept, 'utf8')).toBe('pod');
    expect(await readFile(join(folder, 'asked'), 'utf8')).toBe('3\n');
  });

  test('stops by docker what a kubelet that is down leaves, and says so where that does not help', async () => {
    await program('docker', `echo "$1" >> ${folder}/asked`, 'case $1 in ps) echo c1 ;; esac');
    await program('sleep', 'exit 0');
    const ran = run('stop', [join(folder, 'etcd.yaml'), join(folder, 'kept')]);
    expect(ran).toMatchObject({exit: 4, complete: false, stderr: 'The containers of etcd do not end.\n'});
    expect((await readFile(join(folder, 'asked'), 'utf8')).split('\n').filter((word) => word === 'stop')).toHaveLength(
      2,
    );
  });

  test('does not take a docker that is silent for one without etcd', async () => {
    await program('docker', 'exit 1');
    expect(run('stop', [join(folder, 'etcd.yaml'), join(folder, 'kept')])).toMatchObject({exit: 4, complete: false});
  });
});

test('who the members are is changed by exact ids, in the container of the member and by its certificates', async () => {
  await program(
    'docker',
    `echo "$*" >> ${folder}/asked`,
    'case $1 in',
    'ps) echo c1 ;;',
    `inspect) printf '%s\\n' 'container c1' 'name /k8s_etcd_etcd' 'status running' 'program etcd' \\
      'argument --listen-client-urls=https://10.0.0.1:2379,https://127.0.0.1:2379' \\
      'argument --cert-file=/pki/server.crt' 'argument --key-file=/pki/server.key' 'argument --trusted-ca-file=/pki/ca.crt' last ;;`,
    `exec) echo '{"header":{},"members":[]}' ;;`,
    'esac',
  );
  expect(run('membership', ['remove', '97b196af72bd0d19'])).toMatchObject({
    ...{exit: 0, complete: true, reply: '{"header":{},"members":[]}'},
  });
  expect(run('membership', ['add', 'etcd3', 'https://10.0.0.3:2380'])).toMatchObject({exit: 0, complete: true});
  expect(run('membership', ['update', 'a3', 'https://10.0.0.3:2380'])).toMatchObject({exit: 0, complete: true});
  expect(run('membership', ['forget', 'etcd3'])).toMatchObject({exit: 1, complete: false});
  const calls = (await readFile(join(folder, 'asked'), 'utf8')).split('\n').filter((line) => line.startsWith('exec'));
  expect(calls).toHaveLength(3);
  expect(calls[0]).toMatch(
    /ETCDCTL_ENDPOINTS=https:\/\/127\.0\.0\.1:2379 .*ETCDCTL_CERT=\/pki\/server\.crt .* c1 etcdctl member remove 97b196af72bd0d19 -w json$/,
  );
  expect(calls[1]).toMatch(/ c1 etcdctl member add etcd3 --learner --peer-urls=https:\/\/10\.0\.0\.3:2380 -w json$/);
  expect(calls[2]).toMatch(/ c1 etcdctl member update a3 --peer-urls=https:\/\/10\.0\.0\.3:2380 -w json$/);
});

test('the scripts have nothing that shellcheck finds', ({skip}) => {
  const parts = (...names: readonly string[]) => names.map((name) => join(assets, 'etcd', name));
  const together = [
    parts('settings.sh', 'member.sh', 'membership.sh'),
    parts('settings.sh', 'member.sh', 'hash.sh'),
    parts('settings.sh', 'member.sh', 'entry.sh'),
    ...['stop-member.sh', 'move-data.sh', 'put-back.sh', 'put-manifest.sh', 'start-kubelet.sh'].map((name) =>
      parts('node.sh', name),
    ),
  ];
  if (spawnSync('shellcheck', ['--version']).error) skip('there is no shellcheck here');
  for (const files of together) {
    const words = ['-c', 'cat "$@" | shellcheck -s sh -S warning -', 'sh', ...files];
    expect(spawnSync('sh', words, {encoding: 'utf8'}).stdout, files.join(' ')).toBe('');
  }
});
