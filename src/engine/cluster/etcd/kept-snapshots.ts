/** The snapshots that lie on this computer. */

import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {fitting, number, record, text} from '../../json.ts';
import type {EtcdSnapshot} from './types.ts';

/** Where what is known of a snapshot is written, beside it. */
export function snapshotRecord(file: string): string {
  return `${file}.json`;
}

/** Where snapshots are kept, in the folder of a cluster's state. */
export const snapshotFolder = 'etcd-snapshots';

const kept = record({
  ...{file: text, machine: text, member: text, version: text, clusterId: text, at: number},
  ...{bytes: number, sha256: text, hash: text, revision: number, totalKeys: number},
});

/** The snapshots that lie in a state folder, newest first. Those whose record cannot be read are left out. */
export async function keptSnapshots(stateFolder: string): Promise<readonly EtcdSnapshot[]> {
  const folder = join(stateFolder, snapshotFolder);
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.filter((name) => name.endsWith('.db')).map((name) => keptSnapshot(join(folder, name))),
  );
  return found.flatMap((snapshot) => snapshot ?? []).sort((a, b) => b.at - a.at);
}

/** Undefined where it is not what its record says. */
async function keptSnapshot(file: string): Promise<EtcdSnapshot | undefined> {
  try {
    const snapshot = fitting(kept, JSON.parse(await readFile(snapshotRecord(file), 'utf8')));
    const {size} = await stat(file);
    return snapshot?.bytes === size ? {...snapshot, file} : undefined;
  } catch {
    return undefined;
  }
}
