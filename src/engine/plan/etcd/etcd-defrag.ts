import type {EtcdDefragRequest} from '../../api.ts';
import {type EtcdFacts, readEtcdFacts} from '../../cluster/etcd/facts.ts';
import {judgeEtcd} from '../../cluster/etcd/judge.ts';
import {nameOf} from '../../cluster/etcd/judged.ts';
import {readMemberScript} from '../../cluster/etcd/member-script.ts';
import type {EtcdAnswer, EtcdMember, EtcdReport} from '../../cluster/etcd/types.ts';
import type {ClusterLayout} from '../../cluster/layout/types.ts';
import {displayText} from '../../names.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import type {Operation, Plan, Task} from '../types.ts';
import {defragRefusal, defragTask} from './etcd-defrag-task.ts';

interface DefragFacts extends EtcdFacts {
  /** The text that does it on a machine. */
  readonly script: string;
}

/** Gives back what the databases of etcd hold and do not use, one member after the other. */
export const etcdDefrag: Operation<EtcdDefragRequest, DefragFacts> = {
  name: 'cluster etcd defrag',
  locks: (_request, {layout}) => [{scope: 'machines', of: layout.name}],
  clusterLock: (_request, {layout}) => ({masters: layout.masters.map(({name}) => name)}),
  async readFacts(request, world, signal) {
    const script = await readMemberScript(world.tools.assets, 'tend.sh');
    return {...(await readEtcdFacts(request, world, signal)), script};
  },
  plan: planDefrag,
};

/**
 * Pure. Followers first, who leads last. Throws `etcd-quorum-risk` where a member that is sick would leave no quorum while
 * another one is defragmented.
 */
export function planDefrag(_request: EtcdDefragRequest, {layout, answers, script}: DefragFacts): Plan {
  const report = judgeEtcd(answers, layout.masters);
  const refusal = defragRefusal(report);
  if (refusal) throw new ProblemError(refusal);
  const {tasks, leftOut} = defragTasks(report, answers, layout, script);
  const count = tasks.length === 1 ? '1 member' : `${tasks.length} members`;
  return {
    operation: 'cluster etcd defrag',
    title: `Defragment the etcd of ${displayText(layout.name)}, ${count}`,
    tasks,
    notices: [...leftOut, ...standstill(report)],
  };
}

/** One after the other. `leftOut` says of members that have none why. */
export function defragTasks(
  report: EtcdReport,
  answers: readonly EtcdAnswer[],
  {masters, etcdDataPath}: Pick<ClusterLayout, 'masters' | 'etcdDataPath'>,
  script: string,
): {readonly tasks: readonly Task[]; readonly leftOut: readonly Problem[]} {
  const seen = report.members.map((member) => ({member, why: whyNot(member, answers)}));
  const chosen = seen.flatMap(({member, why}) => (why === undefined && isPlaced(member) ? [member] : []));
  const ordered = chosen.toSorted((a, b) => Number(a.isLeader) - Number(b.isLeader));
  const tasks: Task[] = [];
  for (const member of ordered) tasks.push(defragTask({member, masters, etcdDataPath, script}, tasks.at(-1)?.id));
  return {tasks, leftOut: seen.flatMap(({why}) => why ?? [])};
}

function isPlaced(member: EtcdMember): member is EtcdMember & {readonly machine: string} {
  return member.machine !== undefined;
}

/** Why a member is left out. */
function whyNot(member: EtcdMember, answers: readonly EtcdAnswer[]): Problem | undefined {
  const {machine, state, reason = 'It is not well.', status} = member;
  const problem = (message: string, hint: string): Problem => ({
    ...{code: 'etcd-space', severity: 'warning', message: `${nameOf(member)} is left out: ${message}`, hint},
    ...(machine === undefined ? {} : {machine}),
  });
  if (machine === undefined || !status || (state !== 'healthy' && state !== 'learner')) {
    return problem(reason, 'Defragment again when it is well.');
  }
  const {disk} = answers.find(({master}) => master === machine)?.seen?.data ?? {};
  const needed = status.dbBytesInUse ?? status.dbBytes;
  if (!disk || disk.available > needed) return undefined;
  const [wants, has] = [needed, disk.available].map((bytes) => `${Math.round(bytes / 1024 ** 2)} MiB`);
  return problem(
    `A copy of its database (${wants}) is made on its disk (${disk.mount}), where ${has} are left.`,
    'Make room there and defragment again.',
  );
}

/** What stands still while a member is defragmented. */
export function standstill({quorum: {spare}}: EtcdReport): readonly Problem[] {
  if (spare > 0) return [];
  const message =
    'While a member is defragmented it answers nobody, and too few are left: etcd and the API stand still for that long.';
  return [{code: 'etcd-space', severity: 'warning', message, hint: 'For some seconds each GiB; choose a quiet hour.'}];
}
