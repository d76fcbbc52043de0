/** Disks: what is mounted, and how full it is. */

import {type Answer, numberOf} from '../../machine-answer.ts';
import type {DiskFact} from '../types.ts';

/** The root and the file systems on disks of the machine's own, each once. Without `df` their sizes are 0. */
export function disksIn(answer: Answer): DiskFact[] {
  const sizes = byMount(answer.lines('df'));
  const inodes = byMount(answer.lines('df-inodes'));
  const disks = new Map<string, DiskFact>();
  for (const line of answer.lines('mount')) {
    const [, device, type, options, written] = /^(\S+) (\S+) (\S+) (.+)$/.exec(line) ?? [];
    if (device === undefined || type === undefined || options === undefined || written === undefined) continue;
    const mount = unescaped(written);
    const [size = 0, used = 0, available = 0] = sizes.get(mount) ?? [];
    const [allInodes = 0, usedInodes = 0] = inodes.get(mount) ?? [];
    // Mounted over: the last one is what is seen there.
    disks.set(mount, {
      mount,
      device: unescaped(device),
      type,
      size: size * 1024,
      used: used * 1024,
      available: available * 1024,
      // btrfs and others make inodes as they are needed, and say 0.
      ...(allInodes > 0 ? {inodesUsed: Math.min(1, usedInodes / allInodes)} : {}),
      readOnly: options.split(',').includes('ro'),
    });
  }
  return [...disks.values()];
}

/** The numbers of `df -P`, by mount: total, used, available. */
export function byMount(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  for (const line of lines) {
    // The device may hold spaces, and so may the mount: what stands between them tells where each ends.
    const [, total, used, available, mount] = /^.*?\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(?:\d+%|-)\s+(\/.*)$/.exec(line) ?? [];
    if (mount === undefined) continue;
    found.set(
      mount,
      [total, used, available].map((text) => numberOf(text) ?? 0),
    );
  }
  return found;
}

/** As the kernel writes names in /proc/mounts. */
function unescaped(text: string): string {
  return text.replace(/\\(040|011|012|134)/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
