/** The etcd of a cluster, by what all its masters said. Pure. */

import {memberOf, placeMembers} from './members.ts';
import {etcdProblems} from './problems.ts';
import {quorumOf} from './quorum.ts';
import type {EtcdAlarm, EtcdAnswer, EtcdMaster, EtcdMember, EtcdReport, Quorum} from './types.ts';

/** A master without an answer counts as not asked. */
export function judgeEtcd(answers: readonly EtcdAnswer[], masters: readonly EtcdMaster[]): EtcdReport {
  const placed = placeMembers(answers, masters);
  const isMembershipKnown = answers.some(({seen}) => seen?.members);
  const [alarms, leader] = [alarmsOf(answers), leaderOf(answers)];
  const members = placed.map((one) => memberOf(one, alarms, leader));
  const voters = members.filter(({isLearner}) => !isLearner);
  const count = (state: EtcdMember['state']) => voters.filter((member) => member.state === state).length;
  const quorum = quorumOf({voters: voters.length, healthy: count('healthy'), unknown: count('unknown')});
  const problems = etcdProblems({answers, masters, members, placed, quorum});
  const leading = members.find(({isLeader}) => isLeader);
  const terms = answers.flatMap(({seen}) => (seen?.status ? [seen.status.term] : []));
  return {
    state: stateOf(
      quorum,
      members,
      problems.some(({severity}) => severity !== 'notice'),
    ),
    quorum,
    members,
    isMembershipKnown,
    ...(leading ? {leader: leading} : {}),
    ...(terms.length === 0 ? {} : {term: Math.max(...terms)}),
    problems,
  };
}

function stateOf({isThere}: Quorum, members: readonly EtcdMember[], isWrong: boolean): EtcdReport['state'] {
  if (isThere === undefined) return 'unknown';
  if (!isThere) return 'no quorum';
  return isWrong || members.some(({state}) => state !== 'healthy') ? 'degraded' : 'ok';
}

/** Each member tells those of all: once each. */
function alarmsOf(answers: readonly EtcdAnswer[]): readonly EtcdAlarm[] {
  const all = answers.flatMap(({seen}) => seen?.alarms ?? []);
  return all.filter(
    ({memberId, alarm}, index) =>
      all.findIndex((other) => other.memberId === memberId && other.alarm === alarm) === index,
  );
}

/** The one that all who know of a leader name, of those with the highest term. */
function leaderOf(answers: readonly EtcdAnswer[]): string | undefined {
  const telling = answers.flatMap(({seen}) => (seen?.status?.leader === undefined ? [] : [seen.status]));
  const term = Math.max(...telling.map((status) => status.term));
  const named = new Set(telling.filter((status) => status.term === term).map(({leader}) => leader));
  return named.size === 1 ? [...named][0] : undefined;
}
