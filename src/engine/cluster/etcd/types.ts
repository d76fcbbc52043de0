/** What is known of the etcd of a cluster. Plain JSON. */

import type {Problem} from '../../problem.ts';

/** A master of the configuration, which should be a member; `etcdId` is the member's name. */
export interface EtcdMaster {
  readonly name: string;
  readonly address: string;
  readonly etcdId?: string;
}

/** What one master said, or why it did not. */
export interface EtcdAnswer {
  readonly master: string;
  /** When it was asked, in milliseconds since 1970. */
  readonly at: number;
  readonly seen?: SeenEtcd;
  /** The machine could not be asked: then nothing is known of its member. */
  readonly problem?: Problem;
}

export interface SeenEtcd {
  /** silent: it is there, and its engine does not answer. */
  readonly docker: 'answers' | 'silent' | 'absent';
  /** The one that runs, else the last one. */
  readonly container?: EtcdContainer;
  /** A process of etcd is there, and no container that is known to run it: it may be well, and was not asked. */
  readonly runsUnseen: boolean;
  /** The file by which kubelet starts it. */
  readonly manifest?: string;
  readonly settings: EtcdSettings;
  readonly data: EtcdData;
  /** Where its member was asked, from inside its container. */
  readonly endpoint?: string;
  /** What the member says of itself. */
  readonly status?: MemberStatus;
  /** Why there is no status though its container runs. `by` docker: etcd itself was not asked. */
  readonly silence?: {readonly by: 'etcd' | 'docker'; readonly said: string};
  /** Whether it reads through a quorum. Absent: not known; a learner is not asked. */
  readonly commits?: boolean;
  /** The members by what this one knows. */
  readonly members?: readonly ListedMember[];
  /** Absent: not known. */
  readonly alarms?: readonly EtcdAlarm[];
  /** Parts that could not be asked, as sentences. */
  readonly missing: readonly string[];
}

export interface EtcdContainer {
  readonly name: string;
  readonly image: string;
  readonly isRunning: boolean;
  /** 'running', 'exited', 'restarting', … */
  readonly state: string;
  readonly exitCode: number;
  /** It was ended for want of memory. */
  readonly oomKilled: boolean;
  /** ISO 8601. */
  readonly started?: string;
  /** ISO 8601; of one that has ended. */
  readonly finished?: string;
  /** Why docker could not start it. */
  readonly error?: string;
  /** Its last 50 lines. */
  readonly log: readonly string[];
  /** What the log says of why it ended or does not answer; absent where it answers. */
  readonly cause?: EtcdCause;
}

export type EtcdCause =
  | 'data lost'
  | 'data damaged'
  | 'removed'
  | 'port taken'
  | 'disk full'
  | 'certificate expired'
  | 'clusters mixed';

/** What it was started with; absent where it was not said. */
export interface EtcdSettings {
  readonly name?: string;
  /** Bytes its database may have. */
  readonly quotaBytes: number;
  readonly initialState?: string;
  /** Inside the container. */
  readonly dataFolder?: string;
}

export interface EtcdData {
  /** On the machine. */
  readonly folder: string;
  readonly isThere: boolean;
  readonly bytes?: number;
  /** Of the disk it lies on. */
  readonly disk?: {readonly mount: string; readonly size: number; readonly available: number};
  /** What was moved aside, beside it. */
  readonly kept: readonly {readonly folder: string; readonly bytes?: number}[];
}

/** Ids are hexadecimal, as etcdctl takes them. */
export interface MemberStatus {
  readonly id: string;
  readonly clusterId: string;
  readonly version: string;
  /** Absent: it knows of none. */
  readonly leader?: string;
  readonly term: number;
  readonly raftIndex: number;
  /** Of 3.4 and later. */
  readonly appliedIndex?: number;
  readonly revision?: number;
  readonly isLearner: boolean;
  readonly dbBytes: number;
  /** What would remain of them after a defragmentation; of 3.4 and later. */
  readonly dbBytesInUse?: number;
  /** 'etcdserver: no leader'; of 3.4 and later. */
  readonly errors: readonly string[];
}

export interface ListedMember {
  readonly id: string;
  /** Empty: it was added and never started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

export interface EtcdAlarm {
  readonly memberId: string;
  readonly alarm: 'NOSPACE' | 'CORRUPT';
}

/** The etcd of a cluster, judged by what all masters said. */
export interface EtcdReport {
  /** ok: all members are well. degraded: there is a quorum, and something is wrong. unknown: too few could be asked. */
  readonly state: 'ok' | 'degraded' | 'no quorum' | 'unknown';
  readonly quorum: Quorum;
  /** In the order of the masters, then those of other machines. */
  readonly members: readonly EtcdMember[];
  /** Whether some member told who the members are; else they are the masters of the configuration. */
  readonly isMembershipKnown: boolean;
  /** The member that leads, where those that answer agree. */
  readonly leader?: EtcdMember;
  /** The highest that was told. */
  readonly term?: number;
  readonly problems: readonly Problem[];
}

export interface Quorum {
  readonly voters: number;
  /** Voters that answer and reach a quorum. */
  readonly healthy: number;
  /** Voters nobody could ask. */
  readonly unknown: number;
  /** Voters that must be healthy for anything to be written. */
  readonly needed: number;
  /** Whether there is one: a member read through it. Absent: not known. */
  readonly isThere?: boolean;
  /** Healthy ones that may still fail; not below 0. */
  readonly spare: number;
  /** '3 voting members, 2 healthy. None more may fail: 2 are needed for anything to be written.' */
  readonly words: string;
}

export interface EtcdMember {
  /** As it is called, else as the configuration calls it; empty where neither is known. */
  readonly name: string;
  /** Absent where no list of members could be had. */
  readonly id?: string;
  /** The master it runs on; absent: it is on none of the configured ones. */
  readonly machine?: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly state: 'healthy' | 'unhealthy' | 'learner' | 'unstarted' | 'unknown';
  /** Why it is unhealthy, unstarted or unknown; a sentence. */
  readonly reason?: string;
  readonly isLearner: boolean;
  readonly isLeader: boolean;
  readonly alarms: readonly EtcdAlarm['alarm'][];
  readonly status?: MemberStatus;
  /** When its machine was asked, in milliseconds since 1970. */
  readonly at?: number;
}

/** A snapshot that was taken, verified, and lies on this computer. */
export interface EtcdSnapshot {
  /** Absolute. */
  readonly file: string;
  /** The master it was taken on. */
  readonly machine: string;
  /** Its member, as it is called to people. */
  readonly member: string;
  /** Of etcd. */
  readonly version: string;
  readonly clusterId: string;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly bytes: number;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
  /** Of its content, as `snapshot status` tells it; hexadecimal. */
  readonly hash: string;
  readonly revision: number;
  readonly totalKeys: number;
}
