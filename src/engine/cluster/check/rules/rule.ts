/** What a rule is: one question about a machine, or about all of them together. */

import type {Membership} from '../../membership.ts';
import type {
  AskedMachine,
  CheckedCluster,
  CheckedFacts,
  CheckedMachine,
  CheckFacts,
  CheckName,
  CheckResult,
  MachineAnswer,
} from '../types.ts';

export type Verdict = Pick<CheckResult, 'state' | 'detail' | 'fix'>;

/** A machine that answered. */
export interface SeenMachine {
  readonly machine: CheckedMachine;
  readonly cluster: CheckedCluster;
  readonly facts: CheckedFacts;
  /** Absent where the second question was not answered. */
  readonly answer?: MachineAnswer;
  readonly asked: AskedMachine;
  readonly member: Membership;
}

export interface MachineRule {
  readonly check: CheckName;
  /** Nothing: it does not apply. */
  judge(seen: SeenMachine): readonly Verdict[];
}

/** All that answered, for what is seen only side by side. */
export interface SeenCluster {
  readonly cluster: CheckedCluster;
  readonly seen: readonly SeenMachine[];
  /** Those that did not. */
  readonly silent: readonly string[];
  readonly facts: CheckFacts;
}

export interface ClusterRule {
  readonly check: CheckName;
  judge(all: SeenCluster): readonly (Verdict & {readonly machine?: string})[];
}

export function ok(detail: string): Verdict {
  return {state: 'ok', detail};
}

export function warning(detail: string, fix?: string): Verdict {
  return {state: 'warning', detail, ...(fix === undefined ? {} : {fix})};
}

export function failed(detail: string, fix?: string): Verdict {
  return {state: 'failed', detail, ...(fix === undefined ? {} : {fix})};
}

export function unknown(detail: string, fix?: string): Verdict {
  return {state: 'unknown', detail, ...(fix === undefined ? {} : {fix})};
}

/** For rules that need the second answer. */
export function withAnswer(
  judge: (answer: MachineAnswer, seen: SeenMachine) => readonly Verdict[],
): MachineRule['judge'] {
  return (seen) => {
    if (seen.answer) return judge(seen.answer, seen);
    return [unknown(seen.asked.answerProblem?.message ?? 'It was not asked.')];
  };
}
