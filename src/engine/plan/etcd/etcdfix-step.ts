/** What the tasks of a replacement share. */

import {type Mending, type StepKind, stepsBetween} from '../../cluster/etcdfix/position.ts';
import type {FixScripts} from '../../cluster/etcdfix/scripts.ts';
import type {Step} from '../../cluster/etcdfix/types.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {ProblemError} from '../../problem.ts';
import type {Expected, Retry, Task, TaskContext} from '../types.ts';

export interface Replacement extends Mending {
  readonly scripts: FixScripts;
  /** The master through whose member it is done. */
  readonly helper: ClusterMachine;
  /** What would come first by the facts. */
  readonly first: StepKind;
}

export type Made = Omit<Task, 'needs'>;

export const minute = 60_000;

/** Each looks first at what is, so a connection that broke is no reason to give up. */
export const retry: Retry = {attempts: 3, on: ['machine-lost', 'machine-unreachable'], waitMs: 2000, maxWaitMs: 15_000};

/** A step of which nothing is left to be done. */
export const already = {changed: false, result: {}, note: 'already so'} as const;

/** The new member is one already. */
export function isJoining(first: StepKind): boolean {
  return stepsBetween('start', first) >= 0;
}

export function notYet(what: string, {name}: ClusterMachine) {
  return async (waitsFor: string) =>
    new ProblemError({
      code: 'deadline-passed',
      message: `The member of ${name} did not ${what} in time: ${waitsFor}${/[.!?]$/.test(waitsFor) ? '' : '.'}`,
      hint: `Begin again, which goes on from where things are: pai-tui machine etcdfix ${name}`,
      machine: name,
    });
}

export function sayArithmetic(step: Step, {output}: TaskContext): void {
  for (const line of 'sheet' in step ? step.sheet.lines : []) output(`${line}\r\n`);
}

/** What lies before the first step is done already. */
export function expectedOf(own: StepKind, {first}: Replacement): Expected {
  return stepsBetween(first, own) >= 0 ? 'change' : 'unchanged';
}
