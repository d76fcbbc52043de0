import {readFileSync, statSync} from 'node:fs';
import {displayText} from '../names.ts';
import type {Problem} from '../problem.ts';
import type {Clock} from '../tools.ts';
import type {RunState, RunStatus, TaskStatus} from './events.ts';
import {emptyRun, fold, waitingRun} from './fold.ts';
import type {PlanRecord, RequestRecord, RunFolder} from './folder.ts';
import {readJournal} from './journal.ts';
import {fateOf} from './process.ts';
import {readPlan, readRequest, readRunner} from './read-record.ts';
import {isFull} from './room.ts';
import {taskWords} from './words.ts';

/** A runner that is not up after this long will not come. */
const slowestStart = 60_000;

/** A run as its folder tells it, read on from where the last look ended. */
export interface RunReader {
  readonly run: RunFolder;
  readonly request: RequestRecord;
  /** Reads what is new. True when the state or the status is another one. */
  refresh(): boolean;
  readonly state: RunState;
  readonly status: RunStatus;
  /** Why it is interrupted and what resume would do; undefined otherwise. */
  explanation(): string | undefined;
}

/** Throws `file-unreadable` when the folder holds no run. */
export function openRun(run: RunFolder, clock: Clock): RunReader {
  const request = readRequest(run);
  const plan = readPlan(run);
  const approved = approvedRun(request, plan);
  let journaled = emptyRun;
  let offset = 0;

  const readOn = (): boolean => {
    const part = readJournal(run.journal, offset);
    offset = part.offset;
    journaled = part.events.reduce(fold, journaled);
    return part.events.length > 0;
  };
  const reader = {
    run,
    request,
    state: approved,
    status: 'waiting' as RunStatus,
    refresh(): boolean {
      let news = readOn();
      let status = statusOf(run, journaled, clock.now() - request.at);
      if (status === 'interrupted' && reader.status !== status) {
        // A runner that is gone may have written its end between the two looks.
        news = readOn() || news;
        status = statusOf(run, journaled, clock.now() - request.at);
      }
      const changed = news || status !== reader.status;
      reader.status = status;
      if (news && journaled.runner > 0) reader.state = journaled;
      return changed;
    },
    explanation: () => (reader.status === 'interrupted' ? explain(run, reader.state) : undefined),
  };
  reader.refresh();
  return reader;
}

function approvedRun(request: RequestRecord, plan: PlanRecord): RunState {
  const {run, planHash} = request;
  return waitingRun({run, planHash, operation: plan.operation, title: plan.title}, plan.tasks);
}

function statusOf(run: RunFolder, state: RunState, age: number): RunStatus {
  if (state.endedAt !== undefined && state.status !== 'running') return state.status;
  const runner = readRunner(run);
  // Between the making of the folder and the runner's first word; or whoever started it died in between.
  // The clock may have been set meanwhile, in either direction.
  if (!runner) return state.runner === 0 && Math.abs(age) < slowestStart ? 'waiting' : 'interrupted';
  if (runner.left) return 'interrupted';
  const fate = fateOf(runner);
  if (fate === 'dead' || fate === 'rebooted') return 'interrupted';
  return state.runner === 0 ? 'waiting' : 'running';
}

function explain(run: RunFolder, state: RunState): string {
  return `${whyGone(run)} ${whatResumeDoes(state)}`;
}

/** Which tasks run, which of them for a second time, and which stay as they are. */
function whatResumeDoes({tasks}: RunState): string {
  const idsOf = (...wanted: readonly TaskStatus[]) =>
    tasks.filter(({status}) => wanted.includes(status)).map(({id}) => id);
  const [done, atWork, failed] = [idsOf('done'), idsOf('running', 'stopped'), idsOf('failed')];
  const [stay, them] = done.length === 1 ? ['stays', 'it'] : ['stay', 'them'];
  const kept = `${taskWords(done.length)} ${stay} done if a check finds ${them} so.`;
  if (done.length === tasks.length)
    return `Every task is done; resume would check that they still are, and end the run.`;
  const again = [
    ...(atWork.length > 0 ? [`${listed(atWork)} from the beginning`] : []),
    ...(failed.length > 0 ? [`${listed(failed)} again after failing`] : []),
  ];
  const rest = `${leftAtWork(tasks)}Resume would run ${[taskWords(tasks.length - done.length), ...again].join(', ')}.`;
  return done.length > 0 ? `${rest} ${kept}` : rest;
}

/** A hook may go on without the runner that was to hear of its end. */
function leftAtWork(tasks: RunState['tasks']): string {
  const left = tasks.flatMap(({id, commands = []}) =>
    commands.filter((command) => fateOf(command) === 'alive').map(({pid}) => `${id} (process ${pid})`),
  );
  return left.length > 0 ? `Still at work is what was started for ${listed(left)}; resume would end it first. ` : '';
}

function listed(ids: readonly string[]): string {
  return ids.length <= 5 ? ids.join(', ') : `${ids.slice(0, 4).join(', ')} and ${ids.length - 4} more`;
}

/** A word for each way a runner can go. */
function whyGone(run: RunFolder): string {
  const runner = readRunner(run);
  if (!runner) return 'The runner never came up.';
  if (runner.left) return leftWords(runner.left);
  if (fateOf(runner) === 'rebooted') return 'The machine was rebooted while the runner was at work.';
  if (isFull(run.folder)) return 'The runner is gone, and the disk that holds the run is full: make room first.';
  const words = lastWords(run);
  if (words !== undefined) return `The runner (process ${runner.pid}) crashed; runner.log ends with: ${words}.`;
  return `The runner (process ${runner.pid}) was killed.`;
}

/** What a crash leaves behind is its error: the first line of the stack at the end of the log. */
function lastWords(run: RunFolder): string | undefined {
  try {
    // Older than this runner's record: words of an earlier one.
    if (statSync(run.runnerLog).mtimeMs < statSync(run.runner).mtimeMs) return undefined;
    const lines = readFileSync(run.runnerLog, 'utf8').trimEnd().slice(-20_000).split('\n');
    const error = lines.findLast((line) => /^[A-Z]\w*(Error|Exception)\b|^FATAL ERROR/.test(line));
    return error === undefined ? undefined : displayText(error).slice(0, 200).replace(/\.$/, '');
  } catch {
    return undefined;
  }
}

function leftWords({message, hint}: Problem): string {
  return hint === undefined ? message : `${message} ${hint}`;
}

/** The middle of how long earlier done runs took; undefined without any. */
export function medianOf(durations: readonly number[]): number | undefined {
  const sorted = durations.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}
