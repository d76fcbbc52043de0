import {appendFileSync} from 'node:fs';
import type {Readable} from 'node:stream';
import {planHash} from '../plan/hash.ts';
import {outlineOf} from '../plan/outline.ts';
import type {Operation, Plan, RunRequest} from '../plan/types.ts';
import {exitCodeOf, type Problem, ProblemError, problemOf} from '../problem.ts';
import type {Secret} from '../secret.ts';
import {createStore, type Store, type WritableStore} from '../store.ts';
import type {Clock, Tools} from '../tools.ts';
import {listenForCancel} from './cancel.ts';
import {planDifference} from './difference.ts';
import type {RunEvent, RunState, TaskOutline} from './events.ts';
import type {Cancel, ExecutionEnd, Happening} from './execution.ts';
import {emptyRun, fold} from './fold.ts';
import {
  leaveRunner,
  type PlanRecord,
  type RequestRecord,
  type RunFolder,
  type RunnerRecord,
  readJson,
  readPlan,
  readRequest,
  runFolder,
  writeJson,
  writeRunner,
  writeWhole,
} from './folder.ts';
import {readSecrets} from './handover.ts';
import {type Journal, type JournalDisk, openJournal, readJournal} from './journal.ts';
import {limitTools} from './limit.ts';
import {type Holder, holderWords, type Lock, lockPlace, takeLock} from './lock.ts';
import {openOutput} from './output.ts';
import {bootId, thisProcess} from './process.ts';
import {createRedactor, redactText, redactValue} from './redact.ts';
import {reportOf} from './report.ts';
import {diskFull} from './room.ts';
import {executePlan} from './scheduler.ts';
import {shortDuration} from './words.ts';

/** What the runner process brings along. */
export interface RunnerWorld {
  readonly operations: readonly Operation[];
  /** The real outside for this request; the runner limits it task by task. */
  tools(request: RunRequest): Tools | Promise<Tools>;
  readonly clock: Clock;
  readonly programVersion: string;
  /** Where the secrets come from: process.stdin. */
  readonly stdin: Readable;
  /** How the journal reaches the disk, where that is not left to the system. */
  readonly journalDisk?: JournalDisk;
  /** Tasks at a time when the request does not say; 4. */
  readonly parallel?: number;
  /** Tasks at a time per kind of resource; absent or undefined: as many as there are. */
  resourceLimit?(resource: string): number | undefined;
}

const defaultParallel = 4;
const factsDeadlineMs = 5 * 60_000;

/**
 * Carries out the run in a folder that `startRun` made, or goes on with it. Meant to be all that a detached process
 * does: it ignores SIGHUP, takes SIGTERM and SIGINT as a request to stop, and says everything in the folder's files.
 * Resolves with the exit code of the run; the caller exits with it.
 */
export async function runRunner(folder: string, world: RunnerWorld): Promise<number> {
  const run = runFolder(folder);
  const cancel = createStore<Cancel | undefined>(undefined);
  const signals = listenForSignals(cancel);
  try {
    const own = takeLock(run.folder, 'runner', run.run, world.clock.now());
    try {
      return await runHere(run, world, cancel);
    } finally {
      own.release();
    }
  } catch (error) {
    const problem = problemOf(diskFull(error, run.folder) ?? error);
    note(run, problem);
    return exitCodeOf(problem);
  } finally {
    signals.close();
  }
}

async function runHere(run: RunFolder, world: RunnerWorld, cancel: WritableStore<Cancel | undefined>): Promise<number> {
  const self: RunnerRecord = {...thisProcess(), programVersion: world.programVersion, ready: false};
  let redact = (text: string) => text;
  writeRunner(run, self);
  try {
    const secrets = await readSecrets(world.stdin, world.clock);
    redact = redactText(secrets.values());
    writeRunner(run, {...self, ready: true});
    const watch = listenForCancel(run, world.clock, cancel);
    try {
      return await carryOut(run, world, secrets, cancel, redact);
    } finally {
      watch.close();
    }
  } catch (error) {
    // The journal has no end: the run can be resumed, and whoever looks is told why it is where it is.
    const problem = redactValue(problemOf(diskFull(error, run.folder) ?? error), redact);
    leaveRunner(run, self, problem);
    note(run, problem);
    return exitCodeOf(problem);
  }
}

