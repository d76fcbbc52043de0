/** How a member of etcd is replaced while the others have a quorum: one task for each step, each asks first where it stands. */

import {basename, join} from 'node:path';
import {taskOn} from '../../cluster/boot/boot.ts';
import {type Look, waitFor} from '../../cluster/boot/wait.ts';
import {nameOf} from '../../cluster/etcd/judged.ts';
import {snapshotFolder} from '../../cluster/etcd/kept-snapshots.ts';
import {membersIn, statusIn} from '../../cluster/etcd/parse-replies.ts';
import {snapshotEffects, takeSnapshot} from '../../cluster/etcd/snapshot.ts';
import type {EtcdSnapshot, ListedMember} from '../../cluster/etcd/types.ts';
import {joiningManifest} from '../../cluster/etcdfix/manifest.ts';
import {note, noteEffect} from '../../cluster/etcdfix/note.ts';
import {
  type Mending,
  membersNow,
  type Position,
  positionAt,
  positionOf,
  type StepKind,
  stepsBetween,
  stepsFrom,
} from '../../cluster/etcdfix/position.ts';
import {type FixCall, type FixScripts, fixEffect, runFix} from '../../cluster/etcdfix/scripts.ts';
import type {Step} from '../../cluster/etcdfix/types.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {manifestOf} from '../../cluster/packages/steps.ts';
import {ProblemError, problemOf} from '../../problem.ts';
import type {Effect, Expected, Retry, Task, TaskContext, TaskEnd} from '../types.ts';

export interface Replacement extends Mending {
  readonly scripts: FixScripts;
  /** The master through whose member it is done. */
  readonly helper: ClusterMachine;
  /** What would come first by the facts. */
  readonly first: StepKind;
}

const minute = 60_000;

/** Each looks first at what is, so a connection that broke is no reason to give up. */
const retry: Retry = {attempts: 3, on: ['machine-lost', 'machine-unreachable'], waitMs: 2000, maxWaitMs: 15_000};

/** The steps that are left, one after the other. */
export function replacementTasks(replacement: Replacement): readonly Task[] {
  const {first} = replacement;
  const steps = isJoining(first)
    ? [startTask, catchUpTask, promoteTask]
    : [
        ...[snapshotTask, leadershipTask, stopTask, dataTask],
        ...[removeTask, addTask, startTask, catchUpTask, promoteTask],
      ];
  let needs: readonly string[] = [];
  return steps.map((make) => {
    const task = {...make(replacement), needs};
    needs = [task.id];
    return task;
  });
}

type Made = Omit<Task, 'needs'>;

/** A step of which nothing is left to be done. */
const already = {changed: false, result: {}, note: 'already so'} as const;

// ---------------------------------------------------------------- before anything is changed

interface Taken {
  readonly snapshot?: EtcdSnapshot;
}

function snapshotTask(replacement: Replacement): Made {
  const {layout, target, scripts} = replacement;
  const {masters, etcdDataPath} = layout;
  const wish = {masters, not: target.name};
  return {
    id: snapshotId,
    title: 'Take a snapshot of another member, verify it, and keep it on this computer',
    touches: 'this computer',
    does: snapshotEffects({...wish, file: `$STATE/${snapshotFolder}/**`}, scripts.snapshot),
    expected: 'change',
    why: ['nothing is replaced without one'],
    deadlineMs: 3 * 60 * minute,
    retry,
    undo: 'Remove the file when nobody needs it any more.',
    async run(context): Promise<TaskEnd<Taken>> {
      const {step} = await positionAt('snapshot', replacement, false, context);
      if ((stepsFrom('add', step) ?? 1) > 0) return {...already, note: 'not needed any more'};
      const file = join(context.stateFolder, snapshotFolder, `etcdfix-${basename(context.runFolder)}.db`);
      const snapshot = await takeSnapshot({...wish, etcdDataPath, file}, context);
      const {member, revision, totalKeys, sha256} = snapshot;
      return {
        changed: true,
        result: {snapshot},
        note: `of ${member}: revision ${revision}, ${totalKeys} keys, SHA-256 ${sha256.slice(0, 12)}…, ${file}`,
      };
    },
  };
}

const snapshotId = 'cluster/etcd-snapshot';

/** Whether this run took one; a plan that begins behind that has no such task. */
function hasSnapshot({resultOf}: TaskContext, {first}: Replacement): boolean {
  return !isJoining(first) && resultOf<Taken>(snapshotId).snapshot !== undefined;
}

