/** Which scripts of its tree a machine is given, with what, and in which order, as the original tools of each release do (behaviour 6.3–6.5). Pure. */

import type {Era} from '../../catalog/types.ts';
import {isAtLeast, type Release} from '../../config/release.ts';
import type {Role} from '../../config/types.ts';

export type TreeOperation = 'deploy' | 'clean';

/** Which tools a tree has. */
export interface TreeTools {
  readonly era: Era;
  readonly release: Release;
}

export interface TreeScript {
  /** In the folder of the package. */
  readonly script: string;
  readonly args: readonly string[];
}

/** What scripts are told of the machine that they run on. */
export interface ScriptTarget {
  readonly address: string;
  /** The account that packages are sent to. */
  readonly user: string;
  /** What the folder of the package is called. */
  readonly job: string;
}

/**
 * The order of roles of v0.9 and later. Up to v0.8 it is whatever Python's dictionaries make of it, so that workers may
 * come before their API.
 */
export const roleOrder = ['proxy', 'master', 'worker'] as const;

/** A machine is sent the package of one role, as the originals do. */
export function roleOf({roles}: {readonly roles: readonly Role[]}): Role {
  return (['master', 'proxy'] as const).find((role) => roles.includes(role)) ?? 'worker';
}

/** What the package is called in the tree's manifest, and its folder on the machine. */
export function jobOf({era}: TreeTools, operation: TreeOperation, role: Role): string {
  if (operation === 'clean') return 'clean';
  return era < 'C' ? 'src' : `${role}-deployment`;
}

/** `api` is the address that the configuration gives for the API. */
export function bootScripts(
  {era, release}: TreeTools,
  {address, user, job}: ScriptTarget,
  api: string,
): readonly TreeScript[] {
  if (era < 'C') return [{script: 'start.sh', args: [`${api}:8080`, user, address]}];
  return [
    {script: 'hosts-check.sh', args: [address]},
    // Since it merges settings of docker that are in the package.
    {script: 'docker-ce-install.sh', args: isAtLeast(release, 'v0.7') ? [job] : []},
    {script: 'kubelet-start.sh', args: [job]},
  ];
}

/** `force`: the data of etcd too. */
export function cleanScripts(tools: TreeTools, force: boolean): readonly TreeScript[] {
  if (tools.era < 'C') return [{script: 'cleanup.sh', args: []}];
  return [{script: 'kubernetes-cleanup.sh', args: force && canKeepEtcd(tools) ? ['-f'] : []}];
}

/** Earlier scripts remove the data of etcd always. */
export function canKeepEtcd({release}: TreeTools): boolean {
  return isAtLeast(release, 'v0.7');
}

/**
 * /bin/sh is given this text for every script, with the folder of the package, the name of the script, and its arguments.
 * It runs in the folder above, as it did in the original's home folder: scripts name what is in the package from there.
 * Rendered ones were called by bash, others by themselves.
 */
export const treeScript = `folder=$1
script=$2
shift 2
cd "\${folder%/*}" || exit 1
path=./\${folder##*/}/$script
if [ -x "$path" ]; then exec "$path" "$@"; fi
exec bash "$path" "$@"
`;
