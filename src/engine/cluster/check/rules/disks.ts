/** Whether there is room for what the cluster keeps on a machine. */

import {gibibytes, percent} from '../../../machines/facts/amounts.ts';
import type {FolderFact} from '../types.ts';
import {failed, type MachineRule, ok, unknown, type Verdict, warning, withAnswer} from './rule.ts';

/** The kubelet is started with evictions below this share of free room. */
const evictionShare = 0.05;
const leastFree = 2 * 1024 ** 3;
const goodFree = 10 * 1024 ** 3;
/** From there on the kubelet throws images away (--image-gc-high-threshold). */
const imagesGoShare = 0.85;
const inodesShare = 0.9;

/** Folders of one disk are told together. */
export const disk: MachineRule = {
  check: 'disk',
  judge: withAnswer(({folders}, {facts: {disks}}) => {
    const mounts = new Map<string, FolderFact[]>();
    for (const folder of folders) {
      const key = folder.mount ?? `? ${folder.folder}`;
      mounts.set(key, [...(mounts.get(key) ?? []), folder]);
    }
    return [...mounts.values()].map((together) =>
      judge(together, disks.find(({mount}) => mount === together[0]?.mount)?.inodesUsed ?? 0),
    );
  }),
};

function judge(together: readonly FolderFact[], inodesUsed: number): Verdict {
  const [first] = together;
  const names = together.map(({folder}) => folder).join(', ');
  if (first?.available === undefined || first.size === undefined)
    return unknown(`How much room there is for ${names} cannot be seen.`);
  const {mount, available, used = 0} = first;
  if (together.some(({isLocked}) => isLocked)) {
    return failed(
      `${mount}, where ${names} would be, is mounted read-only.`,
      'Look into dmesg for errors of its disk.',
    );
  }
  const all = used + available;
  const free = `${gibibytes(available)} GiB are free on ${mount} for ${names}`;
  const fix = 'Make room there, or keep the data elsewhere.';
  if (available < leastFree || available < all * evictionShare) {
    return failed(`${free}: the kubelet would drive pods away at once.`, fix);
  }
  if (inodesUsed > inodesShare)
    return warning(`${percent(inodesUsed)} of the inodes of ${mount} are in use, where ${names} will be.`, fix);
  if (available < goodFree || used > all * imagesGoShare) return warning(`${free}, which is little.`, fix);
  return ok(`${free}.`);
}
