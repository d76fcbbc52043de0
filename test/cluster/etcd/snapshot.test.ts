import {createHash, randomBytes} from 'node:crypto';
import {mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createClock} from '../../../src/engine/clock.ts';
import {judgeEtcd} from '../../../src/engine/cluster/etcd/judge.ts';
import {keptSnapshots, snapshotFolder} from '../../../src/engine/cluster/etcd/kept-snapshots.ts';
import {memberMark, readMemberScript} from '../../../src/engine/cluster/etcd/member-script.ts';
import {snapshotEffects, takeSnapshot} from '../../../src/engine/cluster/etcd/snapshot.ts';
import {snapshotSources} from '../../../src/engine/cluster/etcd/snapshot-source.ts';
import type {EtcdMember} from '../../../src/engine/cluster/etcd/types.ts';
import {createFiles} from '../../../src/engine/files/create-files.ts';
import type {MachineAccess, Remote} from '../../../src/engine/machine-tools.ts';
import {ProblemError, problemOf} from '../../../src/engine/problem.ts';
import {limitTools} from '../../../src/engine/run/limit.ts';
import {createLocalRemote} from '../../helpers/local-remote.ts';
import {plainTools} from '../../run/six-tasks.ts';
import {answersOf, containerLines, masters, recorded, type Version} from './recordings.ts';

const assets = fileURLToPath(new URL('../../../assets', import.meta.url));
const files = createFiles({cacheFile: '/nonexistent/cache'});
const {signal} = new AbortController();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-snapshot-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

/** A database, and behind it what etcd puts there. */
function savedBy(bytes: number): Buffer {
  const database = randomBytes(bytes);
  return Buffer.concat([database, createHash('sha256').update(database).digest()]);
}
const good = savedBy(300_000);
const goodStatus = '{"hash":3063124383,"revision":31,"totalKey":34,"totalSize":300000}';

interface StandIn {
  readonly version?: Version;
  /** What `snapshot save` writes; absent: it fails. */
  readonly saved?: Buffer;
  readonly status?: string;
  /** That the member says it has come to. */
  readonly revision?: number;
  /** KiB that are free. */
  readonly free?: number;
  /** The data are a mount of their own. */
  readonly apart?: boolean;
  /** The connection breaks when the first of it has come. */
  readonly breaks?: boolean;
}

/** A master with a docker behind which an etcd saves a snapshot; its folder of data, and what docker was asked. */
async function standIn(name: string, wish: StandIn, shell = '/bin/sh') {
  const {version = '3.4.23', saved, revision = 2, status = goodStatus, free = 10_000_000, apart = false} = wish;
  const [place, bin] = [join(folder, name, 'etcd'), join(folder, name, 'bin')];
  await mkdir(join(place, 'data/member/snap'), {recursive: true});
  await mkdir(bin);
  await writeFile(join(place, 'data/member/snap/db'), Buffer.alloc(300_000));
  const member = `etcd${name.slice(-1)}`;
  await mkdir(join(apart ? join(place, 'data') : place, '.pai-tui-snapshot'));
  const lines = [
    'container c0',
    ...containerLines(member, 'running'),
    ...['program etcd', `argument --name=${member}`, `argument --data-dir=${place}/data`],
    'argument --listen-client-urls=http://127.0.0.1:2379',
    apart ? `mount ${place}/data ${place}/data` : `mount ${place} ${place}`,
    'last',
  ];
  await writeFile(join(bin, 'inspected'), `${lines.join('\n')}\n`);
  if (saved) await writeFile(join(bin, 'saved'), saved);
  for (const [question, {exit, stdout, stderr}] of Object.entries(recorded(version, 'healthy', member))) {
    const text = `cat <<'OUT'\n${stdout.join('\n').replace('"revision":2', `"revision":${revision}`)}\nOUT\ncat >&2 <<'ERR'\n${stderr.join('\n')}\nERR\nexit ${exit}\n`;
    await writeFile(join(bin, question), text);
  }
  const docker = `#!/bin/sh
echo "$*" >> ${bin}/asked
case "$1 $*" in
  'ps '*) echo c0 ;;
  'inspect '*) cat ${bin}/inspected ;;
  *'snapshot save'*) for last; do :; done; cat ${bin}/saved > "$last" ;;
  *'snapshot status'*) for last; do :; done; echo 'a banner'; [ -s "$last" ] && echo '${status}' ;;
  *'endpoint status'*) . ${bin}/status ;;
  *'member list'*) . ${bin}/members ;;
  *'endpoint health'*) . ${bin}/health ;;
  *'alarm list'*) . ${bin}/alarms ;;
esac
`;
  await writeFile(join(bin, 'docker'), docker, {mode: 0o755});
  const df = `#!/bin/sh\necho Filesystem; echo /dev/sda1 20000000 1 ${free} 1% /\n`;
  await writeFile(join(bin, 'df'), df, {mode: 0o755});
  const environment = {PATH: `${bin}:${process.env['PATH'] ?? ''}`};
  const remote = createLocalRemote({name, shell: shell.split(' '), environment});
  return {remote, place, asked: () => readFile(join(bin, 'asked'), 'utf8')};
}

