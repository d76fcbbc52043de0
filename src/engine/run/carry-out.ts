import {foldHostNames} from '../machines/host-names.ts';
import {outlineOf} from '../plan/outline.ts';
import {exitCodeOf, type Problem, ProblemError, problemOf} from '../problem.ts';
import type {Secret} from '../secret.ts';
import type {Store, WritableStore} from '../store.ts';
import type {Tools} from '../tools.ts';
import {type Book, bookOf} from './book.ts';
import {endLeftCommands} from './commands.ts';
import type {RunState, TaskOutline} from './events.ts';
import type {Cancel, ExecutionEnd, Happening} from './execution.ts';
import {emptyRun, fold} from './fold.ts';
import {type PlanRecord, type RequestRecord, type RunFolder, writeWhole} from './folder.ts';
import type {TakenOver} from './hold-cluster.ts';
import {openJournal, readJournal} from './journal.ts';
import {endLeftScripts} from './left-scripts.ts';
import {limitTools} from './limit.ts';
import {holderWords} from './lock.ts';
import {leftOutBytes, openOutput} from './output.ts';
import {type Held, prepare, type Ready} from './prepare.ts';
import {bootId} from './process.ts';
import {readPlan, readRequest} from './read-record.ts';
import {createRedactor} from './redact.ts';
import {reportOf} from './report.ts';
import {diskFull} from './room.ts';
import type {RunnerWorld} from './runner-world.ts';
import {executePlan} from './scheduler.ts';

const defaultParallel = 4;
/** Connections that hang take longer than this to close; the process ends with them. */
const closeMs = 15_000;
/** Of a changed configuration. */
const mostLines = 50;

/**
 * Carries out what is left of a run and ends it; resolves with its exit code. Rejects when the run cannot be ended
 * but may be resumed: its disk is full, its lock on the cluster was lost, or a later runner finds a lock held or makes
 * another plan.
 */
export async function carryOut(
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
  const held: Held = {locks: []};
  const startWith = (tasks: readonly TaskOutline[]) => {
    book.emit(startedEvent(run, record, approved, before, tasks));
    // One that is gone may have left several.
    const gone = held.locks.flatMap(({tookOverFrom}) => (tookOverFrom ? [holderWords(tookOverFrom)] : []));
    for (const words of new Set(gone)) book.emit(takenOver(words));
    for (const taken of held.cluster?.tookOver ?? []) book.emit(clusterTakenOver(taken));
    if (held.unasked?.length) book.emit(perhapsAtWork(held.unasked));
  };
  try {
    let ready: Ready;
    try {
      ready = await prepare(run, world, record, approved, before.runner === 0, secrets, cancel, held, redact);
    } catch (error) {
      if (before.runner > 0) throw error;
      startWith(approved.tasks);
      const asked = cancel.get();
      if (asked) book.emit({type: 'cancel-requested', ...asked});
      return end(run, record, book, refusalOf(diskFull(error, run.folder) ?? error, cancel.get()), held);
    }
    const limits = {cancel, clock: world.clock, lost: held.cluster?.lost};
    const ended = [...(await endLeftCommands(before, world)), ...(await endLeftScripts(before, ready, limits))];
    startWith(ready.plan.tasks.map(outlineOf));
    for (const task of ended) book.emit(endedFor(task));
    if (ready.configChange.length > 0) book.emit(configChanged(ready.configChange));
    const outcome = await execute(run, world, record, ready, before, secrets, cancel, held, book);
    if (outcome.outcome === 'broken off') throw new ProblemError(outcome.problem ?? problemOf('the run broke off'));
    await removeTree(run, ready.tools, book);
    return end(run, record, book, {...outcome, outcome: outcome.outcome}, held);
  } finally {
    await letGo(held);
    await closeTools(world);
    journal.close();
  }
}

