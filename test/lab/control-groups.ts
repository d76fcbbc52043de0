import {existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

/** Makes the group of a host below that of its lab in every hierarchy of this computer; there already is fine. */
export function makeGroups(lab: string, host: string): void {
  for (const root of hierarchies()) {
    const [above, group] = [join(root, lab), join(root, lab, host)];
    for (const folder of [above, group]) {
      mkdirSync(folder, {recursive: true});
      if (!isVersion2(folder)) giveProcessors(folder);
    }
    if (isVersion2(above)) handControllersOn(above);
  }
}

/**
 * The files through which a process joins the groups of a host. In version 2 its processes are in a group below,
 * since one that hands controllers on may hold none (boot.sh makes it).
 */
export function joiningFiles(lab: string, host: string): readonly string[] {
  return hierarchies().map((root) => {
    const group = join(root, lab, host);
    return join(group, existsSync(join(group, 'init')) ? 'init' : '', 'cgroup.procs');
  });
}

/** Removes the groups of a lab, whose processes have ended. */
export async function removeGroups(lab: string): Promise<void> {
  for (const root of hierarchies()) if (existsSync(join(root, lab))) await remove(join(root, lab));
}

/** The one of version 2, or each of version 1 and the one beside them. */
function hierarchies(): readonly string[] {
  const root = '/sys/fs/cgroup';
  const folders = existsSync(root) ? [root, ...readdirSync(root).map((name) => join(root, name))] : [];
  const found = folders.filter((folder) => existsSync(join(folder, 'cgroup.procs')));
  return found[0] === root ? [root] : found;
}

function isVersion2(group: string): boolean {
  return existsSync(join(group, 'cgroup.controllers'));
}

/** Without, no process can be in a group of the hierarchy cpuset. */
function giveProcessors(group: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems'])
    if (existsSync(join(group, file))) writeFileSync(join(group, file), readFileSync(join(group, '..', file)));
}

function handControllersOn(group: string): void {
  const controllers = readFileSync(join(group, 'cgroup.controllers'), 'utf8').trim().split(' ').filter(Boolean);
  for (const controller of controllers) writeFileSync(join(group, 'cgroup.subtree_control'), `+${controller}`);
}

/** The kernel may need a moment after the last process of a group ended. */
async function remove(group: string): Promise<void> {
  for (const inner of readdirSync(group, {withFileTypes: true}))
    if (inner.isDirectory()) await remove(join(group, inner.name));
  const deadline = performance.now() + 5000;
  for (;;) {
    try {
      rmdirSync(group);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(20);
    }
  }
}
