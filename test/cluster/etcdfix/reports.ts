import {quorumOf} from '../../../src/engine/cluster/etcd/quorum.ts';
import type {EtcdMember, EtcdReport} from '../../../src/engine/cluster/etcd/types.ts';

type Sign = 'h' | 'd' | 'c' | '?' | 'l' | 'u' | 'n';

/**
 * A report of members, one letter each: healthy, down, corrupt (by its alarm), not known, learner, unstarted voter, unstarted
 * (new) learner.
 */
export function reportOf(signs: string): EtcdReport {
  const members = [...signs].map((sign, index) => memberOf(sign as Sign, index + 1));
  const voters = members.filter(({isLearner}) => !isLearner);
  const count = (state: EtcdMember['state']) => voters.filter((member) => member.state === state).length;
  const quorum = quorumOf({voters: voters.length, healthy: count('healthy'), unknown: count('unknown')});
  return {state: 'degraded', quorum, members, isMembershipKnown: true, problems: []};
}

const states: Readonly<Record<Sign, EtcdMember['state']>> = {
  h: 'healthy',
  d: 'unhealthy',
  c: 'healthy',
  '?': 'unknown',
  l: 'learner',
  u: 'unstarted',
  n: 'unstarted',
};

function memberOf(sign: Sign, number: number): EtcdMember {
  return {
    name: `etcd${number}`,
    id: `a${number}`,
    machine: `node-${number}`,
    peerUrls: [`https://10.7.0.${number}:2380`],
    clientUrls: [],
    state: states[sign],
    isLearner: sign === 'l' || sign === 'n',
    isLeader: false,
    alarms: sign === 'c' ? ['CORRUPT'] : [],
  };
}
