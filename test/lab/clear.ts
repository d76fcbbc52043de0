import {readdirSync, rmSync} from 'node:fs';
import {basename, join} from 'node:path';
import {removeGroups} from './control-groups.ts';
import {unplug} from './network.ts';
import {allRecords, isCaredFor, labPrefix, readRecord, removeRecord} from './records.ts';
import {restoreSysctls} from './sysctls.ts';

/**
 * Removes all that a lab leaves once its processes have ended: this computer's leg in its network, control groups,
 * files, and settings of the kernel where no other lab is up. Only for who is alone. May be done again.
 */
export async function clearLab(id: string): Promise<void> {
  const record = readRecord(id);
  if (!record) return;
  await unplug(record.network);
  await removeGroups(basename(record.folder));
  rmSync(record.folder, {recursive: true, force: true, maxRetries: 5});
  if (allRecords().length === 1) restoreSysctls(record.sysctls);
  removeRecord(id);
}

/** What labs left whose guard could not clear away either (it was killed too, or the power failed). */
export async function clearDeadLabs(base: string): Promise<void> {
  for (const record of allRecords()) if (!isCaredFor(record)) await clearLab(record.id);
  // Records do not outlive a reboot, folders do.
  const known = new Set(allRecords().map(({folder}) => folder));
  for (const name of readdirSync(base)) {
    const folder = join(base, name);
    if (name.startsWith(labPrefix) && !known.has(folder)) rmSync(folder, {recursive: true, force: true});
  }
}
