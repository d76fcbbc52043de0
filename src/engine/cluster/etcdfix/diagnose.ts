/** What mends the member of a master: of all that may help, what changes least. Pure. */

import {isIP} from 'node:net';
import type {Problem} from '../../problem.ts';
import {nameOf} from '../etcd/judged.ts';
import {hintFor} from '../etcd/reasons.ts';
import type {EtcdCause, EtcdMember, SeenEtcd} from '../etcd/types.ts';
import {type CaseView, hasLearners, peerUrlOf, percentOf, viewOf} from './case-view.ts';
import {contradiction} from './contradictions.ts';
import {isWell, quorumSheet} from './quorum-sheet.ts';
import type {Cure, EtcdCase, HandWork} from './types.ts';

/** To be asked again after a cure: what is wrong besides is seen then. */
export function diagnose(given: EtcdCase): Cure {
  const view = viewOf(given);
  for (const look of looks) {
    const cure = look(view);
    if (cure) return cure;
  }
  return unexplained(view);
}

/** The first that finds something decides. */
const looks: readonly ((view: CaseView) => Cure | undefined)[] = [
  disagreement,
  begun,
  machineAway,
  obstacle,
  engineAway,
  stopped,
  noQuorum,
  full,
  wrongAddress,
  strayLearner,
  well,
  learner,
  cutOff,
  learnerElsewhere,
  notAMember,
  useless,
];

function disagreement(view: CaseView): Cure | undefined {
  const problem = contradiction(view);
  if (problem) return {kind: 'stop and show', why: [problem.message], problem};
  const mixed = view.seen?.container?.cause === 'clusters mixed';
  return mixed ? showing(view, `The etcd of ${view.target} is of another cluster than those it speaks to.`) : undefined;
}

/** A replacement that was begun is gone on with, for as long as something of it is left to be done. */
function begun(view: CaseView): Cure | undefined {
  const {past, member, seen} = view;
  if (!past || !seen) return undefined;
  if (!member) return past.replaces === undefined ? undefined : replacing(view, undefined, begunWords);
  const isStopped = member.id === past.replaces && seen.manifest === undefined && !seen.container?.isRunning;
  return isStopped ? replacing(view, member, begunWords) : undefined;
}

const begunWords = 'Its replacement was begun and did not end.';

function machineAway(view: CaseView): Cure | undefined {
  const {seen, silence, target, report} = view;
  if (seen) return undefined;
  const problem: Problem = silence ?? {
    code: 'machine-unreachable',
    message: `${target} was not asked.`,
    machine: target,
  };
  if (problem.code !== 'machine-unreachable' && problem.code !== 'machine-lost') return byHand('machine', problem);
  const why = [problem.message];
  if (report.quorum.isThere === false) {
    return {
      kind: 'quorum lost',
      why,
      problem: {...lostProblem(view), hint: `Bring ${target} back first. ${restoreHint}`},
    };
  }
  const hint = 'Bring it back, or set up a new machine with its name and address; then begin again.';
  return {kind: 'replace host', why, problem: {...problem, hint, machine: target}};
}

function obstacle({obstacles, target, member, seen}: CaseView): Cure | undefined {
  if (member && isWell(member)) return undefined;
  const [found] = obstacles.filter(({master}) => master === target);
  if (found?.of === 'clock') {
    const hint = 'Set its clock, and see why it went wrong; then begin again.';
    return byHand('clock', {code: 'etcd-member-down', message: found.said, hint, machine: target});
  }
  const said =
    found?.said ?? (causeOf(seen) === 'certificate expired' ? `A certificate of ${target} has expired.` : '');
  if (said === '') return undefined;
  const hint = 'Renew its certificates; then begin again.';
  return byHand('certificate', {code: 'certificate-invalid', message: said, hint, machine: target});
}

/** What may be well there and could not be asked is not touched. */
function engineAway({seen, target}: CaseView): Cure | undefined {
  if (!seen || seen.status) return undefined;
  if (seen.docker === 'answers' && !seen.runsUnseen && seen.silence?.by !== 'docker') return undefined;
  const message =
    seen.docker === 'answers'
      ? `An etcd runs on ${target} that could not be asked.`
      : `The docker of ${target} ${seen.docker === 'absent' ? 'is not there' : 'does not answer'}.`;
  return byHand('container engine', {code: 'etcd-member-down', message, hint: hintFor(seen), machine: target});
}

/** Its process is down or says nothing. To start it takes no quorum, and may be what brings one back. */
function stopped(view: CaseView): Cure | undefined {
  const {seen, member, report, target, tried} = view;
  if (!seen || !member || seen.status || member.status) return undefined;
  const hand = causeOf(seen);
  if (hand === 'disk full' || hand === 'port taken') {
    const problem: Problem = {
      code: hand === 'disk full' ? 'disk-full' : 'etcd-member-down',
      message: sentence(member),
      hint: hintFor(seen),
      machine: target,
    };
    return byHand(hand === 'disk full' ? 'disk' : 'port', problem);
  }
  if (tried.includes('start')) return undefined;
  // Added with a vote and never started: nothing else counts it, and nothing is lost that it had.
  const isFresh = report.isMembershipKnown && member.state === 'unstarted' && !member.isLearner && !seen.data.isThere;
  const isWhole = seen.data.isThere && member.state !== 'unstarted' && !isUseless(seen);
  const isHung = seen.container?.isRunning === true;
  if (!isFresh && !isWhole && !isHung) return undefined;
  return {kind: 'start', why: [sentence(member)], manifest: seen.manifest === undefined ? 'missing' : 'there'};
}

