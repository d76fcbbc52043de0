import type {EtcdfixRequest} from '../../api.ts';
import {judgeEtcd} from '../../cluster/etcd/judge.ts';
import {nameOf} from '../../cluster/etcd/judged.ts';
import type {EtcdReport} from '../../cluster/etcd/types.ts';
import {diagnose} from '../../cluster/etcdfix/diagnose.ts';
import {type EtcdfixFacts, readEtcdfixFacts} from '../../cluster/etcdfix/facts.ts';
import {nextStep} from '../../cluster/etcdfix/next-step.ts';
import {pastOf} from '../../cluster/etcdfix/note.ts';
import {isWell} from '../../cluster/etcdfix/quorum-sheet.ts';
import type {Cure, EtcdCase, Step} from '../../cluster/etcdfix/types.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {etcdPeerUrl} from '../../cluster/packages/context.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import type {Operation, Plan, Task} from '../types.ts';
import {removeLearnerTask, updateAddressTask} from './etcdfix-member.ts';
import {replacementTasks} from './etcdfix-replacement.ts';
import {roomTasks} from './etcdfix-room.ts';
import {startTask} from './etcdfix-start.ts';
import {verifyTask} from './etcdfix-verify.ts';

/** Mends the member of etcd of one master, by what changes least, and only where a quorum is left. */
export const etcdfix: Operation<EtcdfixRequest, EtcdfixFacts> = {
  name: 'machine etcdfix',
  locks: (_request, {layout}) => [{scope: 'machines', of: layout.name}],
  clusterLock: (_request, {layout}) => ({masters: layout.masters.map(({name}) => name)}),
  readFacts: readEtcdfixFacts,
  plan: planEtcdfix,
};

/** Pure. Throws why nothing can be done, with the arithmetic where that is why. */
export function planEtcdfix({machine}: EtcdfixRequest, facts: EtcdfixFacts): Plan {
  const {layout, answers, obstacles, note} = facts;
  const {masters} = layout;
  const target = masters.find(({name}) => name === machine);
  if (!target) throw new Error(`${machine} is no master`);
  const given: EtcdCase = {target: machine, masters, answers, obstacles, ...pastOf(note, false)};
  const report = judgeEtcd(answers, masters);
  const cure = diagnose(given);
  const {title, tasks, notices = []} = mending(cure, given, report, target, facts);
  const sick = masters.flatMap(({name}) =>
    (name !== machine || cure.kind === 'make room' || cure.kind === 'remove learner') &&
    !report.members.some((member) => member.machine === name && isWell(member))
      ? [name]
      : [],
  );
  const needs = tasks.slice(-1).map(({id}) => id);
  const staysFull = cure.kind !== 'make room' && report.members.some(({alarms}) => alarms.includes('NOSPACE'));
  return {
    operation: 'machine etcdfix',
    title,
    tasks: [...tasks, verifyTask({layout, target, hash: facts.scripts.hash, sick, staysFull, needs})],
    notices: [
      ...reasons(cure, machine),
      ...arithmetic(cure, given),
      ...notices,
      ...sickNotices(report, cure, sick),
      ...(staysFull ? [fullNotice(machine)] : []),
      ...kept(facts),
    ],
    basis: {layout, sick, ...(staysFull ? {staysFull} : {})},
  };
}

interface Mended {
  readonly title: string;
  readonly tasks: readonly Task[];
  readonly notices?: readonly Problem[];
}

function mending(
  cure: Cure,
  given: EtcdCase,
  report: EtcdReport,
  target: ClusterMachine,
  {layout, scripts, answers}: EtcdfixFacts,
): Mended {
  const {name} = target;
  switch (cure.kind) {
    case 'nothing':
      return {title: `Mend nothing: the member of etcd on ${name} is well`, tasks: []};
    case 'start':
      checkOurs(given, report, target, layout.etcdDataPath);
      return {
        title: `Start the member of etcd on ${name}`,
        tasks: [startTask({layout, target, scripts, hasManifest: cure.manifest === 'there', why: cure.why})],
      };
    case 'promote learner':
    case 'replace member': {
      checkOurs(given, report, target, layout.etcdDataPath);
      const step = nextStep(given);
      if (step.kind === 'refused' || step.kind === 'roll back') throw new ProblemError(step.problem);
      if (step.kind === 'add' && !step.asLearner) throw new ProblemError(noLearners(name));
      const helper = helperOf(report, layout.masters, target);
      const tasks = replacementTasks({layout, target, scripts, helper, first: step.kind});
      const title =
        cure.kind === 'replace member'
          ? `Replace the member of etcd on ${name}`
          : `Give the new member of etcd on ${name} its vote`;
      return {title, tasks};
    }
    case 'make room': {
      const helper = helperOf(report, layout.masters);
      return {title: 'Make room in the databases of etcd', ...roomTasks({layout, target, scripts, helper, answers})};
    }
    case 'remove learner': {
      if (cure.sheet.refusal) throw new ProblemError(cure.sheet.refusal);
      const isHere = report.members.some(({id, machine}) => id === cure.id && machine === name);
      const helper = helperOf(report, layout.masters, isHere ? target : undefined);
      const title = `Remove the learner ${cure.id} from etcd`;
      const tasks = [removeLearnerTask({layout, target, scripts, helper, cure})];
      return {title, tasks, notices: isHere ? [anewNotice(name)] : []};
    }
    case 'update peer address': {
      checkOnlyHost(cure, name);
      // The only one is well: only those that are added would miss it.
      const helper = helperOf(report, layout.masters, report.quorum.voters > 1 ? target : undefined);
      const tasks = [updateAddressTask({layout, target, scripts, helper, cure})];
      return {title: `Correct the address of the member of etcd on ${name}`, tasks};
    }
    default:
      throw new ProblemError(cure.problem);
  }
}

