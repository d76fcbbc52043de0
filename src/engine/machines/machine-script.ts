import {readFile} from 'node:fs/promises';
import {join} from 'node:path';

/**
 * A script of assets/machines for `askMachine`, begun as all of them are, without what only people read: it goes to each
 * machine again and again. `assets` is where this program's own files are; `between` are those of them that it builds on.
 */
export async function readMachineScript(
  assets: string,
  name: 'facts.sh' | 'check.sh' | 'remains.sh' | 'etcd.sh' | 'cluster.sh',
  ...between: readonly string[]
): Promise<string> {
  const files = ['machines/begin.sh', ...between, `machines/${name}`];
  const parts = await Promise.all(files.map((file) => readFile(join(assets, file), 'utf8')));
  return parts.join('').replace(/^[ \t]*(?:#.*)?\n|^[ \t]+/gm, '');
}