/** The new member is one already. */
function isJoining(first: StepKind): boolean {
  return stepsBetween('start', first) >= 0;
}

function leadershipTask(replacement: Replacement): Made {
  const {target, helper, scripts} = replacement;
  const call = (to?: string): FixCall => ({
    ...{on: target.name, name: 'move leadership to another member', script: scripts.membership},
    ...(to === undefined ? {} : {args: ['lead', to]}),
  });
  return {
    id: taskOn(target, 'etcd-leadership'),
    title: 'Let another member lead',
    on: target.name,
    touches: 'the cluster',
    does: [fixEffect(call())],
    expected: 'decided while running',
    why: [`only where it leads by then; ${helper.name} or another one would`],
    deadlineMs: 5 * minute,
    retry,
    async run(context) {
      const at = () => positionAt('move leadership', replacement, hasSnapshot(context, replacement), context);
      const {step} = await at();
      if (step.kind !== 'move leadership' || step.to.id === undefined) return {...already, note: 'it does not lead'};
      await runFix(call(step.to.id), 'reply', {}, context);
      await positionAt('stop', replacement, hasSnapshot(context, replacement), context);
      return {changed: true, result: {}, note: `${nameOf(step.to)} leads`};
    },
  };
}

// ---------------------------------------------------------------- on its machine

/** Where what is moved aside is put, with the id of the run in its name. */
function asideOf({layout}: Mending, run: string) {
  const data = `${layout.etcdDataPath.replace(/\/+$/, '')}/data`;
  return {
    manifest: manifestOf('etcd'),
    keptManifest: `/etc/kubernetes/etcdfix/etcd.yaml.bak-${run}`,
    data,
    keptData: `${data}.bak-${run}`,
  };
}

function stopTask(replacement: Replacement): Made {
  const {target, scripts} = replacement;
  const on = target.name;
  const call = (run: string): FixCall => {
    const {manifest, keptManifest} = asideOf(replacement, run);
    return {on, name: 'stop its etcd', script: scripts.stop, args: [manifest, keptManifest]};
  };
  const {manifest, keptManifest} = asideOf(replacement, '$RUN');
  return {
    id: taskOn(target, 'etcd-stop'),
    title: 'Stop its etcd: take its manifest away from the kubelet',
    ...{on, touches: 'a machine', critical: true, retry},
    does: [
      noteEffect(on),
      fixEffect(call('$RUN')),
      ...[manifest, keptManifest].map((path): Effect => ({kind: 'machine file', on, path})),
      {kind: 'container', on, call: 'remove', name: 'k8s_etcd_*', decided: 'by its kubelet'},
    ],
    expected: expectedOf('stop', replacement),
    why: ['whether the others have a quorum without it is judged again just before'],
    deadlineMs: 8 * minute,
    undo: `Until the member is removed: move ${keptManifest.replace('$RUN', '<run>')} back to ${manifest}.`,
    async run(context) {
      const position = await positionAt('stop', replacement, hasSnapshot(context, replacement), context);
      const {report, step} = position;
      if (!isTakenApart(step)) return already;
      const member = report.members.find(({machine}) => machine === on);
      if (member?.id !== undefined && !member.isLearner) await note(on, {replaces: member.id}, context);
      if (!isSetToRun(position, on)) return already;
      sayArithmetic(step, context);
      const changes = await runFix(call(basename(context.runFolder)), 'changed', {deadlineMs: 4 * minute}, context);
      return {changed: true, result: {}, note: changes.join(', ') || 'its etcd has ended'};
    },
  };
}

/** Whether it is still on the way out: nothing of the new one runs. */
function isTakenApart(step: Step): boolean {
  return (stepsFrom('add', step) ?? 1) <= 0;
}

function isSetToRun({answers}: Position, master: string): boolean {
  const seen = answers.find((answer) => answer.master === master)?.seen;
  return seen?.manifest !== undefined || seen?.container?.isRunning === true;
}

