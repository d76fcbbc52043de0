/** What is wrong with the etcd of a cluster: one rule for each question. */

import type {Problem} from '../../problem.ts';
import {type JudgedEtcd, nameOf, type PlacedMember} from './judged.ts';
import {lastWords} from './last-words.ts';
import {membershipProblems} from './membership-problems.ts';
import {hintFor} from './reasons.ts';
import {spaceProblems} from './space-problems.ts';
import type {EtcdMember} from './types.ts';

/** The gravest first. */
export function etcdProblems(judged: JudgedEtcd): readonly Problem[] {
  return [
    ...quorumProblems(judged),
    ...judged.answers.flatMap(({problem}) => (problem ? [problem] : [])),
    ...judged.members.flatMap((member, index) => memberProblems(member, judged.placed[index])),
    ...membershipProblems(judged),
    ...spaceProblems(judged),
  ];
}

function quorumProblems({quorum}: JudgedEtcd): Problem[] {
  if (quorum.isThere !== false) return [];
  return [
    {
      code: 'etcd-no-quorum',
      message: `etcd has ${quorum.words}`,
      hint: 'Bring back members that are only stopped or cut off first. Delete and remove nothing: each copy of the data may be the last.',
    },
  ];
}

function memberProblems(member: EtcdMember, placed: PlacedMember | undefined): Problem[] {
  const {state, machine, reason = ''} = member;
  const seen = placed?.answer?.seen;
  const at = machine === undefined ? {} : {machine};
  if (state === 'learner') {
    const message = `${nameOf(member)} is a learner: it follows, and does not vote yet.`;
    const hint = 'Promote it when it has caught up, or remove it if nobody is adding it any more.';
    return [{code: 'etcd-membership', severity: 'warning', message, hint, ...at}];
  }
  // Without an answer its machine has a problem already.
  if (state === 'healthy' || (state === 'unknown' && !seen)) return [];
  const log = seen?.container && !seen.status ? lastWords(seen.container.log) : [];
  const hint = seen?.status
    ? 'See whether it reaches the other members on their peer port.'
    : seen
      ? hintFor(seen)
      : undefined;
  return [
    {
      code: 'etcd-member-down',
      ...(state === 'unknown' ? {severity: 'warning' as const} : {}),
      message: `${nameOf(member)} is ${state === 'unstarted' ? 'not started' : state === 'unknown' ? 'not known to be healthy' : 'not healthy'}. ${reason}`,
      ...(hint === undefined ? {} : {hint}),
      ...(log.length === 0 ? {} : {detail: log.join('\n')}),
      ...at,
    },
  ];
}
