import type {EtcdReport} from '../../../engine/index.ts';
import {bytes, count} from '../../../ui/widgets/amounts.ts';

/** 'leader infra-01, term 4, 21 MB; 3 voting members, 3 healthy. One may fail.' */
export function etcdWords(report: EtcdReport): string {
  return `${[leaderWords(report), termWords(report), sizeWords(report)].filter((words) => words !== '').join(', ')}; ${report.quorum.words}`;
}

export function leaderWords({leader, members}: EtcdReport): string {
  if (leader) return `leader ${leader.machine ?? (leader.name || leader.id || 'without a name')}`;
  return members.some(({status}) => status) ? 'no leader' : 'leader not known';
}

function termWords({term}: EtcdReport): string {
  return term === undefined ? '' : `term ${term}`;
}

/** Of the largest of its databases: they hold the same, and are defragmented each by itself. */
function sizeWords({members}: EtcdReport): string {
  const sizes = members.flatMap(({status}) => (status ? [status.dbBytes] : []));
  return sizes.length === 0 ? '' : bytes(Math.max(...sizes));
}

export function membersWords({members, isMembershipKnown}: EtcdReport): string {
  return `${count(members.length, 'member')}${isMembershipKnown ? '' : ', as the configuration has them'}`;
}
