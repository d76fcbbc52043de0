import {type Look, waitFor} from '../../cluster/boot/wait.ts';
import {judgeEtcd} from '../../cluster/etcd/judge.ts';
import {nameOf} from '../../cluster/etcd/judged.ts';
import {memberMark} from '../../cluster/etcd/member-script.ts';
import {readEtcd} from '../../cluster/etcd/read-etcd.ts';
import type {EtcdMaster, EtcdMember, EtcdReport} from '../../cluster/etcd/types.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import {runStep} from '../on-machine.ts';
import {scriptEffect} from '../script-effect.ts';
import {plainId} from '../task-id.ts';
import type {Task, TaskContext} from '../types.ts';

export interface Defragmented {
  readonly member: EtcdMember & {readonly machine: string};
  readonly masters: readonly EtcdMaster[];
  readonly etcdDataPath: string;
  readonly script: string;
}

const minute = 60_000;
/** 8 GiB on a slow disk. */
const defragMs = 20 * minute;
const healthyMs = 5 * minute;

/** Why no member may be defragmented now; undefined where each may, one at a time. Also asked again before each. */
export function defragRefusal({quorum: {voters, healthy, isThere, spare, words}}: EtcdReport): Problem | undefined {
  // One or two healthy members stand still for that moment and are well again; nobody is lost by that.
  if (isThere && (spare > 0 || healthy === voters)) return undefined;
  return {
    code: 'etcd-quorum-risk',
    message: `A member answers nobody while it is defragmented, and without one more there is no quorum. ${words}`,
    hint: 'Mend the member that is sick first: pai-tui cluster etcd status',
  };
}

/** Defragments one member when all may spare it, and waits until it is well again. */
export function defragTask(one: Defragmented, before: string | undefined): Task {
  const {member, script} = one;
  const on = member.machine;
  const step = {script, args: [memberMark, String(defragMs / 1000), 'defrag'], sudo: true} as const;
  return {
    id: `${plainId(on)}/etcd-defrag`,
    title: member.isLeader
      ? 'Defragment etcd, which leads, and wait until it is well'
      : 'Defragment etcd and wait until it is well',
    on,
    needs: before === undefined ? [] : [before],
    touches: 'a machine',
    does: [scriptEffect(on, {name: 'defragment etcd', ...step})],
    expected: 'change',
    why: [sizeWords(member)],
    critical: true,
    deadlineMs: defragMs + healthyMs + 2 * minute,
    async run(context) {
      const {report, now} = await look(one, context);
      const refusal = defragRefusal(report);
      if (refusal) throw new ProblemError(refusal);
      if (!now?.status) throw notWell(member);
      await runStep(on, {name: 'defragment etcd', ...step}, context);
      const after = await waitFor({deadlineMs: healthyMs, look: () => lookIfWell(one, context), late}, context);
      const result = {before: now.status.dbBytes, after: after.status?.dbBytes ?? 0};
      return {changed: true, result, note: `${mebibytes(result.before)} before, ${mebibytes(result.after)} now`};
    },
  };

  async function late(waitsFor: string) {
    return new ProblemError({
      code: 'deadline-passed',
      message: `${nameOf(member)} was defragmented and is not well after ${healthyMs / minute} minutes: ${waitsFor}.`,
      hint: 'See why with: pai-tui cluster etcd status',
      machine: on,
    });
  }
}

/** All members as they are now, and the one, where it is well. */
async function look(
  {member, masters, etcdDataPath}: Defragmented,
  {tools, signal}: TaskContext,
): Promise<{readonly report: EtcdReport; readonly now?: EtcdMember}> {
  const {machines, clock, assets} = tools;
  const report = judgeEtcd(await readEtcd({machines, clock, assets, masters, etcdDataPath}, () => {}, signal), masters);
  const now = report.members.find(({id}) => id === member.id);
  return {report, ...(now?.state === 'healthy' || now?.state === 'learner' ? {now} : {})};
}

/** The next member may have its turn only when all can spare one more. */
async function lookIfWell(one: Defragmented, context: TaskContext): Promise<Look<EtcdMember>> {
  const {report, now} = await look(one, context);
  return now && !defragRefusal(report) ? {found: now} : {waitsFor: report.quorum.words};
}

function notWell(member: EtcdMember & {readonly machine: string}): ProblemError {
  return new ProblemError({
    code: 'etcd-member-down',
    message: `${nameOf(member)} is not well any more.`,
    hint: 'See why with: pai-tui cluster etcd status',
    machine: member.machine,
  });
}

function sizeWords({status}: EtcdMember): string {
  const {dbBytes = 0, dbBytesInUse} = status ?? {};
  const used = dbBytesInUse === undefined ? '' : `, of which ${mebibytes(dbBytesInUse)} are in use`;
  return `its database has ${mebibytes(dbBytes)}${used}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
