/** Where a replacement stands, by what is: asked anew before each of its steps, so that whoever begins again goes on. */

import type {TaskContext} from '../../plan/types.ts';
import {ProblemError} from '../../problem.ts';
import {type Look, waitFor} from '../boot/wait.ts';
import {judgeEtcd} from '../etcd/judge.ts';
import {readEtcd} from '../etcd/read-etcd.ts';
import type {EtcdAnswer, EtcdReport, ListedMember} from '../etcd/types.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import {nextStep} from './next-step.ts';
import {pastOf, readNote} from './note.ts';
import type {Step} from './types.ts';

export type StepKind = Exclude<Step['kind'], 'refused' | 'roll back'>;

/** In the order in which they are done. */
const stepOrder: readonly StepKind[] = [
  'snapshot',
  'move leadership',
  'stop',
  'move data aside',
  'remove',
  'add',
  'start',
  'catch up',
  'promote',
  'verify',
];

/** How far a step is from another one: negative, it comes before. */
export function stepsBetween(from: StepKind, to: StepKind): number {
  return stepOrder.indexOf(to) - stepOrder.indexOf(from);
}

/** The same for what comes next; undefined where it does not go on. */
export function stepsFrom(own: StepKind, {kind}: Step): number | undefined {
  return kind === 'refused' || kind === 'roll back' ? undefined : stepsBetween(own, kind);
}

export interface Mending {
  readonly layout: ClusterLayout;
  /** The master whose member is mended. */
  readonly target: ClusterMachine;
}

export interface Position {
  readonly answers: readonly EtcdAnswer[];
  readonly report: EtcdReport;
  readonly step: Step;
}

/** How long what was changed may take to be seen: an election, a kubelet that looks. */
export const settleMs = 90_000;

/** Asks all masters and says what comes next. `written` is of an entry from just before; without one nobody is promoted. */
export async function positionOf(
  mending: Mending,
  hasSnapshot: boolean,
  context: TaskContext,
  written?: number,
): Promise<Position> {
  const {layout, target} = mending;
  const {masters} = layout;
  const answers = await askAll(mending, context);
  const note = await readNote(context.stateFolder, target.name, context.tools.files);
  const given = {target: target.name, masters, answers, obstacles: [], ...pastOf(note, hasSnapshot)};
  const step = nextStep({...given, ...(written === undefined ? {} : {written})});
  return {answers, report: judgeEtcd(answers, masters), step};
}

export function askAll({layout}: Mending, {tools, signal}: TaskContext): Promise<readonly EtcdAnswer[]> {
  const {machines, clock, assets} = tools;
  const {masters, etcdDataPath} = layout;
  return readEtcd({machines, clock, assets, masters, etcdDataPath}, () => {}, signal);
}

/**
 * Waits until what comes next is this step or one behind it. Throws why not: that it is refused, with the arithmetic, or
 * that what was done is no longer so.
 */
export function positionAt(
  own: StepKind,
  mending: Mending,
  hasSnapshot: boolean,
  context: TaskContext,
  deadlineMs = settleMs,
): Promise<Position> {
  let refused: ProblemError | undefined;
  const look = async (): Promise<Look<Position>> => {
    const position = await positionOf(mending, hasSnapshot, context);
    const {step} = position;
    refused = 'problem' in step ? new ProblemError(step.problem) : undefined;
    if ('problem' in step) return {waitsFor: step.problem.message};
    if ((stepsFrom(own, step) ?? -1) >= 0) return {found: position};
    return {waitsFor: `what comes next is to ${step.kind}`};
  };
  const late = async (waitsFor: string) => refused ?? goneBack(mending.target, own, waitsFor);
  return waitFor({deadlineMs, look, late}, context);
}

function goneBack({name}: ClusterMachine, own: StepKind, waitsFor: string): ProblemError {
  return new ProblemError({
    code: 'etcd-membership',
    message: `The member of ${name} is not where it was left: before the step "${own}", ${waitsFor}.`,
    hint: `Begin again, which goes on from where things are: pai-tui machine etcdfix ${name}`,
    machine: name,
  });
}

/** The members as one tells them that reaches a quorum, in its order. */
export function membersNow(answers: readonly EtcdAnswer[]): readonly ListedMember[] {
  return answers.find(({seen}) => seen?.commits && seen.members)?.seen?.members ?? [];
}
