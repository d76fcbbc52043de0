/** What mends a member, judged by fresh answers just before it is carried out. */

import type {TaskContext} from '../../plan/types.ts';
import {ProblemError} from '../../problem.ts';
import {type Look, waitFor} from '../boot/wait.ts';
import {judgeEtcd} from '../etcd/judge.ts';
import type {EtcdAnswer, EtcdReport} from '../etcd/types.ts';
import {diagnose} from './diagnose.ts';
import {pastOf, readNote} from './note.ts';
import {askAll, type Mending, settleMs} from './position.ts';
import type {Cure} from './types.ts';

export interface CureNow<C extends Cure> {
  readonly cure: C;
  readonly answers: readonly EtcdAnswer[];
  readonly report: EtcdReport;
}

/**
 * Asks all masters until the cure is still the one that was planned; undefined where nothing of it is left to be done. Throws
 * the problem of what is wrong instead, or that it is another one.
 */
export async function cureNow<C extends Cure>(
  mending: Mending,
  isPlanned: (cure: Cure) => cure is C,
  isDone: (report: EtcdReport) => boolean,
  context: TaskContext,
): Promise<CureNow<C> | undefined> {
  const {layout, target} = mending;
  let refused: ProblemError | undefined;
  const look = async (): Promise<Look<CureNow<C> | undefined>> => {
    refused = undefined;
    const answers = await askAll(mending, context);
    const report = judgeEtcd(answers, layout.masters);
    if (report.isMembershipKnown && isDone(report)) return {found: undefined};
    const past = pastOf(await readNote(context.stateFolder, target.name, context.tools.files), false);
    const cure = diagnose({target: target.name, masters: layout.masters, answers, obstacles: [], ...past});
    if (isPlanned(cure)) return {found: {cure, answers, report}};
    refused = 'problem' in cure ? new ProblemError(cure.problem) : undefined;
    return {waitsFor: cure.why.join(' ')};
  };
  const late = async (waitsFor: string) =>
    refused ??
    new ProblemError({
      code: 'etcd-membership',
      message: `The etcd of ${target.name} is not as it was when this was planned: ${waitsFor}`,
      hint: `Begin again, which plans anew by what is: pai-tui machine etcdfix ${target.name}`,
      machine: target.name,
    });
  return waitFor({deadlineMs: settleMs, look, late}, context);
}