function dataTask(replacement: Replacement): Made {
  const {target, scripts} = replacement;
  const on = target.name;
  const call = (run: string): FixCall => {
    const {data, keptData} = asideOf(replacement, run);
    return {on, name: 'move its data aside', script: scripts.moveData, args: [data, keptData]};
  };
  const {data, keptData} = asideOf(replacement, '$RUN');
  return {
    id: taskOn(target, 'etcd-data'),
    title: 'Move its data aside, and delete nothing',
    ...{on, touches: 'data', critical: true, retry},
    does: [
      fixEffect(call('$RUN')),
      ...[`${data}/**`, `${keptData}/**`].map((path): Effect => ({kind: 'machine file', on, path})),
      ...putBackEffects(replacement),
    ],
    expected: expectedOf('move data aside', replacement),
    why: [`they stay as ${keptData.replace('$RUN', '<run>')} until somebody removes them`],
    deadlineMs: 5 * minute,
    undo: `Until the member is removed: move them back to ${data}.`,
    async run(context) {
      const position = await positionOrBack('move data aside', replacement, context);
      const seen = position.answers.find(({master}) => master === on)?.seen;
      if (!isTakenApart(position.step)) return already;
      checkRoom(position, on);
      // A folder without what etcd keeps in it is moved too: what is left in it would be taken for data.
      const changes = await runFix(call(basename(context.runFolder)), 'changed', {}, context);
      if (changes.length === 0) return {...already, note: 'there are none'};
      const bytes = seen?.data.bytes;
      const amount = bytes === undefined ? '' : `${Math.ceil(bytes / 1024 ** 2)} MiB, `;
      return {changed: true, result: {}, note: `${amount}${changes.join(', ')}`};
    },
  };
}

/** What comes of the others lies beside what is kept. */
function checkRoom({answers, report}: Position, on: string): void {
  const disk = answers.find(({master}) => master === on)?.seen?.data.disk;
  const largest = Math.max(0, ...report.members.map(({status}) => status?.dbBytes ?? 0));
  const needed = 2 * largest + 128 * 1024 ** 2;
  if (!disk || disk.available >= needed) return;
  const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  throw new ProblemError({
    code: 'disk-full',
    message: `The disk ${disk.mount} of ${on} has ${mebibytes(disk.available)} left, and a new member needs ${mebibytes(needed)} beside the data that are kept.`,
    hint: 'Make room there and begin again. Nothing of etcd was removed.',
    machine: on,
  });
}

function putBackCall(replacement: Replacement, run: string): FixCall {
  const {manifest, keptManifest, data, keptData} = asideOf(replacement, run);
  const args = [manifest, keptManifest, data, keptData];
  return {
    on: replacement.target.name,
    name: 'put its data and its manifest back',
    script: replacement.scripts.putBack,
    args,
  };
}

function putBackEffects(replacement: Replacement): readonly Effect[] {
  return [
    {...fixEffect(putBackCall(replacement, '$RUN')), decided: 'where the others have no quorum without it any more'},
  ];
}

/** Before the member is removed there is a way back, and it is taken where there is no way on. */
async function positionOrBack(own: StepKind, replacement: Replacement, context: TaskContext): Promise<Position> {
  try {
    return await positionAt(own, replacement, hasSnapshot(context, replacement), context);
  } catch (error) {
    context.signal.throwIfAborted();
    const {step} = await positionOf(replacement, hasSnapshot(context, replacement), context);
    if (step.kind === 'roll back' && step.by.kind === 'put back') {
      context.output(`${problemOf(error).message}\r\nputting back what was moved aside\r\n`);
      await runFix(putBackCall(replacement, basename(context.runFolder)), 'changed', {}, context);
      await note(replacement.target.name, {}, context, true);
    }
    throw error;
  }
}

// ---------------------------------------------------------------- who the members are

function membershipCall({helper, scripts}: Replacement, name: string, args?: readonly string[]): FixCall {
  return {on: helper.name, name, script: scripts.membership, ...(args === undefined ? {} : {args})};
}

function removeTask(replacement: Replacement): Made {
  const {target, helper} = replacement;
  const call = (id?: string) =>
    membershipCall(replacement, 'remove a member of etcd', id === undefined ? undefined : ['remove', id]);
  return {
    id: 'cluster/etcd-remove',
    title: `Remove the member of ${target.name} from etcd, by its exact id`,
    ...{on: helper.name, touches: 'the cluster', critical: true, retry},
    does: [{...fixEffect(call()), decided: 'the id that it has then'}, ...putBackEffects(replacement)],
    expected: expectedOf('remove', replacement),
    why: ['whether the others have a quorum without it is judged again just before'],
    deadlineMs: 6 * minute,
    undo: 'There is no way back: what follows adds it anew.',
    async run(context) {
      const {step, answers} = await positionOrBack('remove', replacement, context);
      if (step.kind !== 'remove') return already;
      checkIdentity(step.id, membersNow(answers), replacement);
      sayArithmetic(step, context);
      await runFix(call(step.id), 'reply', {}, context);
      // The others have a leader and read through a quorum, without it.
      await positionAt('add', replacement, hasSnapshot(context, replacement), context);
      return {changed: true, result: {id: step.id}, note: `${step.id} is removed`};
    },
  };
}

