/** How the member that goes is taken out of work on its machine: it leads nobody, it ends, and its data are moved aside. */

import {basename} from 'node:path';
import {taskOn} from '../../cluster/boot/boot.ts';
import {nameOf} from '../../cluster/etcd/judged.ts';
import {note, noteEffect} from '../../cluster/etcdfix/note.ts';
import {type Position, positionAt, stepsFrom} from '../../cluster/etcdfix/position.ts';
import {type FixCall, fixEffect, runFix} from '../../cluster/etcdfix/scripts.ts';
import type {Step} from '../../cluster/etcdfix/types.ts';
import {ProblemError} from '../../problem.ts';
import type {Effect} from '../types.ts';
import {asideOf, positionOrBack, putBackEffects} from './etcdfix-put-back.ts';
import {hasSnapshot} from './etcdfix-snapshot.ts';
import {already, expectedOf, type Made, minute, type Replacement, retry, sayArithmetic} from './etcdfix-step.ts';

export function leadershipTask(replacement: Replacement): Made {
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

export function stopTask(replacement: Replacement): Made {
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

export function dataTask(replacement: Replacement): Made {
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
