/** A case as the rules of etcdfix look at it. Pure. */

import type {Problem} from '../../problem.ts';
import {judgeEtcd} from '../etcd/judge.ts';
import type {EtcdMaster, EtcdMember, EtcdReport, SeenEtcd} from '../etcd/types.ts';
import type {EtcdCase} from './types.ts';

export interface CaseView extends EtcdCase {
  readonly report: EtcdReport;
  readonly master: EtcdMaster;
  /** The member that runs on the target or should; absent: the target has none. */
  readonly member?: EtcdMember;
  /** What the target said; absent where it could not be asked. */
  readonly seen?: SeenEtcd;
  /** Why it could not be asked. */
  readonly silence?: Problem;
}

export function viewOf(given: EtcdCase): CaseView {
  const master = given.masters.find(({name}) => name === given.target);
  if (!master) throw new Error(`${given.target} is none of the masters.`);
  const report = judgeEtcd(given.answers, given.masters);
  const answer = given.answers.find((one) => one.master === given.target);
  const member = report.members.find(({machine}) => machine === given.target);
  return {
    ...given,
    report,
    master,
    ...(member ? {member} : {}),
    ...(answer?.seen ? {seen: answer.seen} : {}),
    ...(answer?.problem ? {silence: answer.problem} : {}),
  };
}

/** Whether kubelet runs an etcd on the target, or would begin to at any moment. */
export function isSetToRun({container, manifest}: SeenEtcd): boolean {
  return manifest !== undefined || container?.isRunning === true;
}

/** How much of the leader's log a member has, in percent; absent where either does not say. */
export function percentOf({status}: EtcdMember, {leader}: EtcdReport): number | undefined {
  const [has, all] = [status?.raftIndex, leader?.status?.raftIndex];
  if (has === undefined || all === undefined) return undefined;
  return all <= has ? 100 : Math.floor((100 * has) / all);
}

/** What etcd calls caught up: less, and it refuses to promote (3.4 to 3.5, `readyPercent`). */
export const caughtUpPercent = 90;

/** Whether all members that tell their version know learners, which came with 3.4. */
export function hasLearners({members}: EtcdReport): boolean {
  const versions = members.flatMap(({status}) => (status ? [status.version] : []));
  return versions.every((version) => {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return major > 3 || (major === 3 && minor >= 4);
  });
}

/** The address at which the others reach the target: like theirs, at the address of the configuration. */
export function peerUrlOf({master, report, target}: CaseView): string {
  const [like = 'https://0.0.0.0:2380'] = report.members.flatMap(({machine, peerUrls}) =>
    machine === target ? [] : peerUrls.filter((url) => URL.canParse(url)),
  );
  const {protocol, port} = new URL(like);
  const host = master.address.includes(':') ? `[${master.address}]` : master.address;
  return `${protocol}//${host}:${port || '2380'}`;
}
