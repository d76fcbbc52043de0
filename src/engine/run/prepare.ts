import {isDeepStrictEqual} from 'node:util';
import {planHash} from '../plan/hash.ts';
import {outlineOf} from '../plan/outline.ts';
import type {Operation, Plan, RunRequest} from '../plan/types.ts';
import {ProblemError} from '../problem.ts';
import {orAborted} from '../remote/deadline.ts';
import type {Secret} from '../secret.ts';
import type {Store} from '../store.ts';
import type {Tools} from '../tools.ts';
import {beforeTasks, type Limits} from './before-tasks.ts';
import {configurationChange, keepConfiguration} from './config-copy.ts';
import {planDifference} from './difference.ts';
import type {Cancel} from './execution.ts';
import {type PlanRecord, type RequestRecord, type RunFolder, writeJson} from './folder.ts';
import {type HeldCluster, holdCluster} from './hold-cluster.ts';
import {endScriptsOf} from './left-scripts.ts';
import {type Lock, lockPlace, takeLock} from './lock.ts';
import {readJson} from './read-record.ts';
import type {RunnerWorld} from './runner-world.ts';
import {shortDuration} from './words.ts';

const factsDeadlineMs = 5 * 60_000;

/** What a run is carried out with. */
export interface Ready {
  readonly tools: Tools;
  readonly plan: Plan;
  /** As in Operation. */
  readonly parallel?: number | undefined;
  /** What the configuration says otherwise than when the run started, a line each; the run goes on with what it read. */
  readonly configChange: readonly string[];
}

/** What a run holds against others while it is at work. */
export interface Held {
  readonly locks: Lock[];
  cluster?: HeldCluster;
  /** Machines that could not be asked what a run left at work there whose lock was taken over. */
  unasked?: readonly string[];
}

/** Locks, facts and plan; throws whatever makes going on wrong. Locks taken are put into `held`. */
export async function prepare(
  run: RunFolder,
  world: RunnerWorld,
  record: RequestRecord,
  approved: PlanRecord,
  first: boolean,
  secrets: ReadonlyMap<string, Secret>,
  cancel: Store<Cancel | undefined>,
  held: Held,
  redact: (text: string) => string,
): Promise<Ready> {
  const {request} = record;
  const operation = await world.operation(request.operation);
  const recorded = readJson(run.facts);
  for (const name of operation.locks(request, recorded)) {
    const place = lockPlace(name, run);
    held.locks.push(takeLock(place.folder, place.name, run.run, world.clock.now()));
  }
  const tools = await world.tools(request, secrets);
  const {clock} = world;
  const wishOf = (facts: unknown) => (request.readOnly ? undefined : operation.clusterLock?.(request, facts));
  const wish = wishOf(recorded);
  if (wish) {
    // That was agreed to for the holder there was then.
    const takeOver = first && request.takeOverLock === true;
    held.cluster = await holdCluster(run, record, wish, takeOver, tools, {cancel, clock});
  }
  const limits = {cancel, clock, lost: held.cluster?.lost};
  const left = (held.cluster?.tookOver ?? []).flatMap(({ended}) => ended ?? []);
  held.unasked = (await Promise.all(left.map((ended) => endScriptsOf(ended, tools, limits)))).flat();
  const facts = first ? await readFactsAgain(run, operation, request, tools, limits) : recorded;
  const plan = operation.plan(request, facts);
  if (planHash(plan) !== record.planHash) throw planChanged(record, approved, plan, first, world.programVersion);
  if (!isDeepStrictEqual(wishOf(facts), wish)) throw otherMasters();
  for (const {id} of plan.tasks) if (!/^[a-z0-9._/-]+$/.test(id)) throw new Error(`${id} is no good id of a task`);
  const {parallel} = operation;
  if (!first)
    return {tools, plan, parallel, configChange: await configurationChange(run, request, world.readConfiguration)};
  writeJson(run.facts, facts);
  keepConfiguration(run, (await world.readConfiguration?.(request)) ?? [], redact);
  return {tools, plan, parallel, configChange: []};
}

/** Plain JSON, as a resumed run will find them. Ends early when the run is cancelled, or its lock lost. */
async function readFactsAgain(
  run: RunFolder,
  operation: Operation,
  request: RunRequest,
  tools: Tools,
  limits: Omit<Limits, 'deadline'>,
): Promise<unknown> {
  const late = new ProblemError({
    code: 'deadline-passed',
    message: `Reading the facts took longer than ${shortDuration(factsDeadlineMs)}.`,
    hint: 'Nothing was changed. See with `pai-tui info` what can be reached.',
  });
  const deadline = {milliseconds: factsDeadlineMs, late};
  return beforeTasks({...limits, deadline}, async (signal) => {
    const facts = operation.readFacts(request, {tools, stateFolder: run.stateFolder}, signal);
    // Whether the operation listens or not.
    return JSON.parse(JSON.stringify((await orAborted(facts, signal)) ?? null));
  });
}

function otherMasters(): ProblemError {
  return new ProblemError({
    code: 'plan-changed',
    message: 'The masters of the cluster are no longer those whose lock was to be taken.',
    hint: 'Nothing was changed. Make the plan again, look at it, and approve it.',
  });
}

const otherBasis =
  'The tasks are the same; what they go by is other: the configuration, or what was found of machines (as the pod network).';

function planChanged(
  record: RequestRecord,
  approved: PlanRecord,
  plan: Plan,
  first: boolean,
  programVersion: string,
): ProblemError {
  const difference = planDifference(approved.tasks, plan.tasks.map(outlineOf));
  const detail = difference === '' ? otherBasis : difference;
  if (first)
    return new ProblemError({
      code: 'plan-changed',
      message: 'What would be done is no longer what was approved.',
      hint: 'Nothing was changed. Make the plan again, look at it, and approve it.',
      detail,
    });
  const other = record.programVersion !== programVersion;
  return new ProblemError({
    code: other ? 'program-version-changed' : 'plan-changed',
    message: other
      ? `The run was started by version ${record.programVersion}; version ${programVersion} would do something else.`
      : 'The plan of the run can no longer be made as it was approved.',
    hint: `Repeat it instead (\`pai-tui run repeat ${record.run}\`): what is done is not done again.`,
    detail,
  });
}
