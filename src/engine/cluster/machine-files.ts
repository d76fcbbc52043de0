/** Files of a machine that may hold keys, read as root into memory and nowhere else. */

import {askMachine} from '../machine-answer.ts';
import type {MachineAccess} from '../machine-tools.ts';
import {ProblemError} from '../problem.ts';
import {Secret} from '../secret.ts';

const script = `mark=$1
shift
number=0
for path; do
  number=$((number + 1))
  if [ -f "$path" ]; then
    printf '%s there %s\\n' "$mark" "$number"
    sed "s/^/$mark text-$number /" "$path"
    echo
  fi
done
printf '%s end ended\\n' "$mark"
`;

/**
 * Those of the text files that are there, by their paths. Throws `facts-unreadable` where the machine did not tell all, and
 * what `Remote.run` throws.
 */
export async function readMachineFiles(
  machines: MachineAccess,
  machine: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Secret>> {
  const command = {script, args: paths, sudo: true, reads: true, deadlineMs: 60_000} as const;
  const {answer} = await machines.use(machine, (remote) => askMachine(remote, command, signal), signal);
  if (!answer.complete) {
    throw new ProblemError({
      code: 'facts-unreadable',
      message: `The certificates that are on ${machine} could not be read to their end.`,
      hint: 'Try again; nothing was changed by that.',
      machine,
    });
  }
  const there = new Set(answer.lines('there').map(Number));
  return new Map(
    paths.flatMap((path, index) =>
      there.has(index + 1) ? [[path, new Secret(`${answer.lines(`text-${index + 1}`).join('\n')}\n`)] as const] : [],
    ),
  );
}
