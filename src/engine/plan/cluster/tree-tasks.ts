/** Scripts of a tree on a machine, one after the other. What they change is theirs alone to say. */

import type {ClusterMachine} from '../../cluster/layout/types.ts';
import type {TreeMachine} from '../../cluster/tree-set/facts.ts';
import {openTreeSet, type TreeSet, treePackage} from '../../cluster/tree-set/packages.ts';
import {type TreeOperation, type TreeScript, treeScript} from '../../cluster/tree-set/scripts.ts';
import type {Package} from '../../package/types.ts';
import {ProblemError} from '../../problem.ts';
import {runStep, withPackage} from '../on-machine.ts';
import {packageArgument, packageEffects, scriptEffect} from '../script-effect.ts';
import type {MachineEffect, Task, TaskContext, TaskEnd} from '../types.ts';

/** The tree, opened once for all tasks of a plan. */
export type OpenTree = () => Promise<TreeSet>;

export function treeOpener({config, source}: {readonly config: string; readonly source?: string}): OpenTree {
  let opened: Promise<TreeSet> | undefined;
  return () => {
    opened ??= openTreeSet(config, source);
    return opened;
  };
}

/** What scripts are run with on one machine. */
export interface TreeWork {
  readonly machine: ClusterMachine;
  readonly found: TreeMachine;
  readonly operation: TreeOperation;
  readonly scripts: readonly TreeScript[];
  readonly open: OpenTree;
}

/** What tasks that run scripts of a tree have in common. They are never stopped half-way, and never tried twice. */
export function scriptsTask(work: TreeWork): Pick<Task, 'on' | 'does' | 'why' | 'critical' | 'expected' | 'run'> {
  const {machine, scripts} = work;
  // What each is given is among the effects: this is the same for many machines.
  const words = scripts.map(({script}) => script).join(', then ');
  return {
    on: machine.name,
    does: effectsOf(work),
    why: [`scripts of the tree run there as root, in this order: ${words}`],
    expected: 'change',
    critical: true,
    run: (context) => runScripts(work, context),
  };
}

function effectsOf({machine: {name: on}, found, scripts}: TreeWork): readonly MachineEffect[] {
  const {job, installs} = found.package;
  return [
    ...packageEffects(on, job),
    ...scripts.map(({script, args}) =>
      scriptEffect(on, {name: script, script: treeScript, args: [packageArgument(job), script, ...args], sudo: true}),
    ),
    ...installs.map(({path, digest}): MachineEffect => ({kind: 'machine file', on, path, digest})),
    {kind: 'machine file', on, path: '/**', decided: 'whatever these scripts do, to containers and programs too'},
  ];
}

async function runScripts(work: TreeWork, context: TaskContext): Promise<TaskEnd<null>> {
  const {machine, scripts} = work;
  const on = machine.name;
  const pack = await packageOf(work, context);
  await withPackage(on, pack, context, async (folder) => {
    for (const [index, {script, args}] of scripts.entries()) {
      context.output(`-- ${[script, ...args].join(' ')}\r\n`);
      const step = {name: script, script: treeScript, args: [folder, script, ...args], sudo: true};
      await runStep(on, step, context).catch((error: unknown) => {
        throw ofTree(error, index === 0 ? [] : scripts.slice(0, index));
      });
      context.progress(index + 1, scripts.length);
    }
  });
  return {changed: true, result: null, note: `ran ${scripts.map(({script}) => script).join(', ')}`};
}

/** As it was approved. */
async function packageOf({machine, found, operation, open}: TreeWork, {tools}: TaskContext): Promise<Package> {
  const {package: built} = await treePackage(await open(), machine, operation, tools.files);
  if (built?.digest === found.package.digest) return built;
  throw new ProblemError({
    code: 'plan-changed',
    message: `What ${machine.name} would be sent is no longer as it was approved: the tree or the configuration changed.`,
    hint: 'Start again, and look at the plan.',
    machine: machine.name,
  });
}

/** Nobody knows whether they can be run twice, as ours can. */
function ofTree(error: unknown, before: readonly TreeScript[]): unknown {
  if (!(error instanceof ProblemError) || error.problem.code !== 'script-failed') return error;
  const ran = before.length === 0 ? '' : ` Before it ran ${before.map(({script}) => script).join(' and ')}.`;
  return new ProblemError({
    ...error.problem,
    hint: `Its last lines say why.${ran} Scripts of a tree cannot always be run twice: mend that, and clean the machine before it is booted again.`,
  });
}
