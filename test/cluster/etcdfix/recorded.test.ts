import {describe, expect, test} from 'vitest';
import {judgeEtcd} from '../../../src/engine/cluster/etcd/judge.ts';
import type {EtcdAnswer} from '../../../src/engine/cluster/etcd/types.ts';
import {diagnose} from '../../../src/engine/cluster/etcdfix/diagnose.ts';
import {nextStep, rollbackOf} from '../../../src/engine/cluster/etcdfix/next-step.ts';
import type {EtcdCase} from '../../../src/engine/cluster/etcdfix/types.ts';
import {answersOf, masters, seenEnded, type Version, versions} from '../etcd/recordings.ts';

/** What real members said, at loopback addresses of which each is the beginning of none. */
function caseOf(version: Version, name: string, target: string, more: Partial<EtcdCase> = {}): EtcdCase {
  return {target, masters, answers: answersOf(version, name), obstacles: [], tried: [], ...more};
}

/** The same, where etcd3 ended with the last words of that name. */
function ended(version: Version, name: string, log: string): readonly EtcdAnswer[] {
  return answersOf(version, name).map((answer) =>
    answer.master === 'node-3' ? {...answer, seen: seenEnded(version, 'etcd3', log)} : answer,
  );
}

describe.each(versions)('of etcd %s', (version) => {
  test('a member that is well needs nothing', () => {
    const given = caseOf(version, 'healthy', 'node-3');
    expect(diagnose(given)).toEqual({kind: 'nothing', why: ['etcd3 on node-3 is healthy.']});
    expect(nextStep(given)).toEqual({kind: 'verify'});
  });

  test('one that was killed is started, also where the quorum is gone', () => {
    const why = ['etcd3 on node-3 is not healthy. Its container ended with exit code 137.'];
    for (const name of ['one down', 'two down']) {
      expect(diagnose(caseOf(version, name, 'node-3'))).toEqual({kind: 'start', why, manifest: 'there'});
    }
    const tried = ['start'] as const;
    expect(diagnose(caseOf(version, 'one down', 'node-3', {tried}))).toMatchObject({
      kind: 'replace member',
      why: [...why, 'To start it did not help.'],
    });
    const lost = diagnose(caseOf(version, 'two down', 'node-3', {tried}));
    expect(lost).toMatchObject({kind: 'quorum lost', problem: {code: 'etcd-no-quorum'}});
  });

  test('one that cannot come back is replaced while the others are a quorum', () => {
    const id = '97b196af72bd0d19';
    for (const log of ['data lost, new', 'database damaged']) {
      const given = caseOf(version, 'one down', 'node-3', {answers: ended(version, 'one down', log)});
      expect(diagnose(given)).toMatchObject({kind: 'replace member', id, sheet: {isAllowed: true}});
      expect(nextStep(given)).toMatchObject({kind: 'snapshot'});
      expect(nextStep({...given, past: {replaces: id, hasSnapshot: true}})).toEqual({kind: 'stop'});
      expect(rollbackOf(given)).toEqual({kind: 'nothing done'});
    }
    const answers = ended(version, 'two down', 'database damaged');
    const given = caseOf(version, 'two down', 'node-3', {answers});
    expect(diagnose(given).kind).toBe('quorum lost');
    expect(nextStep(given)).toMatchObject({kind: 'refused'});
  });

  test('another program on its port is for a person', () => {
    const answers = ended(version, 'one down', 'port taken');
    expect(diagnose(caseOf(version, 'one down', 'node-3', {answers}))).toMatchObject({
      kind: 'by hand',
      of: 'port',
      problem: {hint: 'See which program has the port, and end it.'},
    });
  });

  test('a full database is emptied, the leader last', () => {
    const cure = diagnose(caseOf(version, 'quota reached', 'node-1'));
    const {members, leader} = judgeEtcd(answersOf(version, 'quota reached'), masters);
    const follower = members.find(({isLeader, status}) => status && !isLeader);
    expect(cure).toMatchObject({kind: 'make room', defragment: [follower?.machine, leader?.machine]});
  });
});

test.each(['3.4.23', '3.5.16'] as const)(
  'of etcd %s: a learner that does not hear from the leader is given no vote',
  (version) => {
    const given = caseOf(version, 'learner', 'node-3');
    const {members} = judgeEtcd(given.answers, masters);
    const {id = '', status} = members.find(({machine}) => machine === 'node-3') ?? {};
    const has = status?.raftIndex ?? 0;
    expect(diagnose(given)).toMatchObject({kind: 'promote learner', id, percent: 100, sheet: {isAllowed: true}});
    expect(nextStep({...given, written: has})).toMatchObject({kind: 'promote', id});
    expect(nextStep({...given, written: has + 1})).toEqual({kind: 'catch up', id, percent: 100});
    expect(nextStep(given)).toEqual({kind: 'catch up', id, percent: 100});
    expect(rollbackOf(given)).toEqual({kind: 'remove member', id});
  },
);
