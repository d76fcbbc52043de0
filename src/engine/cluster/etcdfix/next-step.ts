/**
 * What comes next when a member is replaced. The position is inferred from what is, then from what journals tell, so that
 * whoever begins again after a crash at any point goes on from there. Pure.
 */

import type {Problem} from '../../problem.ts';
import {nameOf} from '../etcd/judged.ts';
import type {EtcdMember, SeenEtcd} from '../etcd/types.ts';
import {type CaseView, caughtUpPercent, hasLearners, isSetToRun, peerUrlOf, percentOf, viewOf} from './case-view.ts';
import {contradiction} from './contradictions.ts';
import {isWell, quorumSheet} from './quorum-sheet.ts';
import type {EtcdCase, QuorumSheet, Rollback, Step} from './types.ts';

/** To be asked again after each step, with new answers: the sheet of a minute ago counts for nothing. */
export function nextStep(given: EtcdCase): Step {
  const view = viewOf(given);
  const {member} = view;
  const problem = contradiction(view) ?? cannotWork(view);
  if (problem) return {kind: 'refused', problem};
  const {seen} = view;
  if (!seen) throw new Error(`${given.target} said nothing.`);
  if (!member) return addingStep(view, seen);
  return isNew(view, member) ? joiningStep(view, seen, member) : replacingStep(view, seen, member);
}

/** How what was done so far is taken back. */
export function rollbackOf(given: EtcdCase): Rollback {
  const view = viewOf(given);
  const {member, seen, past} = view;
  if (!member) return {kind: 'forward only'};
  if (!isNew(view, member)) return past && seen && !isSetToRun(seen) ? {kind: 'put back'} : {kind: 'nothing done'};
  const isVoting = !member.isLearner && member.state !== 'unstarted';
  return isVoting || member.id === undefined ? {kind: 'forward only'} : {kind: 'remove member', id: member.id};
}

/** Whether it is not the one to be replaced but what takes its place: that one is forgotten once it is removed. */
function isNew({past}: CaseView, member: EtcdMember): boolean {
  if (member.isLearner || member.id === past?.added) return true;
  if (member.id === past?.replaces) return false;
  return isWell(member) || member.state === 'unstarted';
}

/** Why nothing can be done on the target at all. */
function cannotWork({report, seen, silence, target}: CaseView): Problem | undefined {
  if (!seen) {
    return {
      code: 'machine-unreachable',
      message: `${target} cannot be asked${silence ? `: ${silence.message}` : '.'}`,
      hint: 'Bring it back, or set up a new machine with its name and address; then begin again.',
      machine: target,
    };
  }
  if (!report.isMembershipKnown) {
    return {
      code: 'etcd-no-quorum',
      message: 'No member of etcd told who its members are.',
      hint: 'Bring back a member that answers first.',
    };
  }
  if (seen.docker === 'answers' && !seen.runsUnseen) return undefined;
  return {
    code: 'etcd-member-down',
    message:
      seen.docker === 'answers'
        ? `An etcd runs on ${target} that is in no container that is known to run it.`
        : `The docker of ${target} ${seen.docker === 'absent' ? 'is not there' : 'does not answer'}, so its etcd cannot be stopped.`,
    hint: 'Look after that first, then begin again.',
    machine: target,
  };
}

/** The member that goes is still one. */
function replacingStep(view: CaseView, seen: SeenEtcd, member: EtcdMember): Step {
  const {report, past} = view;
  const sheet = quorumSheet(report, {kind: 'replace', member});
  if (sheet.refusal) {
    const by = rollbackOf(view);
    return by.kind === 'put back'
      ? {kind: 'roll back', by, problem: sheet.refusal}
      : {kind: 'refused', problem: sheet.refusal};
  }
  if (!past?.hasSnapshot) return snapshotStep(view);
  const [first] = healthiest(view);
  if (member.isLeader && first) return {kind: 'move leadership', to: first};
  if (isSetToRun(seen)) return {kind: 'stop'};
  if (seen.data.isThere) return {kind: 'move data aside', folder: seen.data.folder};
  return removeStep(member, sheet);
}

