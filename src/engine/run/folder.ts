import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import type {RunRequest} from '../plan/types.ts';
import {type Problem, ProblemError} from '../problem.ts';
import {openFile} from '../sharing.ts';
import {type Check, cancelRecord, planRecord, requestRecord, runnerRecord} from './checks.ts';
import type {TaskOutline} from './events.ts';
import type {Cancel} from './execution.ts';
import type {ProcessIdentity} from './process.ts';

/** The files of one run. */
export interface RunFolder {
  readonly folder: string;
  readonly run: string;
  readonly stateFolder: string;
  readonly stateHome: string;
  readonly request: string;
  readonly plan: string;
  readonly facts: string;
  readonly journal: string;
  readonly runner: string;
  readonly runnerLog: string;
  readonly cancel: string;
  readonly report: string;
  readonly tree: string;
  readonly output: string;
  /** The configuration as the run saw it, passwords replaced. */
  readonly config: string;
}

/** request.json: what was asked for, by whom, from where, with which program. Never holds a secret. */
export interface RequestRecord {
  readonly run: string;
  readonly request: RunRequest;
  readonly planHash: string;
  readonly who: string;
  /** The computer the operator's SSH session came from. */
  readonly from?: string;
  readonly programVersion: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** plan.json: what was approved, for people and for the screens. */
export interface PlanRecord {
  readonly operation: string;
  readonly title: string;
  readonly tasks: readonly TaskOutline[];
  readonly notices: readonly Problem[];
}

/** runner.json: who carries the run out, or why it left without having ended the run. */
export interface RunnerRecord extends ProcessIdentity {
  readonly programVersion: string;
  /** It has read its secrets and is at work. */
  readonly ready: boolean;
  readonly left?: Problem;
}

/** `<stateHome>/<cluster>/runs/<run>` as paths. */
export function runFolder(folder: string): RunFolder {
  const stateFolder = dirname(dirname(folder));
  const file = (name: string) => join(folder, name);
  return {
    folder,
    run: basename(folder),
    stateFolder,
    stateHome: dirname(stateFolder),
    request: file('request.json'),
    plan: file('plan.json'),
    facts: file('facts.json'),
    journal: file('journal.jsonl'),
    runner: file('runner.json'),
    runnerLog: file('runner.log'),
    cancel: file('cancel'),
    report: file('report.md'),
    tree: file('tree'),
    output: file('output'),
    config: file('config'),
  };
}

/** Throws `file-unreadable`. */
export function readRequest(run: RunFolder): RequestRecord {
  return readChecked<RequestRecord>(run.request, requestRecord);
}

/** Throws `file-unreadable`. */
export function readPlan(run: RunFolder): PlanRecord {
  return readChecked<PlanRecord>(run.plan, planRecord);
}

/** Undefined before the runner is up, and when the file is torn. */
export function readRunner(run: RunFolder): RunnerRecord | undefined {
  return readIfThere<RunnerRecord>(run.runner, runnerRecord);
}

export function readCancel(run: RunFolder): Cancel | undefined {
  return readIfThere<Cancel>(run.cancel, cancelRecord);
}

/** Throws `file-unreadable`, also for what is no such record. */
export function readChecked<T>(path: string, isOne: Check): T {
  const value = readJson(path);
  if (isOne(value)) return value as T;
  throw unreadable(path, 'it is not what was written there');
}

/** Throws `file-unreadable`. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw unreadable(path, (error as Error).message, error);
  }
}

function unreadable(path: string, because: string, cause?: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'file-unreadable',
      message: `A file of the run cannot be read: ${because}.`,
      hint: 'The run can neither be shown nor resumed; the outputs of its tasks lie beside this file.',
      file: path,
    },
    {cause},
  );
}

/** Replaces a file whole or not at all. */
export function writeJson(path: string, value: unknown): void {
  writeWhole(path, `${JSON.stringify(value, undefined, 1)}\n`);
}

/** Replaces a file whole or not at all. */
export function writeWhole(path: string, text: string): void {
  // Of this process: two accounts may ask for a run to stop at once.
  const draft = `${path}.${process.pid}.new`;
  try {
    const file = openFile(draft, 'w');
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    // On a full disk half a draft would only take more room.
    rmSync(draft, {force: true});
    throw error;
  }
}

/** Room that is kept in runner.json, so that the runner's last words fit when the disk is full. */
const runnerRoom = 8192;

export function writeRunner(run: RunFolder, record: RunnerRecord): void {
  writeWhole(run.runner, JSON.stringify(record).padEnd(runnerRoom));
}

/** Says in place, without needing room on the disk, why the runner leaves a run that has not ended. */
export function leaveRunner(run: RunFolder, record: RunnerRecord, left: Problem): void {
  const {detail, ...short} = left;
  const whole = JSON.stringify({...record, left});
  const text = Buffer.byteLength(whole) <= runnerRoom ? whole : JSON.stringify({...record, left: short});
  const file = openSync(run.runner, 'r+');
  try {
    const bytes = Buffer.from(text);
    const padded = Buffer.concat([bytes, Buffer.alloc(Math.max(0, fstatSync(file).size - bytes.length), ' ')]);
    writeSync(file, padded, 0, padded.length, 0);
    ftruncateSync(file, padded.length);
  } finally {
    closeSync(file);
  }
}

function readIfThere<T>(path: string, isOne: Check): T | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isOne(value) ? (value as T) : undefined;
  } catch {
    // Not there yet, or in the middle of being written: the next look will tell.
    return undefined;
  }
}
