import {existsSync, statSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {foldTasks, ProblemError, type RunView} from '../engine/index.ts';
import {askApproval} from './approval.ts';
import type {Context} from './context.ts';
import {followRun} from './follow.ts';
import {whileStarting} from './interrupts.ts';
import {kubectlPlaces} from './kubectl-places.ts';
import {givenSecrets} from './machine-request.ts';
import {secretsAgain} from './missing-secrets.ts';
import {carryOut, refuseReadOnly} from './operation.ts';
import {plainLine} from './plain.ts';
import {criticalNames, interruptedProblem} from './run-teller.ts';
import {findWhere} from './where.ts';
import {type Ended, isDumb} from './world.ts';

/** `run attach`: the run view in a terminal that can show it; text or JSON Lines elsewhere. */
export async function attachRun(context: Context): Promise<number> {
  const {engine, world, output, options} = context;
  const {summary} = await engine.runs.show(context.name);
  const follower = {verbose: options.verbose === true, interruptStops: false};
  if (output.json || follower.verbose || !canShowScreens(context)) {
    return followRun(engine, summary.id, follower, world, output);
  }
  const where = await sourceOf(context, summary.id);
  return world.openScreen({
    engine,
    ...where,
    attach: summary.id,
    kubectl: kubectlPlaces(world),
    ...(typeof options.state === 'string' ? {state: resolve(world.cwd, options.state)} : {}),
    ...(options.readonly ? {readOnly: true} : {}),
    noColor: options['no-color'] === true,
    ascii: options.ascii === true,
  });
}

/** `run resume`: shows what is left, asks, and follows. */
export async function resumeRun(context: Context): Promise<Ended> {
  const {engine, world, output, options} = context;
  const view = await engine.runs.show(context.name);
  const {id, folder} = view.summary;
  if (options.readonly) refuseReadOnly('run resume', 'Leave --readonly out, or look at it with: pai-tui run show.');
  // What cannot go on is refused by the engine; it is not asked about.
  if (!options.yes && view.summary.status === 'interrupted') {
    const look = `pai-tui run show ${id}`;
    await askApproval(world, output, {question: 'Go on with it?', shown: remainingText(view), look});
  }
  const machineSecrets = isOfImages(view.summary) ? {} : await secretsAgain(view, context);
  const journalFrom = sizeOf(join(folder, 'journal.jsonl'));
  const {came} = await whileStarting(world, () => engine.runs.resume(id, {machineSecrets}));
  const follower = {verbose: options.verbose === true, interruptStops: true, journalFrom, ...(came ? {came} : {})};
  return followRun(engine, id, follower, world, output);
}

/** `run repeat`: the same request, a new plan and a new approval. */
export async function repeatRun(context: Context): Promise<Ended> {
  const {options} = context;
  // Whose lock was taken over then says nothing of who holds it now.
  const {takeOverLock: _, ...request} = await context.engine.runs.requestOf(context.name);
  const again = {
    ...request,
    ...(options.readonly ? {readOnly: true} : {}),
    ...(options['take-over-lock'] ? {takeOverLock: true} : {}),
  };
  return carryOut(context, again, isOfImages(again) ? {} : await givenSecrets(context));
}

/** They have to do with no machine, whatever the variables of the environment say of passwords. */
function isOfImages({operation}: {readonly operation: string}): boolean {
  return operation === 'image build' || operation === 'image push';
}

/** `run cancel`: asks once more each time, as Ctrl-C does. Of a run that has ended there is nothing to stop. */
export async function cancelRun({engine, output, options, name}: Context): Promise<Ended> {
  if (options.readonly) refuseReadOnly('run cancel', 'Leave --readonly out.');
  const view = await engine.runs.show(name);
  const {summary} = view;
  if (isOver(summary.status)) {
    if (output.json) output.data({run: summary.id, status: summary.status});
    else output.print(`Nothing to do: ${summary.id} has ended (${summary.status}).`);
    return 0;
  }
  const stage = await engine.runs.cancel(summary.id);
  const critical = criticalNames(view);
  if (output.json) output.data({run: summary.id, cancel: stage});
  else if (stage === 1) {
    output.print(
      `Asked ${summary.id} to stop: nothing new starts. A second request also stops what is critical${critical ? ` (now: ${critical})` : ''}.`,
    );
  } else output.print(`Asked ${summary.id} again: critical tasks are stopped too${critical ? ` (${critical})` : ''}.`);
  return 0;
}

/** `run export`: one archive, never over a file that is there. */
export async function exportRun({engine, world, output, options, name}: Context): Promise<Ended> {
  const {summary} = await engine.runs.show(name);
  const wanted = typeof options.output === 'string' ? options.output : `${summary.id}.tar.gz`;
  const file = resolve(world.cwd, wanted);
  if (existsSync(file)) {
    throw new ProblemError({
      code: 'usage',
      message: `${file} is there already.`,
      hint: 'Name another file with --output FILE.',
    });
  }
  await engine.runs.export(summary.id, file);
  if (output.json) output.data({run: summary.id, file});
  else output.print(`Wrote ${file}.`);
  return 0;
}

function isOver(status: RunView['summary']['status']): boolean {
  return status === 'done' || status === 'failed' || status === 'stopped';
}

function canShowScreens({world}: Context): boolean {
  return world.stdin.isTTY === true && world.stdout.isTTY === true && !isDumb(world);
}

/** The tree the run was about; where it was about none, or never wrote down its request, the tree that is at hand. */
async function sourceOf(context: Context, id: string): Promise<{source: string; config?: string}> {
  const asked = await context.engine.runs.requestOf(id).catch((error: unknown) => {
    if (error instanceof ProblemError) return undefined;
    throw error;
  });
  if (asked?.source !== undefined) {
    return {source: asked.source, ...(asked.config === undefined ? {} : {config: asked.config})};
  }
  const {source, config = asked?.config} = await findWhere(context.engine, context.world, {});
  return {source, ...(config === undefined ? {} : {config})};
}

function remainingText(view: RunView): string {
  const left = view.state.tasks.filter(({status}) => status !== 'done');
  return [
    `${plainLine(view.summary.title)} (run ${view.summary.id}): ${plainLine(interruptedProblem(view).message)}`,
    `${left.length} of ${view.state.tasks.length} tasks are left:`,
    ...foldTasks(left).flatMap(({title, hosts, does}) => [
      `  ${plainLine(title)}`,
      ...[...(hosts === undefined ? [] : [`on ${hosts}`]), ...does].map((line) => `      ${plainLine(line)}`),
    ]),
  ].join('\n');
}

function sizeOf(file: string): number {
  return statSync(file, {throwIfNoEntry: false})?.size ?? 0;
}
