import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fateOf, type ProcessIdentity} from '../../src/engine/run/process.ts';

/** What must be known of a lab to clear it away when its owner cannot any more. */
export interface LabRecord {
  /** Random; part of every name the lab uses outside of itself. */
  readonly id: string;
  /** The process that asked for the lab. */
  readonly owner: ProcessIdentity;
  /** Waits for the owner's end; everything that runs in the lab ends with it. Absent while it starts. */
  readonly guard?: ProcessIdentity;
  /** Holds all files of the lab. */
  readonly folder: string;
  /** The number of its network. */
  readonly network: number;
  /** Of this computer, before the first of the labs that are up now: name → value. */
  readonly sysctls: Readonly<Record<string, string>>;
}

/** Gone after a reboot, as all labs are. */
const place = '/run/pai-tests-lab';

/** How the folders and the control groups of labs begin. */
export const labPrefix = 'pai-tests-lab-';

export function writeRecord(record: LabRecord): void {
  mkdirSync(place, {recursive: true, mode: 0o700});
  const draft = join(place, `${record.id}.draft`);
  writeFileSync(draft, JSON.stringify(record));
  renameSync(draft, fileOf(record.id));
}

/** Undefined when the lab has been cleared away. */
export function readRecord(id: string): LabRecord | undefined {
  return allRecords().find((record) => record.id === id);
}

export function allRecords(): readonly LabRecord[] {
  mkdirSync(place, {recursive: true, mode: 0o700});
  return readdirSync(place)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(place, name), 'utf8')) as LabRecord);
}

export function removeRecord(id: string): void {
  rmSync(fileOf(id), {force: true});
}

/** Its guard clears it away, so nobody else need. */
export function isCaredFor({owner, guard}: LabRecord): boolean {
  return isAlive(owner) || (guard !== undefined && isAlive(guard));
}

function isAlive(identity: ProcessIdentity): boolean {
  return fateOf(identity) === 'alive';
}

function fileOf(id: string): string {
  return join(place, `${id}.json`);
}
