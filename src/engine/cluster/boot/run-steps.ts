/** Scripts of a machine's package, run one after the other, and what they change. */

import type {Readable} from 'node:stream';
import {runStep, withPackage} from '../../plan/on-machine.ts';
import {packageArgument, packageEffects, scriptEffect} from '../../plan/script-effect.ts';
import {together} from '../../plan/together.ts';
import type {MachineEffect, TaskContext, TaskEnd} from '../../plan/types.ts';
import {isError, ProblemError} from '../../problem.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import type {PackageChoice} from '../packages/choice.ts';
import {clusterPackage, packageJob} from '../packages/packages.ts';
import {type ClusterOperation, type ClusterStep, changesIn, stepScript} from '../packages/steps.ts';

/** What a task on a machine has done. */
export interface Changes {
  /** What its scripts said that they changed. */
  readonly changes: readonly string[];
}

/** How many changes a task's line names. */
const namedChanges = 2;

export interface StepsOn {
  readonly layout: ClusterLayout;
  readonly choice: PackageChoice;
  readonly machine: ClusterMachine;
  readonly operation: ClusterOperation;
  readonly steps: readonly ClusterStep[];
  /** What comes on the stdin of a step that wants something. */
  stdinOf?(step: ClusterStep): Promise<string | Readable | undefined>;
}

/** Sends the package, runs the steps, and takes it away again. Throws `script-failed` for the first that fails. */
export async function runSteps(work: StepsOn, context: TaskContext): Promise<TaskEnd<Changes>> {
  const {layout, choice, machine, operation, steps, stdinOf} = work;
  const {assets, files} = context.tools;
  const {package: pack, problems} = await clusterPackage({assets, layout, choice, machine, operation, files});
  if (!pack) throw new ProblemError(together(problems.filter(isError)) ?? noPackage);
  const on = machine.name;
  const changes = await withPackage(on, pack, context, async (folder) => {
    const all: string[] = [];
    for (const step of steps) {
      const stdin = await stdinOf?.(step);
      const args = [folder, step.script, ...step.args];
      const command = {script: stepScript, args, sudo: true, ...(stdin === undefined ? {} : {stdin})};
      const changed = changesIn(await runStep(on, {name: step.script, ...command}, context));
      if (!changed) throw cutShort(step, on);
      all.push(...changed);
    }
    return all;
  });
  return {changed: changes.length > 0, result: {changes}, note: noteOf(changes)};
}

/** Everything that running these steps may change on the machine, the package included. */
export function stepEffects(
  machine: ClusterMachine,
  operation: ClusterOperation,
  steps: readonly ClusterStep[],
): readonly MachineEffect[] {
  const on = machine.name;
  const job = packageJob(operation, machine);
  return [
    ...packageEffects(on, job),
    ...steps.flatMap(({script, args, does}) => [
      scriptEffect(on, {
        name: script,
        script: stepScript,
        args: [packageArgument(job), script, ...args],
        sudo: true,
      }),
      ...does,
    ]),
  ];
}

function noteOf(changes: readonly string[]): string {
  if (changes.length === 0) return 'nothing changed';
  const more = changes.length - namedChanges;
  return `${changes.slice(0, namedChanges).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const noPackage = {code: 'package-corrupt', message: 'What is shipped for a machine cannot be gathered.'} as const;

function cutShort({script}: ClusterStep, machine: string): ProblemError {
  return new ProblemError({
    code: 'script-failed',
    message: `${script} on ${machine} did not come to its end, and says nothing of why.`,
    hint: 'Repeat the run; what is done is not done again.',
    machine,
    command: script,
  });
}
