import {readFile} from 'node:fs/promises';
import {join} from 'node:path';

/**
 * A script of assets/machines for `askMachine`, begun as all of them are, without what only people read: it goes to each
 * machine again and again. `assets` is where this program's own files are.
 */
export async function readMachineScript(assets: string, name: 'facts.sh' | 'check.sh'): Promise<string> {
  const parts = await Promise.all(['begin.sh', name].map((file) => readFile(join(assets, 'machines', file), 'utf8')));
  return parts.join('').replace(/^[ \t]*(?:#.*)?\n|^[ \t]+/gm, '');
}
