/** How the others are told that the old member is none any more, and that there is a new one. */

import {type Look, waitFor} from '../../cluster/boot/wait.ts';
import {membersIn} from '../../cluster/etcd/parse-replies.ts';
import type {ListedMember} from '../../cluster/etcd/types.ts';
import {note, noteEffect} from '../../cluster/etcdfix/note.ts';
import {type Mending, membersNow, positionAt} from '../../cluster/etcdfix/position.ts';
import {type FixCall, fixEffect, runFix} from '../../cluster/etcdfix/scripts.ts';
import {etcdPeerUrl} from '../../cluster/packages/context.ts';
import {ProblemError} from '../../problem.ts';
import type {TaskEnd} from '../types.ts';
import {positionOrBack, putBackEffects} from './etcdfix-put-back.ts';
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

export function membershipCall({helper, scripts}: Replacement, name: string, args?: readonly string[]): FixCall {
  return {on: helper.name, name, script: scripts.membership, ...(args === undefined ? {} : {args})};
}

export function removeTask(replacement: Replacement): Made {
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
  const wanted = etcdPeerUrl(target.address);
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

export function addTask(replacement: Replacement): Made {
  const {target, helper} = replacement;
  const peerUrl = etcdPeerUrl(target.address);
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