/** Three masters; what becomes of a snapshot of them, held to the effects that it declares. */
async function take(wishes: readonly StandIn[], {not, shell}: {readonly not?: string; readonly shell?: string} = {}) {
  const run = await mkdtemp(join(folder, 'run-'));
  const nodes = await Promise.all(
    wishes.map((wish, index) => standIn(`${run.slice(folder.length + 1)}-${index + 1}`, wish, shell)),
  );
  const machines: MachineAccess = {
    async use(name, work) {
      const node = nodes[Number(name.slice(-1)) - 1];
      if (!node) throw new Error(`no ${name}`);
      const {breaks = false} = wishes[nodes.indexOf(node)] ?? {};
      return work(breaks ? breaking(node.remote) : node.remote);
    },
  };
  const file = join(run, snapshotFolder, 'taken.db');
  const wish = {masters: masters.slice(0, wishes.length), etcdDataPath: '/no/etcd', ...(not ? {not} : {})};
  const does = snapshotEffects(
    {...wish, file: `$STATE/${snapshotFolder}/**`},
    await readMemberScript(assets, 'snapshot.sh'),
  );
  const limits = {task: 'cluster/etcd-snapshot', does, runFolder: join(run, 'runs/one'), stateFolder: run};
  const tools = limitTools({...plainTools(createClock()), machines, files, assets}, limits);
  const said: string[] = [];
  const context = {tools, signal, output: (text: string | Uint8Array) => void said.push(String(text)), progress() {}};
  const taken = await takeSnapshot({...wish, file}, context).catch((error: unknown) => problemOf(error));
  return {taken, file, run, said: said.join(''), nodes};
}

/** Breaks when something arrives that is no answer to a question. */
function breaking(remote: Remote): Remote {
  const lost = new ProblemError({code: 'machine-lost', message: 'It broke.', machine: remote.target.name});
  return {
    ...remote,
    async run(command, watch, ending) {
      if (command.reads) return remote.run(command, watch, ending);
      const broken = new AbortController();
      const stdout = (bytes: Uint8Array) => {
        if (broken.signal.aborted) return;
        watch.stdout?.(bytes.subarray(0, 1000));
        broken.abort(lost);
      };
      return remote.run(command, {...watch, stdout}, AbortSignal.any([ending, broken.signal]));
    },
  };
}

/** Nothing of it is left: here, or on a machine. */
async function nothingLeft({run, nodes}: Awaited<ReturnType<typeof take>>) {
  expect(await readdir(join(run, snapshotFolder))).toEqual([]);
  for (const {place} of nodes) {
    expect(await readdir(place)).toEqual(['data']);
    expect(await readdir(join(place, 'data'))).toEqual(['member']);
  }
}

describe.each(['dash', 'bash --norc', 'busybox sh'])('by %s', (shell) => {
  test('a snapshot arrives as it was saved, and nothing of it stays on the machine', async () => {
    const {taken, file, nodes, run} = await take([{saved: good}], {shell});
    expect(taken).toMatchObject({
      ...{file, machine: 'node-1', member: 'etcd1 on node-1', version: '3.4.23', bytes: 300_032},
      ...{hash: 'b693919f', revision: 31, totalKeys: 34},
      sha256: createHash('sha256').update(good).digest('hex'),
    });
    expect(good.equals(await readFile(file))).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await keptSnapshots(run)).toEqual([taken]);
    const [node] = nodes;
    expect(await readdir(node?.place ?? '')).toEqual(['data']);
    expect(await node?.asked()).toContain(`etcdctl snapshot save ${node?.place}/.pai-tui-snapshot/db\n`);
  });

  test('where the data are a mount of their own, it is taken inside of them', async () => {
    const {taken, nodes} = await take([{saved: good, apart: true}], {shell});
    expect(taken).toMatchObject({revision: 31});
    const [node] = nodes;
    expect(await node?.asked()).toContain(`save ${node?.place}/data/.pai-tui-snapshot/db\n`);
    expect(await readdir(join(node?.place ?? '', 'data'))).toEqual(['member']);
  });
});

