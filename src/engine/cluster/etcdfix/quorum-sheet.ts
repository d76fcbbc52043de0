/**
 * Whether a change of who the members of etcd are leaves a quorum: the arithmetic, in words, before anything is done.
 * There is no way around a refusal. Pure.
 */

import type {Problem} from '../../problem.ts';
import {nameOf} from '../etcd/judged.ts';
import {majorityOf} from '../etcd/quorum.ts';
import type {EtcdMember, EtcdReport} from '../etcd/types.ts';
import type {MembershipChange, QuorumSheet} from './types.ts';

/** By what all members said, just before the change: a sheet is worth nothing a minute later. */
export function quorumSheet(report: EtcdReport, change: MembershipChange): QuorumSheet {
  const votes = votesOf(report);
  const {lines, refusal} = report.isMembershipKnown ? judge(votes, change) : noMembers(change);
  return {
    lines: [...situation(votes), ...lines],
    isAllowed: refusal === undefined,
    ...(refusal ? {refusal: {code: 'etcd-quorum-risk', ...refusal}} : {}),
  };
}

/** A voter that counts: it reads through a quorum, and its data is what the others have. */
export function isWell({state, alarms}: EtcdMember): boolean {
  return state === 'healthy' && !alarms.includes('CORRUPT');
}

interface Votes {
  readonly voters: readonly EtcdMember[];
  readonly well: readonly EtcdMember[];
  readonly learners: readonly EtcdMember[];
}

interface Verdict {
  readonly lines: readonly string[];
  readonly refusal?: Omit<Problem, 'code'>;
}

function votesOf({members}: EtcdReport): Votes {
  const voters = members.filter(({isLearner}) => !isLearner);
  return {voters, well: voters.filter(isWell), learners: members.filter(({isLearner}) => isLearner)};
}

function situation({voters, well, learners}: Votes): readonly string[] {
  const sick = voters.filter((member) => !well.includes(member));
  return [
    `${voters.length} voting ${voters.length === 1 ? 'member' : 'members'}, ${well.length} healthy, ${majorityOf(voters.length)} needed.`,
    ...(sick.length === 0 ? [] : [`Not counted as healthy: ${names(sick)}.`]),
    ...(learners.length === 0 ? [] : [`${names(learners)} ${are(learners)} learning and ${have(learners)} no vote.`]),
  ];
}

function judge(votes: Votes, change: MembershipChange): Verdict {
  switch (change.kind) {
    case 'replace':
      return change.member.isLearner ? removeLearner(votes, change.member) : replace(votes, change.member);
    case 'remove':
      return change.member.isLearner ? removeLearner(votes, change.member) : remove(votes, change.member);
    case 'add':
      return change.asLearner ? addLearner(votes, change.name) : addVoter(votes, change.name);
    case 'promote':
      return promote(votes, change.member, change.isReplacement);
  }
}

function noMembers(change: MembershipChange): Verdict {
  const whom = 'member' in change ? nameOf(change.member) : change.name;
  return {
    lines: [],
    refusal: {
      message: `No member of etcd told who its members are, so nothing about ${whom} is changed.`,
      hint: 'Bring back a member that answers first.',
    },
  };
}

/** Its own vote counts in nothing: it is stopped before it is removed. */
function replace(votes: Votes, target: EtcdMember): Verdict {
  const {voters} = votes;
  if (voters.length === 1) return lastOne(target, 'Heal it, or restore etcd from a snapshot.');
  const others = without(votes.well, target);
  const [toCommit, toLive] = [majorityOf(voters.length), majorityOf(voters.length - 1)];
  const lines = [
    `To remove ${nameOf(target)}, which is stopped by then, ${of(toCommit, voters.length)} must agree; ${count(others.length)} healthy without it.`,
    `After that ${of(toLive, voters.length - 1)} ${are(toLive)} needed; ${count(others.length)} healthy.`,
    `The new one is given a vote only while ${toCommit} are healthy without it.`,
    ...blockedUntil(without(voters, target)),
  ];
  if (others.length >= toCommit && others.length >= toLive) return {lines};
  return {lines, refusal: tooFew('Replacing', target, votes, `${count(others.length)} healthy without it`)};
}