/** The target has no member: it was removed, here or by other tools, or never was one. */
function addingStep(view: CaseView, seen: SeenEtcd): Step {
  const {report, past, master} = view;
  const asLearner = hasLearners(report);
  const sheet = quorumSheet(report, {kind: 'add', name: master.name, asLearner});
  if (sheet.refusal) return {kind: 'refused', problem: sheet.refusal};
  if (!past?.hasSnapshot) return snapshotStep(view);
  if (isSetToRun(seen)) return {kind: 'stop'};
  if (seen.data.isThere) return {kind: 'move data aside', folder: seen.data.folder};
  return {kind: 'add', peerUrl: peerUrlOf(view), asLearner, sheet};
}

/** The new member is one: it is started, catches up and is given its vote. */
function joiningStep(view: CaseView, seen: SeenEtcd, member: EtcdMember): Step {
  if (isWell(member)) return {kind: 'verify'};
  const id = idOf(member);
  if (member.status) return followingStep(view, member, id);
  // Another one runs there: the old one, which does not know yet that it was removed.
  if (seen.status) return {kind: 'stop'};
  if (seen.container?.isRunning) return {kind: 'catch up', id};
  const isStarted = member.state !== 'unstarted' || (id === view.past?.added && seen.manifest !== undefined);
  if (!isStarted && !seen.data.isThere) return {kind: 'start', id};
  if (!isStarted && seen.manifest === undefined) return {kind: 'move data aside', folder: seen.data.folder};
  return isStarted && canStart(seen) ? {kind: 'start', id} : takeBack(view, seen, member);
}

/** It answers. A vote for one that hears nothing from the leader may be one that is missing. */
function followingStep({report, past, written}: CaseView, member: EtcdMember, id: string): Step {
  const percent = percentOf(member, report);
  const waiting: Step = {kind: 'catch up', id, ...(percent === undefined ? {} : {percent})};
  if (!member.isLearner || percent === undefined || percent < caughtUpPercent) return waiting;
  const sheet = quorumSheet(report, {kind: 'promote', member, isReplacement: past?.replaces !== undefined});
  if (sheet.refusal) return {kind: 'refused', problem: sheet.refusal};
  const hears = written !== undefined && (member.status?.raftIndex ?? 0) >= written;
  return hears ? {kind: 'promote', id, sheet} : waiting;
}

/** It cannot go on with the data it has: it is removed and added anew. With a vote it is a member like others. */
function takeBack(view: CaseView, seen: SeenEtcd, member: EtcdMember): Step {
  if (!member.isLearner) return replacingStep(view, seen, member);
  const sheet = quorumSheet(view.report, {kind: 'remove', member});
  return sheet.refusal ? {kind: 'refused', problem: sheet.refusal} : removeStep(member, sheet);
}

/** Its data is there, and nothing in its last words says that it is of no use. */
function canStart({data, container, manifest}: SeenEtcd): boolean {
  if (!data.isThere) return false;
  const cause = manifest === undefined ? undefined : container?.cause;
  return cause !== 'data lost' && cause !== 'data damaged' && cause !== 'removed';
}

function removeStep(member: EtcdMember, sheet: QuorumSheet): Step {
  return {kind: 'remove', id: idOf(member), sheet};
}

function snapshotStep(view: CaseView): Step {
  const from = healthiest(view).find(({machine}) => machine !== undefined)?.machine;
  if (from !== undefined) return {kind: 'snapshot', from};
  return {
    kind: 'refused',
    problem: {
      code: 'etcd-no-quorum',
      message: `No healthy member but ${view.target} is on a master, so no snapshot can be taken.`,
      hint: 'Bring back a member first: nothing is replaced without a snapshot.',
    },
  };
}

/** Voters that are well, without the target: those without alarms and with the most of the log first. */
function healthiest({report, target}: CaseView): readonly EtcdMember[] {
  return report.members
    .filter((member) => isWell(member) && member.machine !== target)
    .toSorted((a, b) => a.alarms.length - b.alarms.length || (b.status?.raftIndex ?? 0) - (a.status?.raftIndex ?? 0));
}

function idOf(member: EtcdMember): string {
  if (member.id === undefined) throw new Error(`${nameOf(member)} has no id.`);
  return member.id;
}