/** By its whole peer URL, and by its name where it has one: 10.0.0.1 is not 10.0.0.11. */
export function checkIdentity(id: string, members: readonly ListedMember[], {target}: Pick<Mending, 'target'>): void {
  const member = members.find((one) => one.id === id);
  const wanted = peerUrlOf(target);
  const isAtTarget = member?.peerUrls.length === 1 && member.peerUrls[0] === wanted;
  if (member && isAtTarget && (member.name === '' || member.name === target.etcdId)) return;
  const is = member ? `${member.name || 'without a name'} at ${member.peerUrls.join(', ')}` : 'none of the members';
  throw new ProblemError({
    code: 'etcd-membership',
    message: `The member ${id} is ${is}, and that of ${target.name} should be ${target.etcdId ?? target.name} at ${wanted}: it is left alone.`,
    hint: 'See who the members are with: pai-tui cluster etcd status',
    machine: target.name,
  });
}

/** As clusters of ours have it. */
export function peerUrlOf({address}: ClusterMachine): string {
  return `https://${address}:2380`;
}

function addTask(replacement: Replacement): Made {
  const {target, helper} = replacement;
  const peerUrl = peerUrlOf(target);
  const call = membershipCall(replacement, 'add a learner to etcd', ['add', target.etcdId ?? target.name, peerUrl]);
  return {
    id: 'cluster/etcd-add',
    title: `Add ${target.name} to etcd as a learner, which has no vote yet`,
    ...{on: helper.name, touches: 'the cluster', critical: true, retry},
    does: [fixEffect(call), noteEffect(target.name)],
    expected: expectedOf('add', replacement),
    why: [`at ${peerUrl}`],
    deadlineMs: 6 * minute,
    undo: 'Until it is promoted: remove the learner, and begin again.',
    async run(context) {
      const look = async (): Promise<Look<TaskEnd<unknown>>> => {
        const {step} = await positionAt('add', replacement, hasSnapshot(context, replacement), context);
        if (step.kind !== 'add') return {found: already};
        if (!step.asLearner || step.peerUrl !== peerUrl) throw new Error('it was to be added as a learner of ours');
        sayArithmetic(step, context);
        const reply = (await runFix(call, 'reply', {}, context)).join('');
        const added = membersIn(reply)?.find(({peerUrls}) => peerUrls.includes(peerUrl));
        if (!added) return {waitsFor: 'etcd does not say who was added'};
        await note(target.name, {added: added.id}, context);
        return {found: {changed: true, result: {id: added.id}, note: `${added.id} at ${peerUrl}`}};
      };
      // For some seconds after a member went, etcd calls itself unhealthy and adds nobody.
      return waitFor({deadlineMs: 2 * minute, look, late: notYet('add the member', target)}, context);
    },
  };
}

function startTask(replacement: Replacement): Made {
  const {layout, target, scripts} = replacement;
  const on = target.name;
  const {manifest} = asideOf(replacement, '$RUN');
  const call = (bytes?: number): FixCall => ({
    ...{on, name: 'put the manifest of etcd', script: scripts.putManifest},
    ...(bytes === undefined ? {} : {args: [manifest, String(bytes)]}),
  });
  return {
    id: taskOn(target, 'etcd-start'),
    title: 'Put a manifest with the members of now, and let it join them',
    ...{on, touches: 'a machine', critical: true, retry},
    does: [
      fixEffect(call()),
      {kind: 'machine file', on, path: manifest},
      {kind: 'container', on, call: 'run', name: 'k8s_etcd_*', decided: 'by its kubelet'},
    ],
    expected: expectedOf('start', replacement),
    why: ['it begins empty, and gets all from the one that leads'],
    deadlineMs: 8 * minute,
    undo: 'Until it is promoted: remove the learner, and begin again.',
    async run(context) {
      const {tools, runFolder} = context;
      const {step, answers} = await positionAt('start', replacement, hasSnapshot(context, replacement), context);
      if (step.kind !== 'start') return already;
      const mark = `${basename(runFolder)}-${tools.clock.now()}`;
      const joining = {layout, machine: target, members: membersNow(answers), peerUrl: peerUrlOf(target), mark};
      const text = await joiningManifest(joining, tools);
      await runFix(call(Buffer.byteLength(text)), 'changed', {stdin: text}, context);
      await positionAt('catch up', replacement, hasSnapshot(context, replacement), context, 4 * minute);
      return {changed: true, result: {}, note: `member ${step.id} is started`};
    },
  };
}