async function carryOut(
  run: RunFolder,
  world: RunnerWorld,
  secrets: ReadonlyMap<string, Secret>,
  cancel: WritableStore<Cancel | undefined>,
  redact: (text: string) => string,
): Promise<number> {
  const record = readRequest(run);
  const approved = readPlan(run);
  const before = readJournal(run.journal).events.reduce(fold, emptyRun);
  if (before.endedAt !== undefined) throw endedAlready(run);

  const journal = openJournal(run.journal, world.journalDisk);
  const book = bookOf(journal, before, world.clock, redact);
  const locks: Lock[] = [];
  const startWith = (tasks: readonly TaskOutline[]) => book.emit(startedEvent(run, record, approved, before, tasks));
  try {
    let ready: Ready;
    try {
      ready = await prepare(run, world, record, approved, before.runner === 0, cancel, locks);
    } catch (error) {
      if (before.runner > 0) throw error;
      startWith(approved.tasks);
      return end(run, record, book, refusalOf(error, cancel.get()), locks);
    }
    startWith(ready.plan.tasks.map(outlineOf));
    for (const lock of locks) if (lock.tookOverFrom) book.emit(takenOver(lock.tookOverFrom));
    const outcome = await execute(run, world, record, ready, before, secrets, cancel, book);
    if (outcome.outcome === 'broken off') throw new ProblemError(outcome.problem ?? problemOf('the run broke off'));
    await removeTree(run, ready.tools, book);
    return end(run, record, book, {...outcome, outcome: outcome.outcome}, locks);
  } finally {
    for (const lock of locks) lock.release();
    journal.close();
  }
}

interface Ready {
  readonly tools: Tools;
  readonly plan: Plan;
}

