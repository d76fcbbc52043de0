/** Takes away what was sent. */

import {basename, dirname, join} from 'node:path';
import {askMachine, endText} from '../machine-answer.ts';
import type {Remote} from '../machine-tools.ts';
import {displayText} from '../names.ts';
import {ProblemError} from '../problem.ts';
import {removeScript} from './machine-scripts.ts';
import {isJobName} from './package-path.ts';

/**
 * Removes the folder that `sendPackage` gave, and those of its run and of all runs where nothing else is in them. One
 * that is gone already is removed. `sudo`: where a job may have made files in it as root. Throws `file-unwritable`
 * where something of it stays.
 */
export async function removePackage(
  remote: Remote,
  folder: string,
  {sudo}: {readonly sudo: boolean},
  signal: AbortSignal,
): Promise<void> {
  if (!isOurs(folder)) throw new Error(`no folder of a package: ${folder}`);
  const {answer, end, said} = await askMachine(
    remote,
    {
      script: removeScript,
      args: [folder, join(dirname(folder), `.part-${basename(folder)}`), dirname(folder), dirname(dirname(folder))],
      sudo,
      deadlineMs: 60_000,
    },
    signal,
  );
  if (answer.first('removed') === folder) return;
  const machine = remote.target.name;
  const error = answer.lines('error').join('\n').trim() || said;
  throw new ProblemError({
    code: 'file-unwritable',
    message: `${displayText(folder)} could not be removed from ${machine}${answer.complete ? '' : `: its /bin/sh ${endText(end)}`}.`,
    hint: `Remove it there: rm -rf ${displayText(folder)}`,
    ...(error === '' ? {} : {detail: error}),
    machine,
    ...(end.exit === undefined ? {} : {exitCode: end.exit}),
  });
}

/** <home>/.pai-tui/<run>/<job>, written plainly: it is handed to rm -rf. */
function isOurs(folder: string): boolean {
  const parts = folder.split('/');
  const [job = '', run = '', ours] = [...parts].reverse();
  const isPlain = parts[0] === '' && parts.slice(1).every((part) => part !== '' && part !== '.' && part !== '..');
  return isPlain && isJobName(job) && isJobName(run) && ours === '.pai-tui';
}
