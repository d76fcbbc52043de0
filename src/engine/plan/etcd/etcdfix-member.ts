/** Cures by which etcd only learns something else of one of its members: that it is none any more, or where it is. */

import {taskOn} from '../../cluster/boot/boot.ts';
import type {EtcdReport} from '../../cluster/etcd/types.ts';
import {cureNow} from '../../cluster/etcdfix/cure-now.ts';
import {note, noteEffect} from '../../cluster/etcdfix/note.ts';
import type {Mending} from '../../cluster/etcdfix/position.ts';
import {type FixCall, type FixScripts, fixEffect, runFix} from '../../cluster/etcdfix/scripts.ts';
import type {Cure} from '../../cluster/etcdfix/types.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {ProblemError} from '../../problem.ts';
import type {Task} from '../types.ts';

interface Changing<C extends Cure> extends Mending {
  readonly scripts: FixScripts;
  /** The master through whose member it is done. */
  readonly helper: ClusterMachine;
  readonly cure: C;
}

type Removal = Extract<Cure, {kind: 'remove learner'}>;
type Update = Extract<Cure, {kind: 'update peer address'}>;

const minute = 60_000;

/** Removes a learner, while it is one and by the sheet of then. */
export function removeLearnerTask(changing: Changing<Removal>): Task {
  const {target, helper, scripts, cure} = changing;
  const {id, why} = cure;
  const call: FixCall = {
    on: helper.name,
    name: 'remove a learner of etcd',
    script: scripts.membership,
    args: ['remove', id],
  };
  const isPlanned = (now: Cure): now is Removal => now.kind === 'remove learner' && now.id === id;
  return {
    id: 'cluster/etcd-remove',
    title: `Remove the learner ${id} from etcd, by its exact id`,
    on: helper.name,
    needs: [],
    touches: 'the cluster',
    does: [fixEffect(call), noteEffect(target.name)],
    expected: 'change',
    why,
    critical: true,
    deadlineMs: 6 * minute,
    undo: 'It has no vote and is added anew: by what added it, or by etcdfix where it is on a master.',
    async run(context) {
      const now = await cureNow(changing, isPlanned, isGone(id), context);
      if (!now) return {changed: false, result: {}, note: 'it is no member any more'};
      const {sheet} = now.cure;
      for (const line of sheet.lines) context.output(`${line}\r\n`);
      if (sheet.refusal) throw new ProblemError(sheet.refusal);
      await runFix(call, 'reply', {}, context);
      // What takes its place has not been tried.
      await note(target.name, {tried: []}, context);
      return {changed: true, result: {id}, note: `${id} is removed`};
    },
  };
}

function isGone(id: string) {
  return ({members}: EtcdReport) => members.every((member) => member.id !== id);
}

/** Tells the others where a member is, while they look for it where the plan says. */
export function updateAddressTask(changing: Changing<Update>): Task {
  const {target, helper, scripts, cure} = changing;
  const {id, from, to, why} = cure;
  const call: FixCall = {
    ...{on: helper.name, name: 'correct the address of a member of etcd', script: scripts.membership},
    args: ['update', id, to],
  };
  const isPlanned = (now: Cure): now is Update =>
    now.kind === 'update peer address' && now.id === id && now.to === to && isSame(now.from, from);
  const isThere = ({members}: EtcdReport) => members.some((one) => one.id === id && isSame(one.peerUrls, [to]));
  return {
    id: taskOn(target, 'etcd-address'),
    title: `Tell the others that its member is at ${to}`,
    on: helper.name,
    needs: [],
    touches: 'the cluster',
    does: [fixEffect(call)],
    expected: 'change',
    why,
    critical: true,
    deadlineMs: 6 * minute,
    undo: `Update it back: etcdctl member update ${id} --peer-urls=${from.join(',')}`,
    async run(context) {
      const now = await cureNow(changing, isPlanned, isThere, context);
      if (!now) return {changed: false, result: {}, note: 'they know already'};
      await runFix(call, 'reply', {}, context);
      return {changed: true, result: {}, note: `${id} is at ${to}`};
    },
  };
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}