/** Locks, facts and plan; throws whatever makes going on wrong. Locks taken are put into `locks`. */
async function prepare(
  run: RunFolder,
  world: RunnerWorld,
  record: RequestRecord,
  approved: PlanRecord,
  first: boolean,
  cancel: Store<Cancel | undefined>,
  locks: Lock[],
): Promise<Ready> {
  const {request} = record;
  const operation = world.operations.find(({name}) => name === request.operation);
  if (!operation) throw new Error(`the runner knows no operation ${request.operation}`);
  const recorded = readJson<unknown>(run.facts);
  for (const name of operation.locks(request, recorded)) {
    const place = lockPlace(name, run);
    locks.push(takeLock(place.folder, place.name, run.run, world.clock.now()));
  }
  const tools = await world.tools(request);
  const facts = first ? await readFactsAgain(run, operation, request, tools, world.clock, cancel) : recorded;
  const plan = operation.plan(request, facts);
  if (planHash(plan) !== record.planHash) throw planChanged(record, approved, plan, first, world.programVersion);
  for (const {id} of plan.tasks) if (!/^[a-z0-9._/-]+$/.test(id)) throw new Error(`${id} is no good id of a task`);
  if (first) writeJson(run.facts, facts);
  return {tools, plan};
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

function execute(
  run: RunFolder,
  world: RunnerWorld,
  {request}: RequestRecord,
  {plan, tools}: Ready,
  before: RunState,
  secrets: ReadonlyMap<string, Secret>,
  cancel: Store<Cancel | undefined>,
  book: Book,
): Promise<ExecutionEnd> {
  const {stateFolder, folder} = run;
  return executePlan({
    plan,
    before,
    runFolder: folder,
    stateFolder,
    clock: world.clock,
    secrets,
    cancel,
    parallel: request.parallel ?? world.parallel ?? defaultParallel,
    resourceLimit: (resource) => world.resourceLimit?.(resource) ?? Number.POSITIVE_INFINITY,
    failFast: request.failFast ?? false,
    ...(request.timeoutMs === undefined ? {} : {timeoutMs: request.timeoutMs}),
    random: Math.random,
    emit: book.emit,
    toolsFor: ({id, does}) =>
      limitTools(tools, {task: id, does, runFolder: folder, stateFolder, readOnly: request.readOnly ?? false}),
    outputFor: (task, onFull) =>
      openOutput({
        runFolder: folder,
        task: task.id,
        redactor: createRedactor(secrets.values()),
        clock: world.clock,
        onFull,
      }),
  });
}

/** The journal and the state it gives. */
interface Book {
  emit(event: Happening): void;
  /** The state as it would be with one more event. */
  with(event: Happening): RunState;
}

function bookOf(journal: Journal, before: RunState, clock: Clock, redact: (text: string) => string): Book {
  let state = before;
  const dated = (event: Happening) =>
    redactValue({at: clock.now(), up: clock.monotonic(), ...event} as RunEvent, redact);
  return {
    emit(event) {
      const whole = dated(event);
      journal.append(whole);
      state = fold(state, whole);
    },
    with: (event) => fold(state, dated(event)),
  };
}

/**
 * The report first, because the journal's last record says that all is written; the locks before it, because
 * whoever sees the run's end may start the next one at once.
 */
function end(
  run: RunFolder,
  record: RequestRecord,
  book: Book,
  {outcome, problem}: {readonly outcome: 'done' | 'failed' | 'stopped'; readonly problem?: Problem},
  locks: readonly Lock[],
): number {
  const event: Happening = {type: 'run-ended', outcome, ...(problem ? {problem} : {})};
  try {
    writeWhole(run.report, reportOf(book.with(event), record));
  } catch (error) {
    throw diskFull(error, run.report) ?? error;
  }
  for (const lock of locks) lock.release();
  book.emit(event);
  if (outcome === 'done') return 0;
  return outcome === 'stopped' ? 5 : problem ? exitCodeOf(problem) : 1;
}

async function removeTree(run: RunFolder, tools: Tools, book: Book): Promise<void> {
  try {
    await tools.files.removeTree(run.tree);
  } catch (error) {
    const {message, ...problem} = problemOf(error);
    book.emit({
      type: 'run-noticed',
      problem: {...problem, severity: 'notice', message: `The run's copy of the tree is still there: ${message}`},
    });
  }
}

function startedEvent(
  run: RunFolder,
  record: RequestRecord,
  approved: PlanRecord,
  before: RunState,
  tasks: readonly TaskOutline[],
): Happening {
  return {
    type: 'run-started',
    run: run.run,
    operation: approved.operation,
    title: approved.title,
    planHash: record.planHash,
    runner: before.runner + 1,
    bootId: bootId(),
    tasks,
  };
}

function takenOver(holder: Holder): Happening {
  return {
    type: 'run-noticed',
    problem: {
      code: 'lock-held',
      severity: 'notice',
      message: `The lock was left by ${holderWords(holder)}, which is gone; it was taken over.`,
    },
  };
}

function refusalOf(error: unknown, cancel: Cancel | undefined): {outcome: 'failed' | 'stopped'; problem: Problem} {
  const problem = problemOf(error);
  if (problem.code === 'disk-full') throw error;
  return {outcome: cancel && problem.code === 'stopped' ? 'stopped' : 'failed', problem};
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

function endedAlready(run: RunFolder): ProblemError {
  return new ProblemError({
    code: 'usage',
    message: `Run ${run.run} has ended.`,
    hint: `A run that ended is repeated, not resumed: \`pai-tui run repeat ${run.run}\`.`,
  });
}

/** A runner outlives its terminal; being told to end is a request to stop. */
function listenForSignals(cancel: WritableStore<Cancel | undefined>): {close(): void} {
  const ignore = () => {};
  const stop = (signal: NodeJS.Signals) => {
    if (!cancel.get()) cancel.set({stage: 1, by: signal});
  };
  process.on('SIGHUP', ignore);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return {
    close() {
      process.off('SIGHUP', ignore);
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
    },
  };
}

/** For whoever looks into runner.log. A full disk must not hide the exit code. */
function note(run: RunFolder, problem: Problem): void {
  try {
    appendFileSync(
      run.runnerLog,
      `${problem.code}: ${problem.message}\n${problem.detail ? `${problem.detail}\n` : ''}`,
    );
  } catch {
    // The same words are in runner.json, which has its room.
  }
}