function noQuorum(view: CaseView): Cure | undefined {
  const {quorum, members, isMembershipKnown} = view.report;
  if (quorum.isThere === true && isMembershipKnown) return undefined;
  if (quorum.isThere !== false) return showing(view, `Too little is known of etcd: ${quorum.words}`);
  const running = members.filter(({status, isLearner}) => status && !isLearner);
  if (view.member?.status && running.length >= quorum.needed) {
    const message = `${running.length} of ${quorum.voters} voting members run and do not reach each other: ${running.map(nameOf).join(', ')}.`;
    const hint = 'See what keeps them apart on their peer port; then begin again.';
    return byHand('network', {code: 'etcd-no-quorum', message, hint});
  }
  const problem = lostProblem(view);
  return {kind: 'quorum lost', why: [problem.message], problem};
}

/**
 * Of any member: etcd takes no writes from anybody then. A member stands still while it is defragmented, so where none can be
 * spared for that, the sick one comes first: who the members are is changed without room too. So does one whose data differs,
 * since all alarms are disarmed at once.
 */
function full({report, tried, member}: CaseView): Cure | undefined {
  const alarmed = report.members.filter(({alarms}) => alarms.includes('NOSPACE'));
  if (alarmed.length === 0 || tried.includes('make room')) return undefined;
  if (member?.alarms.includes('CORRUPT')) return undefined;
  const {spare, healthy, voters} = report.quorum;
  if (spare === 0 && healthy < voters && !(member && isWell(member))) return undefined;
  const answering = report.members.filter(({status, machine}) => status && machine !== undefined);
  const leaderLast = answering.toSorted((a, b) => Number(a.isLeader) - Number(b.isLeader));
  return {
    kind: 'make room',
    why: [`The database of ${alarmed.map(nameOf).join(', ')} has reached its quota: etcd takes no writes any more.`],
    defragment: leaderLast.flatMap(({machine}) => machine ?? []),
  };
}

function well({member, report}: CaseView): Cure | undefined {
  if (!member || !isWell(member)) return undefined;
  const sick = report.members.filter((other) => !isWell(other));
  const others = sick.length === 0 ? [] : [`Not well: ${sick.map(nameOf).join(', ')}.`];
  return {kind: 'nothing', why: [`${nameOf(member)} is healthy.`, ...others]};
}

/** Nobody is asked to mend one that is on no master and never started: whoever looks removes it, and others can be added. */
function strayLearner(view: CaseView): Cure | undefined {
  const stray = view.report.members.find(
    ({isLearner, machine, state}) => isLearner && machine === undefined && state === 'unstarted',
  );
  if (!stray) return undefined;
  const where = `It was added at ${stray.peerUrls.join(', ')}, which is no master of the configuration, and never started.`;
  return removingLearner(view, stray, [`${nameOf(stray)} is a learner, and etcd takes one at a time.`, where]);
}

/**
 * etcd takes one learner at a time, so another one comes first. One that cannot have its vote yet, because this member is
 * sick, does not: it would wait for this one, and this one for it.
 */
function learnerElsewhere(view: CaseView): Cure | undefined {
  const {report, target} = view;
  const other = report.members.find(({isLearner, machine}) => isLearner && machine !== target);
  if (!other) return undefined;
  const message = `${nameOf(other)} is a learner, and etcd takes one at a time.`;
  if (other.machine === undefined) {
    return removingLearner(view, other, [message, 'It is on no master of the configuration.']);
  }
  const {isAllowed} = quorumSheet(report, {kind: 'promote', member: other, isReplacement: false});
  if (view.member && other.status && !isAllowed) return undefined;
  const hint = `Finish that one first: etcdfix ${other.machine}.`;
  return byHand('another learner', {code: 'etcd-membership', message, hint, machine: other.machine});
}

function notAMember(view: CaseView): Cure | undefined {
  const {member, target, seen, report} = view;
  if (member) return undefined;
  const {voters} = report.quorum;
  const runs = seen?.container?.isRunning || causeOf(seen) === 'removed';
  const why = [
    `${target} is a master and no member of etcd.`,
    ...(runs ? ['The others removed the etcd that is there.'] : []),
    ...(voters % 2 === 0 ? [`The ${voters} voting members that are left bear no more faults than ${voters - 1}.`] : []),
  ];
  return replacing(view, undefined, ...why);
}

