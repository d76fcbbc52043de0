import type {EtcdAnswer, EtcdMaster, EtcdMember, ListedMember, MemberStatus, Quorum} from './types.ts';

/** What is looked at to say what is wrong. */
export interface JudgedEtcd {
  readonly answers: readonly EtcdAnswer[];
  readonly masters: readonly EtcdMaster[];
  readonly members: readonly EtcdMember[];
  /** The same members in the same order, with what their machines said. */
  readonly placed: readonly PlacedMember[];
  readonly quorum: Quorum;
}

/** A member, and what the machine it belongs to said. */
export interface PlacedMember {
  /** Absent where nobody told who the members are: then it is a master that should be one. */
  readonly listed?: ListedMember;
  readonly master?: EtcdMaster;
  readonly answer?: EtcdAnswer;
}

/** What it says of itself: not what another member on its machine says. */
export function statusOf({listed, answer}: PlacedMember): MemberStatus | undefined {
  const status = answer?.seen?.status;
  return listed === undefined || status?.id === listed.id ? status : undefined;
}

/** How a member is called to people: 'etcd1 on node-1'. */
export function nameOf({name, id, machine}: Pick<EtcdMember, 'name' | 'id' | 'machine'>): string {
  const called = name === '' ? `member ${id ?? ''}`.trim() : name;
  return machine === undefined || machine === called ? called : `${called} on ${machine}`;
}

/** A list of members for comparison. Without names: a member learns that of another a moment later than the rest. */
export function membershipText(members: readonly ListedMember[]): string {
  const words = members.map(
    ({id, peerUrls, isLearner}) => `${id} (${peerUrls.toSorted().join(' ')}${isLearner ? ', learner' : ''})`,
  );
  return words.toSorted().join(', ') || 'no members';
}
