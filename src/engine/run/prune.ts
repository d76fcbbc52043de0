import {chmodSync, lstatSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import type {Clock} from '../tools.ts';
import {allRuns} from './find-run.ts';
import type {RunFolder} from './folder.ts';
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

/**
 * Removes what is old, then the oldest of what is too much. Never a run that still runs; an interrupted one only by
 * age. A folder that cannot be read as a run is left alone. Returns the ids of the runs that are gone.
 */
export function pruneRuns(options: PruneOptions): readonly string[] {
  const {stateHome, clock, keepMs = 90 * day, keepBytes = 2 * 1024 ** 3} = options;
  const gone: string[] = [];
  let kept = 0;
  for (const run of allRuns(stateHome)) {
    const {status, since} = standing(run, clock);
    const bytes = sizeOf(run.folder, run.tree);
    const alive = status === 'running' || status === 'waiting' || status === 'unreadable';
    const old = clock.now() - since > keepMs;
    const tooMuch = kept + bytes > keepBytes && status !== 'interrupted';
    if (!alive && (old || tooMuch)) {
      removeFolder(run.folder);
      gone.push(run.run);
    } else kept += bytes;
  }
  return gone;
}

function standing(run: RunFolder, clock: Clock): {readonly status: string; readonly since: number} {
  try {
    const reader = openRun(run, clock);
    return {status: reader.status, since: reader.state.endedAt ?? reader.request.at};
  } catch {
    return {status: 'unreadable', since: Number.POSITIVE_INFINITY};
  }
}

/** Without the copy of a tree that a run keeps while it may go on: it is large to walk, and goes with the run's end. */
function sizeOf(path: string, without: string): number {
  if (path === without) return 0;
  const stat = lstatSync(path, {throwIfNoEntry: false});
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.blocks * 512;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name), without), 0);
}

/** An interrupted run may have left a copy of a tree with folders nobody may write to. */
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
