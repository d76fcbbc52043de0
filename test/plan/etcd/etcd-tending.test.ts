import {beforeAll, describe, expect, test} from 'vitest';
import type {EtcdAnswer} from '../../../src/engine/cluster/etcd/types.ts';
import type {ClusterLayout, ClusterMachine} from '../../../src/engine/cluster/layout/types.ts';
import {planDefrag} from '../../../src/engine/plan/etcd/etcd-defrag.ts';
import {planSnapshot} from '../../../src/engine/plan/etcd/etcd-snapshot.ts';
import {planHash} from '../../../src/engine/plan/hash.ts';
import {problemOf} from '../../../src/engine/problem.ts';
import {answersOf, masters, versions} from '../../cluster/etcd/recordings.ts';
import {clusterOf} from '../../cluster/sample-clusters.ts';

let layout: ClusterLayout;
beforeAll(async () => {
  const usual = await clusterOf('proxy');
  const recorded = masters.map(
    ({name, address, etcdId}, index): ClusterMachine => ({
      ...(usual.masters[index] as ClusterMachine),
      ...{name, address},
      ...(etcdId === undefined ? {} : {etcdId}),
    }),
  );
  layout = {...usual, masters: recorded, etcdDataPath: '/var/etcd'};
});

const config = '/config';
const snapshotOf = (answers: readonly EtcdAnswer[], output?: string) =>
  planSnapshot(
    {operation: 'cluster etcd snapshot', config, ...(output === undefined ? {} : {output})},
    {layout, answers, script: 'take it'},
  );
const defragOf = (answers: readonly EtcdAnswer[], of = layout) =>
  planDefrag({operation: 'cluster etcd defrag', config}, {layout: of, answers, script: 'defragment it'});
const refusal = (plan: () => unknown) => {
  try {
    return plan();
  } catch (error) {
    return problemOf(error);
  }
};

describe('a snapshot', () => {
  test('is one task, which may ask any master, and writes below the state of the cluster alone', () => {
    const {tasks, notices} = snapshotOf(answersOf('3.4.23', 'healthy'));
    expect(notices).toEqual([]);
    expect(tasks).toMatchObject([{id: 'cluster/etcd-snapshot', touches: 'this computer', expected: 'change'}]);
    expect(tasks[0]?.does).toMatchObject([
      {kind: 'file', path: '$STATE/etcd-snapshots/**'},
      ...['node-1', 'node-2', 'node-3'].map((on) => ({kind: 'script', on, sudo: true})),
    ]);
    const named = snapshotOf(answersOf('3.4.23', 'healthy'), '/srv/etcd.db').tasks[0]?.does;
    expect(named?.flatMap((effect) => (effect.kind === 'file' ? effect.path : []))).toEqual([
      ...['/srv/etcd.db', '/srv/etcd.db.part', '/srv/etcd.db.json'],
    ]);
  });

  test('is the same plan when a member has come further, and with one down a warning says which', () => {
    const plan = snapshotOf(answersOf('3.4.23', 'one down'));
    expect(planHash(plan)).toBe(planHash(snapshotOf(answersOf('3.4.23', 'healthy'))));
    expect(plan.notices).toMatchObject([{code: 'etcd-member-down', severity: 'warning', machine: 'node-3'}]);
  });

  test('is refused where no voter is healthy', () => {
    expect(refusal(() => snapshotOf(answersOf('3.4.23', 'two down')))).toMatchObject({code: 'etcd-snapshot'});
  });
});

describe.each(versions)('a defragmentation of %s', (version) => {
  test('goes one member after the other, and who leads comes last', () => {
    const answers = answersOf(version, 'healthy');
    const {tasks, notices} = defragOf(answers);
    const {status} = answers[0]?.seen ?? {};
    const leads = masters.find((_, index) => answers[index]?.seen?.status?.id === status?.leader)?.name;
    expect(tasks.map(({on}) => on)).toEqual([...masters.map(({name}) => name).filter((name) => name !== leads), leads]);
    expect(tasks.map(({needs}) => needs)).toEqual([[], [tasks[0]?.id], [tasks[1]?.id]]);
    expect(tasks.every(({critical, touches}) => critical && touches === 'a machine')).toBe(true);
    expect(notices).toEqual([]);
  });

  test('is refused while a member is sick and the others could spare none', () => {
    expect(refusal(() => defragOf(answersOf(version, 'one down')))).toMatchObject({
      code: 'etcd-quorum-risk',
      message: expect.stringContaining('None more may fail'),
    });
    expect(refusal(() => defragOf(answersOf(version, 'two down')))).toMatchObject({code: 'etcd-quorum-risk'});
  });

  test('leaves out a member whose disk has no room for a copy', () => {
    const answers = answersOf(version, 'healthy').map(({seen, ...answer}, index) => {
      if (!seen) return answer;
      const disk = {mount: '/', size: 1e9, available: index === 1 ? 10_000 : 1e8};
      return {...answer, seen: {...seen, data: {...seen.data, disk}}};
    });
    const {tasks, notices} = defragOf(answers);
    expect(tasks.map(({on}) => on)).not.toContain('node-2');
    expect(tasks).toHaveLength(2);
    expect(notices).toMatchObject([{code: 'etcd-space', severity: 'warning', machine: 'node-2'}]);
  });
});

test('a cluster of one healthy member is defragmented, and it is said that all stands still meanwhile', () => {
  const [answer] = answersOf('3.4.23', 'healthy');
  const [member] = answer?.seen?.members ?? [];
  if (!answer?.seen?.status || !member) throw new Error('no recording');
  const {id} = answer.seen.status;
  const seen = {...answer.seen, members: [{...member, id}], status: {...answer.seen.status, leader: id}};
  const {tasks, notices} = defragOf([{...answer, seen}], {...layout, masters: layout.masters.slice(0, 1)});
  expect(tasks).toHaveLength(1);
  expect(notices).toMatchObject([
    {code: 'etcd-space', severity: 'warning', message: expect.stringContaining('stand still')},
  ]);
});
