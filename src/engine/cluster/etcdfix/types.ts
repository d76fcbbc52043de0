/** What etcdfix goes by and what it decides. Plain JSON. */

import type {Problem} from '../../problem.ts';
import type {EtcdAnswer, EtcdMaster, EtcdMember} from '../etcd/types.ts';

/** What is known of the etcd of a cluster when the member of one master is to be mended. */
export interface EtcdCase {
  /** The master whose member is to be mended, by its name. */
  readonly target: string;
  readonly masters: readonly EtcdMaster[];
  /** What every master said; `judgeEtcd` says what it means. */
  readonly answers: readonly EtcdAnswer[];
  /** What else is wrong on masters and keeps etcd from working. */
  readonly obstacles: readonly Obstacle[];
  /**
   * The raft index of an entry that was written just before any of the answers was asked for. A learner that has it hears from
   * the leader, which it does not say by itself: one that is cut off goes on naming the last leader it knew. Absent: nobody is
   * promoted.
   */
  readonly written?: number;
  /** What was tried and did not help since it was last well: the next cure is a more invasive one. */
  readonly tried: readonly Cure['kind'][];
  /** What journals tell of a replacement of this member that has not ended; absent: none was begun. */
  readonly past?: Past;
}

/** What a person has to mend before etcd can be. */
interface Obstacle {
  readonly master: string;
  readonly of: 'certificate' | 'clock';
  /** 'server.crt expired on 2026-11-01.' */
  readonly said: string;
}

/** What a replacement did so far. Each part is written down as soon as it is so. */
interface Past {
  /** The id of the member that is replaced; absent where there was none any more. */
  readonly replaces?: string;
  /** A snapshot was taken, verified and copied off the node. */
  readonly hasSnapshot: boolean;
  /** The id of the new member, once it was added. */
  readonly added?: string;
}

/** What mends a member, the least invasive that may help. `why` are sentences, the first says what is wrong. */
export type Cure = {readonly why: readonly string[]} & (
  | {readonly kind: 'nothing'}
  /** Somebody has to mend something else first, which is the problem. */
  | {readonly kind: 'by hand'; readonly of: HandWork; readonly problem: Problem}
  /** `manifest`: whether kubelet has one to start it by; else it is made anew, with the data that is there. */
  | {readonly kind: 'start'; readonly manifest: 'there' | 'missing'}
  /** The database is full: compact, then defragment one after the other (machines in that order), then disarm. */
  | {readonly kind: 'make room'; readonly defragment: readonly string[]}
  | {readonly kind: 'update peer address'; readonly id: string; readonly from: readonly string[]; readonly to: string}
  /** It follows already: by the steps of `nextStep`, until it has its vote. `percent` of the leader's log. */
  | {readonly kind: 'promote learner'; readonly id: string; readonly percent: number; readonly sheet: QuorumSheet}
  /** A learner that nobody goes on with, here or on a machine that is no master. */
  | {readonly kind: 'remove learner'; readonly id: string; readonly sheet: QuorumSheet}
  /** By the steps of `nextStep`. `id` is the member that goes; absent: there is none any more, so it is only added. */
  | {readonly kind: 'replace member'; readonly id?: string; readonly sheet: QuorumSheet}
  /** Its machine cannot be reached: a new one with its name and address first, then its member is replaced. */
  | {readonly kind: 'replace host'; readonly problem: Problem}
  /** The slower way: restore. */
  | {readonly kind: 'quorum lost'; readonly problem: Problem}
  /** What they say contradicts itself, or too few could be asked: nothing is done, it is shown. */
  | {readonly kind: 'stop and show'; readonly problem: Problem}
);

export type HandWork =
  | Obstacle['of']
  | 'disk'
  | 'port'
  | 'network'
  | 'machine'
  | 'container engine'
  | 'another learner';

/** What of a replacement comes next, by what is. In the order in which they are done. */
export type Step =
  /** Of the healthiest voter that is not the target; `from` is its machine. No snapshot, no go. */
  | {readonly kind: 'snapshot'; readonly from: string}
  | {readonly kind: 'move leadership'; readonly to: EtcdMember}
  /** Its manifest goes out of kubelet's folder; until its container is gone. */
  | {readonly kind: 'stop'}
  | {readonly kind: 'move data aside'; readonly folder: string}
  | {readonly kind: 'remove'; readonly id: string; readonly sheet: QuorumSheet}
  | {readonly kind: 'add'; readonly peerUrl: string; readonly asLearner: boolean; readonly sheet: QuorumSheet}
  /** By a manifest with state `existing` and the members of now. */
  | {readonly kind: 'start'; readonly id: string}
  /** `percent` of the leader's log; absent: it does not answer yet. */
  | {readonly kind: 'catch up'; readonly id: string; readonly percent?: number}
  | {readonly kind: 'promote'; readonly id: string; readonly sheet: QuorumSheet}
  /** All is there. */
  | {readonly kind: 'verify'}
  /** Back to before: `put back` data and manifest, or remove the learner and begin again. */
  | {readonly kind: 'roll back'; readonly by: Rollback; readonly problem: Problem}
  /** It does not go on, and there is nothing to take back. */
  | {readonly kind: 'refused'; readonly problem: Problem};

/** How what a replacement did so far is taken back. */
export type Rollback =
  | {readonly kind: 'nothing done'}
  | {readonly kind: 'put back'}
  | {readonly kind: 'remove member'; readonly id: string}
  | {readonly kind: 'forward only'};

/** A change of who the members are. */
export type MembershipChange =
  /** It is stopped first, so its vote does not count for its own removal; and a new one is added and promoted. */
  | {readonly kind: 'replace'; readonly member: EtcdMember}
  /** As it is: a healthy one votes for its own removal. */
  | {readonly kind: 'remove'; readonly member: EtcdMember}
  /** `name` is for the words. */
  | {readonly kind: 'add'; readonly name: string; readonly asLearner: boolean}
  /** `isReplacement`: it takes the place of one that was removed for it. */
  | {readonly kind: 'promote'; readonly member: EtcdMember; readonly isReplacement: boolean};

/** Whether a change leaves a quorum, with the arithmetic. There is no way around it. */
export interface QuorumSheet {
  /** Sentences: how it is, what the change needs, what is left after it. */
  readonly lines: readonly string[];
  readonly isAllowed: boolean;
  /** Why not, and what to do instead; absent where it is allowed. */
  readonly refusal?: Problem;
}
