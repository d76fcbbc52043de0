/** Which members may give a snapshot. */

import type {EtcdMember, EtcdReport, MemberStatus} from './types.ts';

/** A member that may give a snapshot: it answers, and lies on a master. */
export interface SnapshotSource extends EtcdMember {
  readonly machine: string;
  readonly status: MemberStatus;
}

/**
 * Voters that are healthy, the best first: without alarms, then what has applied most of the log. On the master `not` is
 * none. One whose data differ (CORRUPT) gives none.
 */
export function snapshotSources({members}: Pick<EtcdReport, 'members'>, not?: string): readonly SnapshotSource[] {
  const sources = members.flatMap((member): SnapshotSource[] => {
    const {machine, status, state, isLearner, alarms} = member;
    if (machine === undefined || machine === not || !status) return [];
    return state === 'healthy' && !isLearner && !alarms.includes('CORRUPT') ? [{...member, machine, status}] : [];
  });
  const applied = ({status}: SnapshotSource) => status.appliedIndex ?? status.raftIndex;
  return sources.toSorted(
    (a, b) => a.alarms.length - b.alarms.length || applied(b) - applied(a) || Number(a.isLeader) - Number(b.isLeader),
  );
}
