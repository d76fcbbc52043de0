import type {EtcdMember, EtcdReport} from '../../src/engine/cluster/etcd/types.ts';
import {fakeNow} from './fake-now.ts';

/** The etcd of three masters: the first leads, and those that are named are down. */
export function etcdReportOf(down: readonly string[] = []): EtcdReport {
  const members = ['infra-01', 'infra-02', 'infra-03'].map((machine, index): EtcdMember => {
    const base = {name: `etcd-${machine}`, id: `8e9e05c5216469${index}`, machine, alarms: [], isLearner: false};
    const urls = {peerUrls: [`https://10.0.0.${index + 1}:2380`], clientUrls: [`https://10.0.0.${index + 1}:2379`]};
    const at = fakeNow - 3000;
    if (down.includes(machine)) {
      return {...base, ...urls, at, state: 'unhealthy', isLeader: false, reason: 'Its container has ended.'};
    }
    const status = {id: base.id, clusterId: 'cdf818194e3a8c32', version: '3.4.13', term: 4, raftIndex: 120};
    return {
      ...{...base, ...urls, at, state: 'healthy', isLeader: index === 0},
      status: {...status, isLearner: false, dbBytes: 21_000_000, dbBytesInUse: 4_000_000, errors: []},
    };
  });
  const healthy = members.filter(({state}) => state === 'healthy').length;
  const counts = {voters: 3, healthy, unknown: 0, needed: 2, isThere: healthy >= 2, spare: Math.max(0, healthy - 2)};
  const [leader] = members;
  return {
    state: healthy === 3 ? 'ok' : healthy === 2 ? 'degraded' : 'no quorum',
    quorum: {...counts, words: `3 voting members, ${healthy} healthy.`},
    ...{members, isMembershipKnown: true, term: 4, problems: []},
    ...(leader?.isLeader ? {leader} : {}),
  };
}
