/** A folder of this computer that a package is written into, to be read. */

import {readdir} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {displayText, nearestNames} from '../../names.ts';
import type {Package} from '../../package/types.ts';
import {ProblemError} from '../../problem.ts';
import type {Files} from '../../tools.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import type {WrittenPackage} from '../types.ts';

/** Throws `unknown-name`, with the nearest. */
export function machineNamed(wanted: string, {machines}: ClusterLayout): ClusterMachine {
  const machine = machines.find(({name}) => name === wanted);
  if (machine) return machine;
  const names = machines.map(({name}) => name);
  const [nearest] = nearestNames(wanted, names);
  throw new ProblemError({
    code: 'unknown-name',
    message: `The configuration has no machine ${displayText(wanted)}.`,
    hint: nearest === undefined ? `It has: ${names.join(', ')}.` : `Did you mean ${nearest}?`,
  });
}

/** Throws `usage` where the folder holds something; one that is not there is empty. */
export async function checkEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new ProblemError({
      code: 'usage',
      message: `${displayText(folder)} cannot be written into: ${error.code}.`,
      hint: 'Name a folder that is empty or not there yet.',
    });
  });
  if (entries.length === 0) return;
  throw new ProblemError({
    code: 'usage',
    message: `${displayText(folder)} holds something already, and nothing is mixed with it.`,
    hint: 'Name a folder that is empty or not there yet.',
  });
}

/** The files of a package below its name, and the modes that they are sent with. */
export async function packageTexts({
  job,
  files,
}: Package): Promise<readonly (readonly [string, string | Uint8Array])[]> {
  const modes = files.map(({path, mode}) => `${mode.toString(8).padStart(4, '0')} ${job}/${path}\n`).join('');
  const texts = files.map(async ({path, read}) => [`${job}/${path}`, await read()] as const);
  return [['modes.txt', modes], ...(await Promise.all(texts))];
}

/** Each for its owner alone: what a machine is sent is nobody else's. Throws `file-unwritable`. */
export async function writeTexts(
  folder: string,
  texts: ReadonlyMap<string, string | Uint8Array>,
  files: Pick<Files, 'makeFolder' | 'writeFile'>,
): Promise<WrittenPackage['files']> {
  for (const [path, content] of texts) {
    await files.makeFolder(dirname(join(folder, path)));
    await files.writeFile(join(folder, path), content, 0o600);
  }
  return [...texts].map(([path, content]) => ({path, bytes: Buffer.byteLength(content)}));
}
