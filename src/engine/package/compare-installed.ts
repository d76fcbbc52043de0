/** Whether what a package would install is there already. */

import {askMachine, endText} from '../machine-answer.ts';
import type {Remote} from '../machine-tools.ts';
import {ProblemError} from '../problem.ts';
import {type ChecksumTool, checksumOf, checksumsIn, toolIn} from './checksums.ts';
import {compareScript} from './machine-scripts.ts';
import type {Package, PackageFile} from './types.ts';

export interface Comparison {
  /** Files of the package that are installed somewhere, and are not there or not the same. */
  readonly differing: readonly string[];
  /** How many files of the package are installed somewhere. */
  readonly compared: number;
  readonly tool: ChecksumTool;
}

/**
 * Compares installed files in one round trip. What the account may not read counts as different: most of it lies below
 * /etc/kubernetes, so `sudo` is what gives true answers.
 */
export async function compareInstalled(
  remote: Remote,
  pack: Package,
  {sudo}: {readonly sudo: boolean},
  signal: AbortSignal,
): Promise<Comparison> {
  const installed = pack.files.filter((file) => file.installed !== undefined);
  const {answer, end, said} = await askMachine(
    remote,
    {
      script: compareScript,
      stdin: installed.map((file) => `${file.installed}\n`).join(''),
      sudo,
      reads: true,
      deadlineMs: 60_000,
    },
    signal,
  );
  const tool = toolIn(answer);
  if (!answer.complete || tool === undefined) {
    const machine = remote.target.name;
    throw new ProblemError({
      code: 'facts-unreadable',
      message: `Installed files of ${machine} cannot be compared: its /bin/sh ${endText(end)}.`,
      hint: 'Log in there and look whether /bin/sh is a POSIX shell and works.',
      ...(said === '' ? {} : {detail: said}),
      machine,
      ...(end.exit === undefined ? {} : {exitCode: end.exit}),
    });
  }
  const found = checksumsIn(answer);
  const differing: string[] = [];
  for (const file of installed) if (!(await isSame(file, found, tool))) differing.push(file.path);
  return {differing, compared: installed.length, tool};
}

async function isSame(file: PackageFile, found: ReadonlyMap<string, string>, tool: ChecksumTool): Promise<boolean> {
  const there = found.get(file.installed ?? '');
  return there !== undefined && there === checksumOf(await file.read(), tool);
}