/** A member that runs votes for its own removal. */
function remove(votes: Votes, target: EtcdMember): Verdict {
  const {voters, well} = votes;
  if (voters.length === 1) return lastOne(target, 'Keep it: the last member is never removed.');
  const others = without(well, target);
  const [toCommit, toLive] = [majorityOf(voters.length), majorityOf(voters.length - 1)];
  const lines = [
    `To remove ${nameOf(target)}, ${of(toCommit, voters.length)} must agree; ${count(well.length)} healthy.`,
    `After that ${of(toLive, voters.length - 1)} ${are(toLive)} needed; ${count(others.length)} healthy.`,
    ...(voters.length === 2 ? ['One master is left: no fault is tolerated any more.'] : []),
  ];
  if (well.length < toCommit)
    return {lines, refusal: tooFew('Removing', target, votes, `${count(well.length)} healthy`)};
  if (others.length >= toLive) return {lines};
  return {
    lines,
    refusal: {
      message: `Without ${nameOf(target)} ${of(toLive, voters.length - 1)} ${are(toLive)} needed, and ${count(others.length)} healthy: etcd would stand still.`,
      hint: healFirst(votes, target),
      ...at(target),
    },
  };
}

function removeLearner(votes: Votes, target: EtcdMember): Verdict {
  const {voters, well} = votes;
  const toCommit = majorityOf(voters.length);
  const lines = [
    `To remove ${nameOf(target)}, ${of(toCommit, voters.length)} must agree; ${count(well.length)} healthy.`,
  ];
  if (well.length >= toCommit) return {lines};
  return {lines, refusal: tooFew('Removing', target, votes, `${count(well.length)} healthy`)};
}

function addLearner({voters, well, learners}: Votes, name: string): Verdict {
  const toCommit = majorityOf(voters.length);
  const lines = [
    `To add ${name} as a learner, which has no vote, ${of(toCommit, voters.length)} must agree; ${count(well.length)} healthy.`,
    ...(voters.length === 1 ? [goOnToThree] : []),
  ];
  const [learner] = learners;
  if (learner) {
    return {
      lines,
      refusal: {
        message: `etcd takes one learner at a time, and ${nameOf(learner)} is one.`,
        hint: 'Promote or remove that one first.',
        ...at(learner),
      },
    };
  }
  return addAny({voters, well, learners}, name, lines, toCommit);
}

/** Of 3.3 and older: it has a vote before it has started. */
function addVoter(votes: Votes, name: string): Verdict {
  const {voters, well} = votes;
  const toLive = majorityOf(voters.length + 1);
  const lines = [
    `This version of etcd has no learners: ${name} has a vote before it has started.`,
    `Until then ${of(toLive, voters.length + 1)} are needed; ${count(well.length)} healthy.`,
    ...(voters.length === 1 ? [goOnToThree] : []),
  ];
  return addAny(votes, name, lines, toLive);
}

/** etcd refuses to add anybody while one of its voters is not connected (`--strict-reconfig-check`), learners too. */
function addAny(votes: Votes, name: string, lines: readonly string[], needed: number): Verdict {
  const {voters, well} = votes;
  if (well.length < needed) {
    return {
      lines,
      refusal: {
        message: `To add ${name}, ${needed} healthy voting members are needed, and ${count(well.length)}.`,
        hint:
          voters.length === 1 && well.length === 1
            ? 'If it did not start, etcd would stand still: bring etcd to 3.4 first.'
            : healFirst(votes),
      },
    };
  }
  const [first] = voters.filter(isCutOff);
  if (!first) return {lines};
  return {
    lines,
    refusal: {
      message: `etcd adds nobody while a voting member is not connected to it: ${names(voters.filter(isCutOff))}.`,
      hint: `Mend ${nameOf(first)} first, then begin again with ${name}.`,
      ...at(first),
    },
  };
}