const notWhole = Buffer.concat([good.subarray(1), Buffer.from('x')]);
test.each([
  ['etcdctl could not save one', {}],
  ['etcdctl cannot read what it has saved', {saved: good, status: 'Error: invalid database'}],
  ['the checksum that etcd wrote at its end is of something else', {saved: notWhole}],
  [
    'its disk has 128 MiB free, and a snapshot of 1 MiB beside its data has to leave 128 MiB',
    {saved: good, free: 131_072},
  ],
] satisfies [string, StandIn][])('one does not count where %s', async (why, wish) => {
  const outcome = await take([wish]);
  expect(outcome.taken).toMatchObject({
    code: 'etcd-snapshot',
    message: `The snapshot of etcd1 on node-1 does not count: ${why}.`,
    machine: 'node-1',
  });
  await nothingLeft(outcome);
});

test('where the best member gives none the next one does', async () => {
  // Of the recorded three, etcd3 has come furthest.
  const {taken, said} = await take([{saved: good}, {saved: good}, {}]);
  expect(taken).toMatchObject({machine: 'node-2'});
  expect(said).toMatch(
    /^taking .* etcd3 on node-3\r\nThe snapshot .* does not count: etcdctl could not save one\.\r\n/,
  );
  expect(said).toMatch(/taking a snapshot of etcd2 on node-2\r\n$/);
});

test('one that is behind does not count; one whose last keys were deleted and compacted away does', async () => {
  const ahead = {saved: good, revision: 40};
  const {taken, said} = await take([ahead, ahead, {saved: good}]);
  expect(said).toContain('it is of revision 31, and the members had come to 40 before.');
  expect(taken).toMatchObject({machine: 'node-2', revision: 31});
});

test('where the connection breaks in the middle nothing is left, and the next member gives it', async () => {
  const [one, broken] = [{saved: good}, {saved: good, breaks: true}];
  const {taken, said} = await take([one, one, broken]);
  expect(taken).toMatchObject({machine: 'node-2', bytes: good.length});
  expect(said).toContain('It broke.');
  const alone = await take([broken]);
  expect(alone.taken).toMatchObject({code: 'machine-lost', machine: expect.stringMatching(/-1$/)});
  await nothingLeft(alone);
});

test('the member that is to be replaced is not asked for one', async () => {
  const {taken, nodes} = await take([{saved: good}, {saved: good}, {saved: good}], {not: 'node-3'});
  expect(taken).toMatchObject({machine: 'node-2'});
  expect(await nodes[2]?.asked()).not.toContain('snapshot');
});

test('a disk of this computer without room is told before anything is taken', async () => {
  const draft = join(folder, 'draft');
  const full = await files.beginFile(draft, 0o600, Number.MAX_SAFE_INTEGER).catch(problemOf);
  expect(full).toMatchObject({code: 'disk-full', message: expect.stringContaining('needed')});
  expect(await readdir(folder)).not.toContain('draft');
});

describe('who gives it', () => {
  const {members} = judgeEtcd(answersOf('3.5.16', 'healthy'), masters);
  const at = (index: number, change: Partial<EtcdMember>, of: readonly EtcdMember[] = members) =>
    of.map((member, place) => (place === index ? {...member, ...change} : member));
  const names = (of: readonly EtcdMember[], not?: string) => snapshotSources({members: of}, not).map(({name}) => name);

  test('who has applied most, and without a difference not who leads', () => {
    expect(names(members)).toEqual(['etcd3', 'etcd2', 'etcd1']);
    const status = members[0]?.status;
    if (!status) throw new Error('no status');
    const alike = members.map((member, index) => ({...member, status, isLeader: index === 0}));
    expect(names(alike)).toEqual(['etcd2', 'etcd3', 'etcd1']);
  });

  test('nobody who is sick, learns, or is to be replaced, and one with an alarm last', () => {
    expect(names(at(2, {state: 'unhealthy'}))).toEqual(['etcd2', 'etcd1']);
    expect(names(at(2, {state: 'learner', isLearner: true}))).toEqual(['etcd2', 'etcd1']);
    expect(names(members, 'node-2')).toEqual(['etcd3', 'etcd1']);
    expect(names(at(2, {alarms: ['NOSPACE']}))).toEqual(['etcd2', 'etcd1', 'etcd3']);
    expect(names(at(2, {alarms: ['CORRUPT']}))).toEqual(['etcd2', 'etcd1']);
  });
});

test('the plan names the text that takes it and its argument, on each master that may be asked', async () => {
  const script = await readMemberScript(assets, 'snapshot.sh');
  const effects = snapshotEffects({masters, not: 'node-2', file: '/srv/etcd.db'}, script);
  expect(effects.map((effect) => ('path' in effect ? effect.path : 'on' in effect ? effect.on : ''))).toEqual([
    ...['/srv/etcd.db', '/srv/etcd.db.part', '/srv/etcd.db.json'],
    ...['node-1', 'node-3'],
  ]);
  expect(effects.at(-1)).toMatchObject({kind: 'script', args: [memberMark], sudo: true});
});
