import {readFileSync} from 'node:fs';
import {firstDifference, fitting, fittingJson, type Schema} from '../json.ts';
import {ProblemError} from '../problem.ts';
import {cancelRecord, planRecord, requestRecord, runnerRecord} from './checks.ts';
import type {Cancel} from './execution.ts';
import type {PlanRecord, RequestRecord, RunFolder, RunnerRecord} from './folder.ts';

/** Throws `file-unreadable`. */
export function readRequest(run: RunFolder): RequestRecord {
  return readChecked(run.request, requestRecord);
}

/** Throws `file-unreadable`. */
export function readPlan(run: RunFolder): PlanRecord {
  return readChecked(run.plan, planRecord);
}

/** Undefined before the runner is up, and when the file is torn. */
export function readRunner(run: RunFolder): RunnerRecord | undefined {
  return readIfThere(run.runner, runnerRecord);
}

export function readCancel(run: RunFolder): Cancel | undefined {
  return readIfThere(run.cancel, cancelRecord);
}

/** Throws `file-unreadable`, also for what is no such record. */
export function readChecked<T>(path: string, schema: Schema<T>): T {
  const value = readJson(path);
  const record = fitting(schema, value);
  if (record !== undefined) return record;
  const where = firstDifference(schema, value);
  throw unreadable(path, `it is not what was written there${where === undefined ? '' : ` (see ${where})`}`);
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

function readIfThere<T>(path: string, schema: Schema<T>): T | undefined {
  try {
    return fittingJson(schema, readFileSync(path, 'utf8'));
  } catch {
    // Not there yet, or in the middle of being written: the next look will tell.
    return undefined;
  }
}
