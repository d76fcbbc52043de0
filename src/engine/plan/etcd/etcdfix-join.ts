/** How a new member comes to its vote: it is started, catches up, and is promoted. */

import {basename} from 'node:path';
import {taskOn} from '../../cluster/boot/boot.ts';
import {type Look, waitFor} from '../../cluster/boot/wait.ts';
import {statusIn} from '../../cluster/etcd/parse-replies.ts';
import {joiningManifest} from '../../cluster/etcdfix/manifest.ts';
import {note, noteEffect} from '../../cluster/etcdfix/note.ts';
import {membersNow, type Position, positionAt, positionOf, stepsFrom} from '../../cluster/etcdfix/position.ts';
import {type FixCall, fixEffect, runFix} from '../../cluster/etcdfix/scripts.ts';
import {etcdPeerUrl} from '../../cluster/packages/context.ts';
import {manifestOf} from '../../cluster/packages/steps.ts';
import type {TaskContext, TaskEnd} from '../types.ts';
import {membershipCall} from './etcdfix-add-remove.ts';
import {hasSnapshot} from './etcdfix-snapshot.ts';
import {
  already,
  expectedOf,
  type Made,
  minute,
  notYet,
  type Replacement,
  retry,
  sayArithmetic,
} from './etcdfix-step.ts';

export function joinTask(replacement: Replacement): Made {
  const {layout, target, scripts} = replacement;
  const on = target.name;
  const manifest = manifestOf('etcd');
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
      const joining = {
        layout,
        machine: target,
        members: membersNow(answers),
        peerUrl: etcdPeerUrl(target.address),
        mark,
      };
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

export function catchUpTask(replacement: Replacement): Made {
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

export function promoteTask(replacement: Replacement): Made {
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
