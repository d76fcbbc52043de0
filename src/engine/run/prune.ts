import {chmodSync, lstatSync, readdirSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {Clock} from '../tools.ts';
import {allRuns, unaskedRuns} from './find-run.ts';
import type {RunFolder} from './folder.ts';
import {readRequest} from './read-record.ts';
import {openRun} from './run-reader.ts';

export interface PruneOptions {
  readonly stateHome: string;
  readonly clock: Clock;
  /** 90 days. */
  readonly keepMs?: number;
  /** 2 GiB over all clusters. */
  readonly keepBytes?: number;
}

const day = 24 * 60 * 60 * 1000;

/** How long and how much of history is kept. */
export const historyLimits = {keepMs: 90 * day, keepBytes: 2 * 1024 ** 3, words: '90 days, at most 2 GiB'} as const;

/**
 * Removes what is old, then the oldest of what is too much. Never a run that still runs, nor one of another account;
 * an interrupted one only by age. A folder that cannot be read as a run, or not be removed, is left alone: history
 * never keeps the next run from starting. Returns the ids of the runs that are gone. Journals are read only of runs
 * that might go.
 */
export function pruneRuns(options: PruneOptions): readonly string[] {
  const {stateHome, clock, keepMs = historyLimits.keepMs, keepBytes = historyLimits.keepBytes} = options;
  const gone: string[] = [];
  let kept = 0;
  for (const run of allRuns(stateHome)) {
    const bytes = sizeOf(run.folder, run.tree);
    const tooMuch = kept + bytes > keepBytes;
    if (isOurs(run) && mayGo(run, clock, keepMs, tooMuch) && removed(run.folder)) gone.push(run.run);
    else kept += bytes;
  }
  for (const {folder} of unaskedRuns(stateHome).filter((run) => isOurs(run) && isAbandoned(run, clock)))
    removed(folder);
  return gone;
}

function mayGo(run: RunFolder, clock: Clock, keepMs: number, tooMuch: boolean): boolean {
  try {
    // No run ends before it was asked for.
    if (!tooMuch && clock.now() - readRequest(run).at <= keepMs) return false;
    const {status, state, request} = openRun(run, clock);
    if (status === 'running' || status === 'waiting') return false;
    const old = clock.now() - (state.endedAt ?? request.at) > keepMs;
    return old || (tooMuch && status !== 'interrupted');
  } catch {
    return false;
  }
}

/** What `startRun` leaves when it is killed before it has written down the request; anything else is not ours to judge. */
function isAbandoned({folder, facts, plan}: RunFolder, clock: Clock): boolean {
  const made = statSync(folder, {throwIfNoEntry: false})?.mtimeMs ?? clock.now();
  const isDraft = (name: string) => name.endsWith('.new') || [facts, plan].includes(join(folder, name));
  return clock.now() - made > day && readdirSync(folder).every(isDraft);
}

/** Those of another account are its own to prune. */
function isOurs(run: RunFolder): boolean {
  return statSync(run.folder, {throwIfNoEntry: false})?.uid === process.getuid?.();
}

/** Without the copy of a tree that a run keeps while it may go on: it is large to walk, and goes with the run's end. */
function sizeOf(path: string, without: string): number {
  try {
    if (path === without) return 0;
    const stat = lstatSync(path);
    if (!stat.isDirectory()) return stat.blocks * 512;
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name), without), 0);
  } catch {
    // Gone meanwhile, or not ours to look into: it takes no room that could be had back.
    return 0;
  }
}

/** An interrupted run may have left a copy of a tree with folders nobody may write to. */
function removed(path: string): boolean {
  try {
    removeFolder(path);
    return true;
  } catch {
    return false;
  }
}

function removeFolder(path: string): void {
  try {
    rmSync(path, {recursive: true, force: true});
  } catch {
    openUp(path);
    rmSync(path, {recursive: true, force: true});
  }
}

function openUp(path: string): void {
  if (!lstatSync(path, {throwIfNoEntry: false})?.isDirectory()) return;
  chmodSync(path, 0o700);
  for (const name of readdirSync(path)) openUp(join(path, name));
}
