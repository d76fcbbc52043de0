import {planHash} from '../plan/hash.ts';
import {outlineOf} from '../plan/outline.ts';
import type {Operation, Plan, RunRequest} from '../plan/types.ts';
import {ProblemError} from '../problem.ts';
import type {Secret} from '../secret.ts';
import type {Store} from '../store.ts';
import type {Clock, Tools} from '../tools.ts';
import {configurationChange, keepConfiguration} from './config-copy.ts';
import {planDifference} from './difference.ts';
import type {Cancel} from './execution.ts';
import {type PlanRecord, type RequestRecord, type RunFolder, writeJson} from './folder.ts';
import {type Lock, lockPlace, takeLock} from './lock.ts';
import {readJson} from './read-record.ts';
import type {RunnerWorld} from './runner-world.ts';
import {shortDuration} from './words.ts';

const factsDeadlineMs = 5 * 60_000;

/** What a run is carried out with. */
export interface Ready {
  readonly tools: Tools;
  readonly plan: Plan;
  /** What the configuration says otherwise than when the run started, a line each; the run goes on with what it read. */
  readonly configChange: readonly string[];
}

/** Locks, facts and plan; throws whatever makes going on wrong. Locks taken are put into `locks`. */
export async function prepare(
  run: RunFolder,
  world: RunnerWorld,
  record: RequestRecord,
  approved: PlanRecord,
  first: boolean,
  secrets: ReadonlyMap<string, Secret>,
  cancel: Store<Cancel | undefined>,
  locks: Lock[],
  redact: (text: string) => string,
): Promise<Ready> {
  const {request} = record;
  const operation = await world.operation(request.operation);
  const recorded = readJson(run.facts);
  for (const name of operation.locks(request, recorded)) {
    const place = lockPlace(name, run);
    locks.push(takeLock(place.folder, place.name, run.run, world.clock.now()));
  }
  const tools = await world.tools(request, secrets);
  const facts = first ? await readFactsAgain(run, operation, request, tools, world.clock, cancel) : recorded;
  const plan = operation.plan(request, facts);
  if (planHash(plan) !== record.planHash) throw planChanged(record, approved, plan, first, world.programVersion);
  for (const {id} of plan.tasks) if (!/^[a-z0-9._/-]+$/.test(id)) throw new Error(`${id} is no good id of a task`);
  if (!first) return {tools, plan, configChange: await configurationChange(run, request, world.readConfiguration)};
  writeJson(run.facts, facts);
  keepConfiguration(run, (await world.readConfiguration?.(request)) ?? [], redact);
  return {tools, plan, configChange: []};
}

/** Plain JSON, as a resumed run will find them. Ends early when the run is cancelled. */
async function readFactsAgain(
  run: RunFolder,
  operation: Operation,
  request: RunRequest,
  tools: Tools,
  clock: Clock,
  cancel: Store<Cancel | undefined>,
): Promise<unknown> {
  const work = new AbortController();
  const hear = () => {
    if (cancel.get()) work.abort(new ProblemError({code: 'stopped', message: 'Stopped before the first task.'}));
  };
  const unsubscribe = cancel.subscribe(hear);
  const late = new ProblemError({
    code: 'deadline-passed',
    message: `Reading the facts took longer than ${shortDuration(factsDeadlineMs)}.`,
    hint: 'Nothing was changed. See with `pai-tui info` what can be reached.',
  });
  void clock.sleep(factsDeadlineMs, work.signal).then(
    () => work.abort(late),
    () => {},
  );
  hear();
  const aborted = new Promise<never>((_resolve, reject) => {
    const fail = () => reject(work.signal.reason);
    if (work.signal.aborted) fail();
    else work.signal.addEventListener('abort', fail, {once: true});
  });
  aborted.catch(() => {});
  try {
    const facts = operation.readFacts(request, {tools, stateFolder: run.stateFolder}, work.signal);
    return JSON.parse(JSON.stringify((await Promise.race([facts, aborted])) ?? null));
  } finally {
    unsubscribe();
    work.abort();
  }
}

function planChanged(
  record: RequestRecord,
  approved: PlanRecord,
  plan: Plan,
  first: boolean,
  programVersion: string,
): ProblemError {
  const detail = planDifference(approved.tasks, plan.tasks.map(outlineOf));
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