function promote({voters, well}: Votes, target: EtcdMember, isReplacement: boolean): Verdict {
  const enlarged = voters.length + 1;
  const needed = majorityOf(enlarged);
  const lines = [
    `With a vote for ${nameOf(target)}, ${of(needed, enlarged)} are needed; ${count(well.length)} healthy without it.`,
    ...(enlarged === 2 ? [goOnToThree] : []),
  ];
  if (target.state !== 'learner') {
    const message = `${nameOf(target)} does not answer as a learner, so it is given no vote.`;
    return {lines, refusal: {message, hint: 'Start it and wait until it has caught up.', ...at(target)}};
  }
  // The only one is enough to begin with: all are healthy then, the new one among them.
  if (well.length === voters.length || (isReplacement && well.length >= needed)) return {lines};
  const sick = without(voters, ...well);
  return {
    lines,
    refusal: {
      message: isReplacement
        ? `With a vote for ${nameOf(target)}, ${of(needed, enlarged)} are needed, and without it ${count(well.length)} healthy.`
        : `${nameOf(target)} is given no vote before all others are healthy: ${names(sick)} ${are(sick)} not.`,
      hint: healFirst({voters, well, learners: []}),
      ...at(target),
    },
  };
}

const goOnToThree = 'Two voting members are worse than one, since either stops etcd when it fails: go on to three.';

function lastOne(target: EtcdMember, hint: string): Verdict {
  const message = `${nameOf(target)} is the only voting member: without it there is no etcd.`;
  return {lines: [], refusal: {message, hint, ...at(target)}};
}

function tooFew(doing: string, target: EtcdMember, votes: Votes, there: string): Omit<Problem, 'code'> {
  const {length} = votes.voters;
  return {
    message: `${doing} ${nameOf(target)} takes the votes of ${of(majorityOf(length), length)}, and ${there}.`,
    hint: healFirst(votes, target),
    ...at(target),
  };
}

/** What to do instead. */
function healFirst({voters, well}: Votes, target?: EtcdMember): string {
  const others = without(voters, ...well, ...(target ? [target] : []));
  if (others.length > 0) {
    return well.length >= majorityOf(voters.length)
      ? `Mend or remove ${names(others)} first.`
      : `Bring back ${names(others)} first; if that cannot be, restore etcd from a snapshot.`;
  }
  return target && !well.includes(target)
    ? `Heal ${nameOf(target)} as it is, or restore etcd from a snapshot: of so few members a sick one is not replaced.`
    : 'Add a member first.';
}

/** What stands in the way of adding it again. */
function blockedUntil(others: readonly EtcdMember[]): readonly string[] {
  const cut = others.filter(isCutOff);
  if (cut.length === 0) return [];
  return [
    `etcd adds nobody while ${names(cut)} ${are(cut)} not connected: mend or remove ${cut.length === 1 ? 'it' : 'them'} next.`,
  ];
}

/** Known not to be connected to the others; of one that nobody could ask that is not known. */
function isCutOff({state}: EtcdMember): boolean {
  return state === 'unhealthy' || state === 'unstarted';
}

function without(members: readonly EtcdMember[], ...gone: readonly EtcdMember[]): readonly EtcdMember[] {
  return members.filter(({id}) => !gone.some((one) => one.id === id));
}

function names(members: readonly EtcdMember[]): string {
  return members.map(nameOf).join(', ');
}

function of(needed: number, all: number): string {
  if (all === 1) return 'the only one';
  if (needed < all) return `${needed} of ${all} voting members`;
  return all === 2 ? 'both voting members' : `all ${all} voting members`;
}

/** '2 are', '1 is', 'none is'. */
function count(amount: number): string {
  return `${amount === 0 ? 'none' : amount} ${amount < 2 ? 'is' : 'are'}`;
}

function are(of: number | readonly unknown[]): string {
  return (typeof of === 'number' ? of : of.length) === 1 ? 'is' : 'are';
}

function have(of: readonly unknown[]): string {
  return of.length === 1 ? 'has' : 'have';
}

function at({machine}: EtcdMember): {readonly machine?: string} {
  return machine === undefined ? {} : {machine};
}
