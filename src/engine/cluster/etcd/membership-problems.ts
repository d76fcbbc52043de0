/** Whether the members agree with each other and with the configuration. */

import type {Problem} from '../../problem.ts';
import {type JudgedEtcd, membershipText, nameOf} from './judged.ts';
import type {MemberStatus} from './types.ts';

export function membershipProblems(judged: JudgedEtcd): readonly Problem[] {
  return [...differences(judged), ...strangers(judged), ...mastersWithoutMember(judged), ...evenNumber(judged)];
}

/** What each of those that answer says of one thing: 'node-1, node-2: …'. */
interface Told {
  readonly master: string;
  readonly said: string;
}

function differences({answers, members}: JudgedEtcd): Problem[] {
  const told = <T>(of: (answer: (typeof answers)[number]) => T | undefined, words: (value: T) => string): Told[] =>
    answers.flatMap((answer) => {
      const value = of(answer);
      return value === undefined ? [] : [{master: answer.master, said: words(value)}];
    });
  const called = (id: string) => members.find((member) => member.id === id)?.name || id;
  const statuses = (words: (status: MemberStatus) => string) => told(({seen}) => seen?.status, words);
  const stop = 'Change nothing before you know which of them is right.';
  return [
    ...whereTheyDiffer(
      statuses(({clusterId}) => `cluster ${clusterId}`),
      {code: 'etcd-membership', message: 'The masters run members of different clusters.', hint: stop},
    ),
    ...whereTheyDiffer(
      told(({seen}) => seen?.members, membershipText),
      {
        code: 'etcd-membership',
        message: 'The members do not agree about who is one.',
        hint: `Ask again in a moment. ${stop}`,
      },
    ),
    ...whereTheyDiffer(
      statuses(({leader, term}) => `${leader === undefined ? 'no leader' : `${called(leader)} leads`}, term ${term}`),
      {
        code: 'etcd-membership',
        severity: 'warning',
        message: 'The members do not agree about who leads.',
        hint: 'That is so for a moment when a leader is chosen. Where it stays so, some of them do not reach each other.',
      },
    ),
  ];
}

function whereTheyDiffer(told: readonly Told[], problem: Problem): Problem[] {
  const views = [...new Set(told.map(({said}) => said))];
  if (views.length < 2) return [];
  const of = (view: string) => told.flatMap(({master, said}) => (said === view ? [master] : [])).join(', ');
  return [{...problem, detail: views.map((view) => `${of(view)}: ${view}`).join('\n')}];
}

function strangers({members}: JudgedEtcd): Problem[] {
  return members
    .filter(({machine}) => machine === undefined)
    .map((member) => ({
      code: 'etcd-membership',
      severity: 'warning',
      message: `${nameOf(member)} (${member.peerUrls.join(', ') || 'without an address'}) is a member of etcd and no master of the configuration.`,
      hint: 'Put its machine into the configuration, or remove the member if the machine is gone: it counts for the quorum.',
    }));
}

function mastersWithoutMember({answers, masters, members}: JudgedEtcd): Problem[] {
  if (!answers.some(({seen}) => seen?.members)) return [];
  return masters
    .filter(({name}) => !members.some(({machine}) => machine === name))
    .map(({name}) => {
      const seen = answers.find(({master}) => master === name)?.seen;
      const runs = seen?.status
        ? ` An etcd runs there that the others do not know: member ${seen.status.id} of cluster ${seen.status.clusterId}.`
        : seen?.container?.isRunning
          ? ' A container of etcd runs there.'
          : '';
      return {
        code: 'etcd-membership',
        message: `${name} is a master and no member of etcd.${runs}`,
        hint: 'Add it to etcd, or take it out of the masters of the configuration.',
        machine: name,
      };
    });
}

function evenNumber({quorum: {voters, needed}}: JudgedEtcd): Problem[] {
  if (voters === 0 || voters % 2 === 1) return [];
  const code = 'etcd-membership';
  const hint = `Make them ${voters + 1} or ${voters - 1}.`;
  if (voters === 2) {
    const message = 'etcd has two voting members: when either fails, the cluster stands still. That is worse than one.';
    return [{code, severity: 'warning', message, hint}];
  }
  const message = `etcd has ${voters} voting members, an even number: no more of them may fail than of ${voters - 1}, which is ${voters - needed}.`;
  return [{code, severity: 'notice', message, hint}];
}
