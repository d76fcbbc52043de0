/** How room is made where the database of a member of etcd has reached its quota: compact, defragment one by one, disarm. */

import {judgeEtcd} from '../../cluster/etcd/judge.ts';
import {nameOf} from '../../cluster/etcd/judged.ts';
import type {EtcdAnswer, EtcdReport} from '../../cluster/etcd/types.ts';
import {cureNow} from '../../cluster/etcdfix/cure-now.ts';
import type {Mending} from '../../cluster/etcdfix/position.ts';
import {type FixCall, type FixScripts, fixEffect, runFix} from '../../cluster/etcdfix/scripts.ts';
import type {Cure} from '../../cluster/etcdfix/types.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import type {Task, TaskContext} from '../types.ts';
import {defragTasks, standstill} from './etcd-defrag.ts';
import {defragRefusal} from './etcd-defrag-task.ts';

export interface MakingRoom extends Mending {
  readonly scripts: FixScripts;
  /** The master through whose member the others are reached. */
  readonly helper: ClusterMachine;
  readonly answers: readonly EtcdAnswer[];
}

const minute = 60_000;
/** Of so many old revisions as fit into 8 GiB. */
const compactMs = 20 * minute;
/** The largest request that etcd takes, unless it is told otherwise: with less than that left, the next one may raise the alarm. */
const largestWrite = 1.5 * 1024 ** 2;

/** Throws why it cannot be made: a full member that cannot be defragmented, a quorum that would not bear it. */
export function roomTasks(making: MakingRoom): {readonly tasks: readonly Task[]; readonly notices: readonly Problem[]} {
  const {layout, scripts, answers} = making;
  const report = judgeEtcd(answers, layout.masters);
  const refusal = roomRefusal(report);
  if (refusal) throw new ProblemError(refusal);
  const {tasks, leftOut} = defragTasks(report, answers, layout, scripts.tend);
  const stuck = leftOut.find(({machine}) =>
    report.members.some((member) => member.machine === machine && isFull(member)),
  );
  if (stuck) throw new ProblemError({...stuck, severity: 'error'});
  const compact = compactTask(making);
  const defragment = tasks.map((task, index) => (index === 0 ? {...task, needs: [compact.id]} : task));
  const disarm = disarmTask(making, [(defragment.at(-1) ?? compact).id]);
  return {tasks: [compact, ...defragment, disarm], notices: [...leftOut, ...standstill(report)]};
}

/** Also asked again before anything is done. */
function roomRefusal(report: EtcdReport): Problem | undefined {
  return alarmRefusal(report) ?? defragRefusal(report);
}

function alarmRefusal({members}: EtcdReport): Problem | undefined {
  const differing = members.find(({alarms}) => alarms.includes('CORRUPT'));
  if (!differing) return undefined;
  const on = differing.machine ?? '';
  return {
    code: 'etcd-membership',
    message: `The data of ${nameOf(differing)} differs from that of the others, and to disarm would take that alarm away too.`,
    hint: on === '' ? 'Mend that one first.' : `Mend that one first: pai-tui machine etcdfix ${on}`,
    ...(on === '' ? {} : {machine: on}),
  };
}

function isFull({alarms}: EtcdReport['members'][number]): boolean {
  return alarms.includes('NOSPACE');
}

const hasRoom = ({members}: EtcdReport) => !members.some(isFull);

/** As all are now; undefined where there is room already. Throws where it must not be made any more. */
async function judgedAnew(making: Mending, refusalOf: typeof roomRefusal, context: TaskContext) {
  const isPlanned = (cure: Cure): cure is Extract<Cure, {kind: 'make room'}> => cure.kind === 'make room';
  const now = await cureNow(making, isPlanned, hasRoom, context);
  const refusal = now && refusalOf(now.report);
  if (refusal) throw new ProblemError(refusal);
  return now;
}

function tendCall({helper, scripts}: MakingRoom, name: string, ms: number, words?: readonly string[]): FixCall {
  const args = words && [String(ms / 1000), ...words];
  return {on: helper.name, name, script: scripts.tend, ...(args === undefined ? {} : {args})};
}

function compactTask(making: MakingRoom): Task {
  const {helper} = making;
  const call = (revision?: number) =>
    tendCall(making, 'compact etcd', compactMs, revision === undefined ? undefined : ['compact', String(revision)]);
  return {
    id: 'cluster/etcd-compact',
    title: 'Let etcd forget what its keys were before, up to the revision of now',
    on: helper.name,
    needs: [],
    touches: 'data',
    does: [{...fixEffect(call()), decided: 'the revision that it has then'}],
    expected: 'change',
    why: ['what keys are now stays; whoever reads older revisions begins anew, as API servers do by themselves'],
    critical: true,
    deadlineMs: compactMs + 4 * minute,
    undo: 'Older revisions do not come back; API servers compact every 5 minutes too.',
    async run(context) {
      const now = await judgedAnew(making, roomRefusal, context);
      if (!now) return {changed: false, result: {}, note: 'there is room already'};
      const revision = now.answers.find(({master}) => master === helper.name)?.seen?.status?.revision;
      if (revision === undefined) throw silent(helper);
      await runFix(call(revision), 'reply', {deadlineMs: compactMs + minute}, context);
      return {changed: true, result: {revision}, note: `up to revision ${revision}`};
    },
  };
}

function disarmTask(making: MakingRoom, needs: readonly string[]): Task {
  const call = tendCall(making, 'disarm the alarms of etcd', 10_000, ['disarm']);
  return {
    id: 'cluster/etcd-disarm',
    title: 'Disarm the alarms, so that etcd takes writes again',
    on: making.helper.name,
    needs,
    touches: 'the cluster',
    does: [fixEffect(call)],
    expected: 'change',
    why: ['only when every database that was full is below its quota by then'],
    critical: true,
    deadlineMs: 4 * minute,
    undo: 'There is nothing to take back: a database that is full again has its alarm again.',
    async run(context) {
      const now = await judgedAnew(making, alarmRefusal, context);
      if (!now) return {changed: false, result: {}, note: 'there are none'};
      const full = stillFull(now.report, now.answers);
      if (full) throw new ProblemError(full);
      await runFix(call, 'reply', {}, context);
      return {changed: true, result: {}, note: 'etcd takes writes again'};
    },
  };
}

/** What is left of the quota is too little: then the alarm would come back with the next write. */
function stillFull({members}: EtcdReport, answers: readonly EtcdAnswer[]): Problem | undefined {
  for (const member of members) {
    const {machine, status} = member;
    const quota = answers.find(({master}) => master === machine)?.seen?.settings.quotaBytes;
    if (machine === undefined || !status || quota === undefined || status.dbBytes + largestWrite <= quota) continue;
    const [has, may] = [status.dbBytes, quota].map((bytes) => `${(bytes / 1024 ** 2).toFixed(1)} MiB`);
    return {
      code: 'etcd-space',
      message: `The database of ${nameOf(member)} has ${has} after it was defragmented, and its quota is ${may}.`,
      hint: 'See what fills it and delete that, or give etcd a larger --quota-backend-bytes; then begin again.',
      machine,
    };
  }
  return undefined;
}

function silent({name}: ClusterMachine): ProblemError {
  return new ProblemError({
    code: 'etcd-member-down',
    message: `The member of ${name} does not tell its revision.`,
    hint: `Begin again: pai-tui machine etcdfix ${name}`,
    machine: name,
  });
}
