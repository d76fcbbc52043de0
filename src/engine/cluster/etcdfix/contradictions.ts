/** What members and machines say against each other: then nothing is changed, and it is shown. Pure. */

import type {Problem} from '../../problem.ts';
import {membershipText, nameOf} from '../etcd/judged.ts';
import type {EtcdAnswer} from '../etcd/types.ts';
import type {CaseView} from './case-view.ts';

/** Undefined where they agree about all that counts: a member that reaches no quorum may know an older list. */
export function contradiction({answers, report, target}: CaseView): Problem | undefined {
  const clusters = told(answers, ({status}) => status?.clusterId);
  if (clusters.size > 1) {
    return problemOf('The masters run members of different clusters.', clusters, (id) => `cluster ${id}`);
  }
  const committing = answers.filter(({seen}) => seen?.commits);
  const lists = told(committing, ({members}) => members && membershipText(members));
  if (lists.size > 1) return problemOf('The members do not agree about who is one.', lists, (list) => list);
  const here = report.members.filter(({machine}) => machine === target);
  if (here.length < 2) return undefined;
  return {
    code: 'etcd-membership',
    message: `${here.length} members are on ${target}: ${here.map(nameOf).join(', ')}.`,
    hint: 'Remove by hand the one that is not meant to be there.',
    detail: here.map(({id, peerUrls}) => `${id}: ${peerUrls.join(' ')}`).join('\n'),
    machine: target,
  };
}

/** What is said → by which masters. */
function told(
  answers: readonly EtcdAnswer[],
  what: (seen: NonNullable<EtcdAnswer['seen']>) => string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const views = new Map<string, readonly string[]>();
  for (const {master, seen} of answers) {
    const said = seen && what(seen);
    if (said !== undefined) views.set(said, [...(views.get(said) ?? []), master]);
  }
  return views;
}

function problemOf(
  message: string,
  views: ReadonlyMap<string, readonly string[]>,
  words: (said: string) => string,
): Problem {
  return {
    code: 'etcd-membership',
    message,
    hint: 'Ask again in a moment. Where it stays so, change nothing before you know which of them is right.',
    detail: [...views].map(([said, by]) => `${by.join(', ')}: ${words(said)}`).join('\n'),
  };
}