function execute(
  run: RunFolder,
  world: RunnerWorld,
  {request}: RequestRecord,
  {plan, tools, parallel}: Ready,
  before: RunState,
  secrets: ReadonlyMap<string, Secret>,
  cancel: Store<Cancel | undefined>,
  {cluster}: Held,
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
    lost: cluster?.lost,
    parallel: request.parallel ?? parallel ?? world.parallel ?? defaultParallel,
    resourceLimit: (resource) => world.resourceLimit?.(resource) ?? Number.POSITIVE_INFINITY,
    pace: (resource) => world.pace?.(resource),
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

/**
 * The report first, because the journal's last record says that all is written; the locks before it, because
 * whoever sees the run's end may start the next one at once.
 */
async function end(
  run: RunFolder,
  record: RequestRecord,
  book: Book,
  {outcome, problem}: {readonly outcome: 'done' | 'failed' | 'stopped'; readonly problem?: Problem},
  held: Held,
): Promise<number> {
  const event: Happening = {type: 'run-ended', outcome, ...(problem ? {problem} : {})};
  try {
    writeWhole(
      run.report,
      reportOf(book.with(event), record, (task) => leftOutBytes(run.folder, task)),
    );
  } catch (error) {
    throw diskFull(error, run.report) ?? error;
  }
  await letGo(held);
  book.emit(event);
  if (outcome === 'done') return 0;
  return outcome === 'stopped' ? 5 : problem ? exitCodeOf(problem) : 1;
}

/** The one on the cluster first: whoever finds the others free is to have it. Within seconds, whatever masters do. */
async function letGo({locks, cluster}: Held): Promise<void> {
  await cluster?.release();
  for (const lock of locks) lock.release();
}

async function closeTools(world: RunnerWorld): Promise<void> {
  const waiting = new AbortController();
  const late = world.clock.sleep(closeMs, waiting.signal).catch(() => {});
  await Promise.race([world.closeTools?.(), late]);
  waiting.abort();
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

function takenOver(words: string): Happening {
  return noticed(`The lock was left by ${words}, which is gone; it was taken over.`);
}

function clusterTakenOver({words, ended}: TakenOver): Happening {
  const how = ended
    ? 'a process of this computer that is gone; it was taken over, and what it had left at work was ended, or waited for.'
    : 'whose time was over; it was taken over, as was agreed.';
  return noticed(`The lock of the cluster was left by ${words}, ${how}`);
}

function perhapsAtWork(machines: readonly string[]): Happening {
  return noticed(`Whether it left something at work on ${foldHostNames(machines)} could not be found out.`);
}

function noticed(message: string): Happening {
  return {type: 'run-noticed', problem: {code: 'lock-held', severity: 'notice', message}};
}

function endedFor(task: string): Happening {
  return {
    type: 'run-noticed',
    problem: {
      code: 'stopped',
      severity: 'notice',
      message: `What the runner before had started for ${task} was still at work; it was ended (or waited for, where it must not be interrupted), and the task begins anew.`,
    },
  };
}

function configChanged(lines: readonly string[]): Happening {
  return {
    type: 'run-noticed',
    problem: {
      code: 'config-invalid',
      severity: 'notice',
      message: 'The configuration changed since the run started; the run goes on with what it read then.',
      hint: 'To use the present one, stop this run and repeat it.',
      detail: lines.slice(0, mostLines).join('\n'),
    },
  };
}

function refusalOf(error: unknown, cancel: Cancel | undefined): {outcome: 'failed' | 'stopped'; problem: Problem} {
  const problem = problemOf(error);
  if (problem.code === 'disk-full') throw error;
  return {outcome: cancel && problem.code === 'stopped' ? 'stopped' : 'failed', problem};
}

function endedAlready(run: RunFolder): ProblemError {
  return new ProblemError({
    code: 'usage',
    message: `Run ${run.run} has ended.`,
    hint: `A run that ended is repeated, not resumed: \`pai-tui run repeat ${run.run}\`.`,
  });
}