/** Where it stands when the leader is heard, or not, by an entry that was written just before. */
async function positionHearing(replacement: Replacement, context: TaskContext): Promise<Position> {
  const {helper, scripts} = replacement;
  const call = {on: helper.name, name: 'write an entry that changes nothing', script: scripts.entry};
  const reply = (await runFix(call, 'reply', {reads: true}, context)).join('');
  return positionOf(replacement, hasSnapshot(context, replacement), context, statusIn(reply)?.raftIndex);
}

function catchUpTask(replacement: Replacement): Made {
  const {target} = replacement;
  return {
    id: taskOn(target, 'etcd-catch-up'),
    title: 'Wait until it has caught up',
    on: target.name,
    touches: 'nothing',
    does: [noteEffect(target.name)],
    expected: 'unchanged',
    why: [],
    deadlineMs: 35 * minute,
    retry,
    async run(context) {
      let seen = 0;
      let isBehind = false;
      const look = async (): Promise<Look<TaskEnd<unknown>>> => {
        const {step} = await positionHearing(replacement, context);
        isBehind = step.kind === 'catch up' && step.percent !== undefined;
        const distance = stepsFrom('catch up', step);
        if (distance !== undefined && distance > 0)
          return {found: {changed: false, result: {}, note: 'it has caught up'}};
        if (step.kind !== 'catch up') {
          return {waitsFor: 'problem' in step ? step.problem.message : `what comes next is to ${step.kind}`};
        }
        seen = step.percent ?? seen;
        context.progress(seen, 100);
        return {
          waitsFor: step.percent === undefined ? 'it does not answer yet' : `it has ${step.percent} % of the log`,
        };
      };
      const late = async (waitsFor: string) => {
        // Next time it is removed and added anew.
        if (isBehind) await note(target.name, {tried: ['promote learner']}, context);
        return notYet('catch up', target)(waitsFor);
      };
      return waitFor({deadlineMs: 30 * minute, look, late}, context);
    },
  };
}

function promoteTask(replacement: Replacement): Made {
  const {target, helper} = replacement;
  const call = (id?: string) =>
    membershipCall(replacement, 'give a learner its vote', id === undefined ? undefined : ['promote', id]);
  return {
    id: 'cluster/etcd-promote',
    title: `Give the member of ${target.name} its vote`,
    ...{on: helper.name, touches: 'the cluster', critical: true, retry},
    does: [{...fixEffect(call()), decided: 'the id that it has then'}],
    expected: 'change',
    why: ['from then on it counts for the quorum'],
    deadlineMs: 6 * minute,
    undo: 'Forward only: mend or replace it again.',
    async run(context) {
      let id: string | undefined;
      const look = async (): Promise<Look<TaskEnd<unknown>>> => {
        const {step} = await positionHearing(replacement, context);
        if (step.kind === 'verify') {
          const word = id === undefined ? already : {changed: true, result: {id}, note: `${id} has its vote`};
          return {found: word};
        }
        if (step.kind !== 'promote') {
          return {waitsFor: 'problem' in step ? step.problem.message : `what comes next is to ${step.kind}`};
        }
        sayArithmetic(step, context);
        // Whatever its answer is: it may have been heard all the same. What etcd refuses (not in sync yet) is waited for.
        id = step.id;
        await runFix(call(step.id), 'reply', {}, context);
        return {waitsFor: 'it does not answer as a voting member yet'};
      };
      return waitFor({deadlineMs: 3 * minute, look, late: notYet('become a voting member', target)}, context);
    },
  };
}

// ---------------------------------------------------------------- words

function notYet(what: string, {name}: ClusterMachine) {
  return async (waitsFor: string) =>
    new ProblemError({
      code: 'deadline-passed',
      message: `The member of ${name} did not ${what} in time: ${waitsFor}${/[.!?]$/.test(waitsFor) ? '' : '.'}`,
      hint: `Begin again, which goes on from where things are: pai-tui machine etcdfix ${name}`,
      machine: name,
    });
}

function sayArithmetic(step: Step, {output}: TaskContext): void {
  for (const line of 'sheet' in step ? step.sheet.lines : []) output(`${line}\r\n`);
}

/** What lies before the first step is done already. */
function expectedOf(own: StepKind, {first}: Replacement): Expected {
  return stepsBetween(first, own) >= 0 ? 'change' : 'unchanged';
}
