import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {createClock} from '../../../src/engine/clock.ts';
import {note} from '../../../src/engine/cluster/etcdfix/note.ts';
import {readFixScripts} from '../../../src/engine/cluster/etcdfix/scripts.ts';
import type {Cure} from '../../../src/engine/cluster/etcdfix/types.ts';
import type {ClusterLayout, ClusterMachine} from '../../../src/engine/cluster/layout/types.ts';
import {removeLearnerTask, updateAddressTask} from '../../../src/engine/plan/etcd/etcdfix-member.ts';
import {replacementTasks} from '../../../src/engine/plan/etcd/etcdfix-replacement.ts';
import {roomTasks} from '../../../src/engine/plan/etcd/etcdfix-room.ts';
import type {Task, TaskContext} from '../../../src/engine/plan/types.ts';
import {problemOf} from '../../../src/engine/problem.ts';
import {answersOf, containerLines, masters, recorded} from '../../cluster/etcd/recordings.ts';
import {clusterOf} from '../../cluster/sample-clusters.ts';
import {createLocalRemote} from '../../helpers/local-remote.ts';
import {plainTools} from '../../run/six-tasks.ts';

const assets = fileURLToPath(new URL('../../../assets', import.meta.url));
const version = '3.4.23';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-cures-'));
});
afterEach(() => rm(folder, {recursive: true, force: true}));

/** The masters of a recording, by the scripts that are run there: an etcdctl says what was recorded and notes what it is told. */
async function mastersOf(name: string, edit: (text: string, of: string) => string = (text) => text) {
  const places = new Map<string, string>();
  for (const {name: master, etcdId = ''} of masters) {
    const bin = await mkdtemp(join(folder, `${master}-`));
    places.set(master, bin);
    const answer = answersOf(version, name).find((one) => one.master === master);
    const runs = answer?.seen?.status !== undefined;
    const lines = [...containerLines(etcdId, runs ? 'running' : 'exited'), 'program etcd', `argument --name=${etcdId}`];
    await writeFile(
      join(bin, 'inspected'),
      `container c0\n${lines.join('\n')}\nargument --quota-backend-bytes=16777216\nlast\n`,
    );
    for (const [question, {exit, stdout, stderr}] of runs ? Object.entries(recorded(version, name, etcdId)) : []) {
      const said = [...stdout, ...stderr.map((line) => `!${line}`), `=${exit}`].map((line) => `${line}\n`);
      await writeFile(join(bin, question), edit(said.join(''), `${question} of ${master}`));
    }
    const reply = (question: string) =>
      `grep -v '^[!=]' ${bin}/${question}; sed -n 's/^!//p' ${bin}/${question} >&2; exit $(sed -n 's/^=//p' ${bin}/${question})`;
    const docker = `#!/bin/sh
case "$1 $*" in
  'ps '*) echo c0 ;;
  'inspect '*) cat ${bin}/inspected ;;
  'exec '*'endpoint status'*) ${reply('status')} ;;
  'exec '*'member list'*) ${reply('members')} ;;
  'exec '*'endpoint health'*) ${reply('health')} ;;
  'exec '*'alarm list'*) ${reply('alarms')} ;;
  'exec '*) echo "$*" | sed 's/.*etcdctl //' >> ${folder}/told ;;
esac
`;
    await writeFile(join(bin, 'docker'), docker, {mode: 0o755});
  }
  let waited = 0;
  const tools = plainTools({
    ...createClock(),
    monotonic: () => waited,
    async sleep(ms) {
      waited += 60 * ms;
    },
  });
  const context: TaskContext = {
    tools: {
      ...tools,
      files: {
        ...tools.files,
        async makeFolder(path) {
          await mkdir(path, {recursive: true});
        },
      },
      assets,
      machines: {
        use(master, work) {
          const environment = {PATH: `${places.get(master) ?? ''}:${process.env['PATH'] ?? ''}`};
          return work(createLocalRemote({name: master, environment}));
        },
      },
    },
    signal: new AbortController().signal,
    runFolder: join(folder, 'run'),
    stateFolder: join(folder, 'state'),
    output: () => {},
    progress: () => {},
    mayHaveChanged: () => false,
    secret: () => undefined,
    resultOf: () => {
      throw new Error('no result');
    },
  };
  return {
    context,
    async carryOut(task: Task | undefined) {
      const end = await task?.run(context).catch(problemOf);
      const told = await readFile(join(folder, 'told'), 'utf8').catch(() => '');
      return {end, told};
    },
  };
}

async function layoutOf(): Promise<ClusterLayout> {
  const usual = await clusterOf('proxy');
  const recordedMasters = masters.map(
    (master, index): ClusterMachine => ({...(usual.masters[index] as ClusterMachine), ...master}),
  );
  return {...usual, masters: recordedMasters, etcdDataPath: '/no/etcd'};
}

async function mendingOf(on: number) {
  const layout = await layoutOf();
  const [helper, target] = [layout.masters[0], layout.masters[on - 1]];
  if (!helper || !target) throw new Error('no master');
  return {layout, helper, target, scripts: await readFixScripts(assets)};
}

