import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

/**
 * Those that belong to the whole computer and not to a namespace, and that programs in a lab host set: a kubelet the
 * kernel's and the memory's, kube-proxy the one of connections, and an operator's scripts more of the kind.
 */
const shared = [
  'kernel.panic',
  'kernel.panic_on_oops',
  'kernel.pid_max',
  'kernel.keys.root_maxkeys',
  'kernel.keys.root_maxbytes',
  'vm.overcommit_memory',
  'vm.panic_on_oom',
  'vm.max_map_count',
  'vm.swappiness',
  'fs.file-max',
  'fs.inotify.max_user_instances',
  'fs.inotify.max_user_watches',
  'net.netfilter.nf_conntrack_max',
] as const;

/** As they are now; those this kernel does not have are left out. */
export function readSysctls(): Readonly<Record<string, string>> {
  const there = shared.filter((name) => existsSync(fileOf(name)));
  return Object.fromEntries(there.map((name) => [name, current(name)]));
}

/** Puts back what differs. */
export function restoreSysctls(values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (existsSync(fileOf(name)) && current(name) !== value) writeFileSync(fileOf(name), value);
  }
}

/** Sets one of the computer. Only while a lab is up, which puts it back. */
export function setSysctl(name: (typeof shared)[number], value: number): void {
  if (existsSync(fileOf(name))) writeFileSync(fileOf(name), String(value));
}

function current(name: string): string {
  return readFileSync(fileOf(name), 'utf8').trim();
}

function fileOf(name: string): string {
  return join('/proc/sys', ...name.split('.'));
}