/** The first one that is well, in the order of the configuration, so that the same plan is made again. */
function helperOf({members}: EtcdReport, masters: readonly ClusterMachine[], not?: ClusterMachine): ClusterMachine {
  const helper = masters.find(
    ({name}) => name !== not?.name && members.some((member) => member.machine === name && isWell(member)),
  );
  if (!helper) throw new Error('there is a quorum, and nobody in it');
  return helper;
}

/** What a boot of ours puts is put again: of any other etcd neither addresses, files nor versions are known to fit. */
function checkOurs(given: EtcdCase, {members}: EtcdReport, target: ClusterMachine, etcdDataPath: string): void {
  const folder = `${etcdDataPath.replace(/\/+$/, '')}/data`;
  const seen = given.answers.find(({master}) => master === target.name)?.seen;
  const member = members.find(({machine}) => machine === target.name);
  const others = members.filter(({machine}) => machine !== undefined && machine !== target.name);
  const foreign = others.find(({machine, peerUrls}) => {
    const master = given.masters.find(({name}) => name === machine);
    return !master || peerUrls[0] !== etcdPeerUrl(master.address);
  });
  const why =
    seen && seen.data.folder !== folder
      ? `its data lie in ${seen.data.folder}, and by the configuration in ${folder}`
      : member && (member.peerUrls.length !== 1 || member.peerUrls[0] !== etcdPeerUrl(target.address))
        ? `its address towards the others is ${member.peerUrls.join(', ') || 'not known'}, and ours would be ${etcdPeerUrl(target.address)}`
        : foreign
          ? `the address of ${nameOf(foreign)} towards the others is ${foreign.peerUrls.join(', ') || 'not known'}`
          : seen?.manifest !== undefined && seen.manifest !== '/etc/kubernetes/manifests/etcd.yaml'
            ? `its manifest is ${seen.manifest}`
            : undefined;
  if (why === undefined) return;
  throw new ProblemError({
    code: 'etcd-membership',
    message: `The etcd of ${target.name} is not as a boot of pai-tui sets it up: ${why}.`,
    hint: 'Mend it by hand, by what set it up.',
    machine: target.name,
  });
}

function noLearners(machine: string): Problem {
  return {
    code: 'etcd-membership',
    message: `The etcd of this cluster is older than 3.4 and knows no learners, so ${machine} would have a vote before it has started.`,
    hint: 'That is not offered. Bring etcd to 3.4 first.',
    machine,
  };
}

/** What else its address would have is not known to be so: an etcd of others may speak plainly, or at another port. */
function checkOnlyHost({from, to, why}: Extract<Cure, {kind: 'update peer address'}>, machine: string): void {
  const withoutHost = (url: string) => {
    const {protocol, port, pathname} = new URL(url);
    return `${protocol} ${port} ${pathname}`;
  };
  const [only, ...others] = from;
  if (only !== undefined && others.length === 0 && withoutHost(only) === withoutHost(to)) return;
  throw new ProblemError({
    code: 'etcd-membership',
    message: [...why, `Like the others it would be at ${to}, which differs in more than the host.`].join(' '),
    hint: 'Correct it by hand, by its exact id: etcdctl member update. Then begin again.',
    machine,
  });
}

// ---------------------------------------------------------------- what is to be known before

function notice(message: string, more: Partial<Problem> = {}): Problem {
  return {code: 'etcd-membership', severity: 'notice', message, ...more};
}

function reasons({why}: Cure, machine: string): readonly Problem[] {
  return why.map((message) => notice(message, {machine}));
}

/** The sheet, as the step that comes next judges it, else the cure. */
function arithmetic(cure: Cure, given: EtcdCase): readonly Problem[] {
  if (!('sheet' in cure)) return [];
  const lines = cure.sheet.isAllowed ? cure.sheet.lines : sheetOf(nextStep(given));
  return [
    ...lines.map((line) => notice(line)),
    notice('The same is judged again from fresh answers just before anything is changed; there is no way around it.'),
  ];
}

function sheetOf(step: Step): readonly string[] {
  return 'sheet' in step ? step.sheet.lines : [];
}

function sickNotices({members}: EtcdReport, cure: Cure, sick: readonly string[]): readonly Problem[] {
  return sick.flatMap((machine) => {
    const member = members.find((one) => one.machine === machine);
    if (cure.kind === 'remove learner' && member?.id === cure.id) return [];
    const said = member
      ? `${nameOf(member)} is not well: ${member.reason ?? member.state}`
      : `${machine} has no member.`;
    return notice(`${said} It stays as it is.`, {severity: 'warning', machine});
  });
}

function anewNotice(machine: string): Problem {
  const hint = `Begin again after this, which adds it anew: pai-tui machine etcdfix ${machine}`;
  return notice(`After this ${machine} has no member.`, {severity: 'warning', hint, machine});
}

function fullNotice(machine: string): Problem {
  return {
    ...notice('A database has reached its quota, and stays so: etcd takes no writes before room is made.'),
    ...{severity: 'warning', hint: `Begin again after this, which makes room: pai-tui machine etcdfix ${machine}`},
  };
}

function kept({answers}: EtcdfixFacts): readonly Problem[] {
  return answers.flatMap(({master, seen}) => {
    const folders = seen?.data.kept ?? [];
    if (folders.length === 0) return [];
    const words = folders.map(({folder, bytes}) =>
      bytes === undefined ? folder : `${folder} (${Math.ceil(bytes / 1024 ** 2)} MiB)`,
    );
    return [
      notice(`Data that were moved aside stay on ${master} until somebody removes them: ${words.join(', ')}.`, {
        machine: master,
      }),
    ];
  });
}
