import {existsSync, globSync, readdirSync, readFileSync} from 'node:fs';
import {basename, dirname} from 'node:path';
import type {Lab} from './lab.ts';
import {allRecords, type LabRecord} from './records.ts';

/** What is on record of a lab that is up. */
export function recordOf(lab: Lab): LabRecord {
  const found = allRecords().find(({folder}) => folder === dirname(lab.keys.plain));
  if (!found) throw new Error('The lab is not on record.');
  return found;
}

/** What is there of a lab, in words; nothing when it is gone. */
export function leftOf({id, folder, network}: LabRecord): readonly string[] {
  const left = {
    files: existsSync(folder),
    record: allRecords().some((record) => record.id === id),
    network: existsSync(`/sys/class/net/pai-lab-${network}`),
    'control groups':
      globSync([`/sys/fs/cgroup/${basename(folder)}`, `/sys/fs/cgroup/*/${basename(folder)}`]).length > 0,
    processes: processesNaming(folder) > 0,
  };
  return Object.entries(left)
    .filter(([, there]) => there)
    .map(([name]) => name);
}

function processesNaming(folder: string): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    } catch {
      // It ended while we looked.
      return false;
    }
  }).length;
}