describe('room', () => {
  const tasksOf = async () => roomTasks({...(await mendingOf(1)), answers: answersOf(version, 'quota reached')}).tasks;

  test('is begun by compacting up to the revision of then', async () => {
    const {carryOut} = await mastersOf('quota reached', (text) => text.replaceAll('"revision":9', '"revision":812'));
    const {end, told} = await carryOut((await tasksOf())[0]);
    expect(end).toMatchObject({changed: true, note: 'up to revision 812'});
    expect(told).toBe('compact --physical=true 812\n');
  });

  test('is left to itself where there is some by then', async () => {
    const {carryOut} = await mastersOf('healthy');
    for (const task of [(await tasksOf())[0], (await tasksOf()).at(-1)]) {
      expect(await carryOut(task)).toMatchObject({end: {changed: false}, told: ''});
    }
  });

  test('ends with no disarmed alarm where what is left of the quota is less than a write', async () => {
    const {carryOut} = await mastersOf('quota reached');
    const {end, told} = await carryOut((await tasksOf()).at(-1));
    expect(end).toMatchObject({
      code: 'etcd-space',
      message: 'The database of etcd1 on node-1 has 14.7 MiB after it was defragmented, and its quota is 16.0 MiB.',
    });
    expect(told).toBe('');
  });

  test('ends with disarmed alarms where the databases are smaller', async () => {
    const {carryOut} = await mastersOf('quota reached', (text) =>
      text.replaceAll('"dbSize":15433728', '"dbSize":65536'),
    );
    expect(await carryOut((await tasksOf()).at(-1))).toMatchObject({end: {changed: true}, told: 'alarm disarm\n'});
  });
});

describe('a learner', () => {
  const id = answersOf(version, 'learner')[2]?.seen?.status?.id ?? '';
  const cure: Extract<Cure, {kind: 'remove learner'}> = {
    ...{kind: 'remove learner', why: ['It does not catch up.'], id, sheet: {lines: [], isAllowed: true}},
  };
  const taskOf = async () => removeLearnerTask({...(await mendingOf(3)), cure});

  test('is removed while it is to be, and what follows has its own chance', async () => {
    const {carryOut, context} = await mastersOf('learner');
    await note('node-3', {tried: ['promote learner'], replaces: 'a1'}, context);
    expect(await carryOut(await taskOf())).toMatchObject({end: {changed: true}, told: `member remove ${id} -w json\n`});
    expect(await readFile(join(folder, 'state/etcdfix/node-3.json'), 'utf8')).toBe('{"replaces":"a1","tried":[]}\n');
  });

  test('that stays behind for half an hour is noted, so that it is removed next', async () => {
    const {carryOut} = await mastersOf('learner', (text) =>
      text.replace(/("raftIndex":)\d+(.*"isLearner":true)/, (_, name, rest) => `${name}7${rest}`),
    );
    const catchUp = replacementTasks({...(await mendingOf(3)), first: 'catch up'}).find(
      ({touches}) => touches === 'nothing',
    );
    expect((await carryOut(catchUp)).end).toMatchObject({
      code: 'deadline-passed',
      message: expect.stringMatching(/^The member of node-3 did not catch up in time: it has \d+ % of the log\.$/),
    });
    expect(await readFile(join(folder, 'state/etcdfix/node-3.json'), 'utf8')).toBe('{"tried":["promote learner"]}\n');
  });

  test.each([
    ['stays where it is to be given its vote by then', 'learner', {code: 'etcd-membership', machine: 'node-3'}],
    ['is not looked for by anything but its id', 'healthy', {changed: false, note: 'it is no member any more'}],
  ])('%s', async (_, name, expected) => {
    const {carryOut} = await mastersOf(name);
    const {end, told} = await carryOut(await taskOf());
    expect(end).toMatchObject(expected);
    expect(told).toBe('');
  });
});

describe('an address', () => {
  const member = answersOf(version, 'healthy')[2]?.seen?.status?.id ?? '';
  const cure: Extract<Cure, {kind: 'update peer address'}> = {
    ...{kind: 'update peer address', why: ['They look for it elsewhere.'], id: member},
    ...{from: ['http://127.0.0.33:12380'], to: 'http://127.0.0.3:12380'},
  };
  const taskOf = async () => updateAddressTask({...(await mendingOf(3)), cure});

  test('that is wrong is corrected by the exact id of its member, to the exact one', async () => {
    const {carryOut} = await mastersOf('healthy', (text, of) =>
      of === 'health of node-3'
        ? '!context deadline exceeded\n=1\n'
        : text.replaceAll('127.0.0.3:12380', '127.0.0.33:12380'),
    );
    expect(await carryOut(await taskOf())).toMatchObject({
      end: {changed: true},
      told: `member update ${member} --peer-urls=http://127.0.0.3:12380 -w json\n`,
    });
  });

  test('that the others know is not corrected', async () => {
    const {carryOut} = await mastersOf('healthy');
    expect(await carryOut(await taskOf())).toMatchObject({end: {changed: false}, told: ''});
  });

  test('is not corrected where it is another one by then', async () => {
    const {carryOut} = await mastersOf('healthy', (text) => text.replaceAll('127.0.0.3:12380', '127.0.0.44:12380'));
    expect(await carryOut(await taskOf())).toMatchObject({end: {code: 'etcd-membership'}, told: ''});
  });
});
