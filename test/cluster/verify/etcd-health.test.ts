import {expect, test} from 'vitest';
import {quorumOf} from '../../../src/engine/cluster/etcd/quorum.ts';
import type {EtcdMember, EtcdReport} from '../../../src/engine/cluster/etcd/types.ts';
import {etcdFaults} from '../../../src/engine/cluster/verify/etcd-health.ts';

function member(machine: string, more: Partial<EtcdMember> = {}): EtcdMember {
  return {
    ...{name: `etcd-${machine}`, machine, peerUrls: [], clientUrls: [], state: 'healthy', alarms: []},
    ...{isLearner: false, isLeader: machine === 'a'},
    ...more,
  };
}

function report(members: readonly EtcdMember[]): EtcdReport {
  const healthy = members.filter(({state}) => state === 'healthy').length;
  const unknown = members.filter(({state}) => state === 'unknown').length;
  const leader = members.find(({isLeader}) => isLeader);
  const quorum = quorumOf({voters: members.length, healthy, unknown});
  return {...{state: 'ok', quorum, members, isMembershipKnown: true, problems: []}, ...(leader ? {leader} : {})};
}

test.each<[string, readonly EtcdMember[], readonly string[]]>([
  ['of members that are all well has no fault', [member('a'), member('b'), member('c')], []],
  ['is not blamed for a machine that is dead', [member('a'), member('b'), member('dead', {state: 'unknown'})], []],
  [
    'has the faults of its members',
    [member('a'), member('b', {state: 'unhealthy', reason: 'It does not answer.'}), member('c', {alarms: ['NOSPACE']})],
    ['etcd-b on b is unhealthy: It does not answer.', 'etcd-c on c has the alarm NOSPACE.'],
  ],
  [
    'lacks a leader and a quorum',
    [member('a', {state: 'unhealthy', isLeader: false})],
    [
      'etcd-a on a is unhealthy.',
      expect.stringContaining('1 voting member'),
      'The members that answer name no leader.',
    ],
  ],
])('etcd %s', (_what, members, expected) => {
  const masters = members.flatMap(({machine = ''}) => (machine === 'dead' ? [] : [machine]));
  expect(etcdFaults(report(members), masters)).toEqual(expected);
});

test('etcd without the member of a master that is there has a fault', () => {
  expect(etcdFaults(report([member('a')]), ['a', 'b'])).toEqual(['b has no member of etcd.']);
});