/** It follows: it is given its vote once it has caught up. */
function learner(view: CaseView): Cure | undefined {
  const {member, report, past, tried} = view;
  if (!member?.isLearner || member.id === undefined) return undefined;
  const words = `${nameOf(member)} is a learner`;
  if (!member.status) {
    const why = [`${words} that does not answer.`, ...(member.reason ? [member.reason] : [])];
    return replacing(view, undefined, ...why);
  }
  if (tried.includes('promote learner')) {
    return removingLearner(view, member, [`${words} that does not catch up.`, 'It is removed and added anew.']);
  }
  const percent = percentOf(member, report) ?? 0;
  const isReplacement = past?.replaces !== undefined;
  return {
    kind: 'promote learner',
    why: [`${words} and has ${percent} % of the leader's log.`],
    id: member.id,
    percent,
    sheet: quorumSheet(report, {kind: 'promote', member, isReplacement}),
  };
}

/** It runs, and the others look for it where it is not. The only one does not notice, and those that are added would. */
function wrongAddress(view: CaseView): Cure | undefined {
  const {member, master, report, tried} = view;
  if (!member?.status || member.id === undefined || member.alarms.includes('CORRUPT')) return undefined;
  if (tried.includes('update peer address') || (isWell(member) && report.quorum.voters > 1)) return undefined;
  // A name may well lead there.
  const hosts = member.peerUrls.map(hostOf);
  if (hosts.length === 0 || hosts.some((host) => host === master.address || isIP(host ?? '') === 0)) return undefined;
  const why = [
    `The others look for ${nameOf(member)} at ${member.peerUrls.join(', ')}, and it is at ${master.address}.`,
  ];
  return {kind: 'update peer address', why, id: member.id, from: member.peerUrls, to: peerUrlOf(view)};
}

/** It answers and does not reach the others, or not in time. */
function cutOff(view: CaseView): Cure | undefined {
  const {member, target} = view;
  if (!member?.status || member.alarms.includes('CORRUPT')) return undefined;
  if (member.state === 'unknown') return showing(view, sentence(member));
  const hint = 'See whether it reaches the other members on their peer port, and they it; then begin again.';
  const problem: Problem = {code: 'etcd-member-down', message: sentence(member), hint, machine: target};
  return byHand('network', problem);
}

/** With what it has it does not come back. */
function useless(view: CaseView): Cure | undefined {
  const {member, seen, tried} = view;
  if (!member || !seen) return undefined;
  const corrupt = member.alarms.includes('CORRUPT')
    ? [`The data of ${nameOf(member)} differs from that of the others.`]
    : [];
  const lost = corrupt.length === 0 && !seen.data.isThere ? [`${nameOf(member)} has no data on its machine.`] : [];
  const vain = tried.includes('start') ? ['To start it did not help.'] : [];
  return replacing(view, member, ...(corrupt.length > 0 ? corrupt : [sentence(member), ...lost]), ...vain);
}

function unexplained(view: CaseView): Cure {
  return showing(view, `What is wrong with the etcd of ${view.target} is not known.`);
}

function replacing(view: CaseView, member: EtcdMember | undefined, ...why: readonly string[]): Cure {
  const {report, master} = view;
  if (!member) {
    const asLearner = hasLearners(report);
    return {kind: 'replace member', why, sheet: quorumSheet(report, {kind: 'add', name: master.name, asLearner})};
  }
  const {id} = member;
  const sheet = quorumSheet(report, {kind: 'replace', member});
  return {kind: 'replace member', why, ...(id === undefined ? {} : {id}), sheet};
}

function removingLearner({report}: CaseView, member: EtcdMember, why: readonly string[]): Cure | undefined {
  if (member.id === undefined) return undefined;
  return {kind: 'remove learner', why, id: member.id, sheet: quorumSheet(report, {kind: 'remove', member})};
}

function byHand(of: HandWork, problem: Problem): Cure {
  return {kind: 'by hand', why: [problem.message], of, problem};
}

function showing({target}: CaseView, message: string): Cure {
  const hint = 'Ask again in a moment. Where it stays so, look at what each member says before anything is changed.';
  return {kind: 'stop and show', why: [message], problem: {code: 'etcd-membership', message, hint, machine: target}};
}

function lostProblem({report}: CaseView): Problem {
  const {quorum, members} = report;
  const down = members.filter((member) => !isWell(member) && member.machine !== undefined);
  const first = down.length === 0 ? '' : `Bring back first what can be: ${down.map(nameOf).join(', ')}. `;
  return {code: 'etcd-no-quorum', message: `etcd has ${quorum.words}`, hint: `${first}${restoreHint}`};
}

const restoreHint =
  'Delete and remove nothing: each copy of the data may be the last. If they do not come back, restore etcd.';

/** Data with which etcd ended, and would end again. */
function isUseless(seen: SeenEtcd): boolean {
  const cause = causeOf(seen);
  return cause === 'data lost' || cause === 'data damaged' || cause === 'removed';
}

function causeOf(seen: SeenEtcd | undefined): EtcdCause | undefined {
  return seen?.container?.cause;
}

function sentence(member: EtcdMember): string {
  return `${nameOf(member)} is not healthy.${member.reason ? ` ${member.reason}` : ''}`;
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : undefined;
}
