/** Scripts of assets/etcd that work with the member of a master, inside its own container. */

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {checksums} from '../../package/machine-scripts.ts';

export type MemberScript = 'snapshot.sh' | 'tend.sh' | 'membership.sh' | 'hash.sh' | 'entry.sh';

/** $1 of each of them. Fixed, so that a plan can name the arguments. */
export const memberMark = 'pai-tui-etcd';

/** The text of a script, for its effect and for the machine, without what only people read. */
export async function readMemberScript(assets: string, name: MemberScript): Promise<string> {
  const files = ['settings.sh', 'member.sh', name].map((file) => readFile(join(assets, 'etcd', file), 'utf8'));
  const text = (await Promise.all(files)).join('').replace(/^[ \t]*(?:#.*)?\n|^[ \t]+/gm, '');
  // What snapshots are made of alone goes to stdout.
  return name === 'snapshot.sh' ? `exec 3>&1 >&2\n${checksums}${text}` : text;
}
