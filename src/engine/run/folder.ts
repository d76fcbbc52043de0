import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import type {Of} from '../json.ts';
import type {Problem} from '../problem.ts';
import {openFile} from '../sharing.ts';
import type {planRecord, requestRecord, runnerRecord} from './checks.ts';

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

export type RequestRecord = Of<typeof requestRecord>;
export type PlanRecord = Of<typeof planRecord>;
export type RunnerRecord = Of<typeof runnerRecord>;

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
