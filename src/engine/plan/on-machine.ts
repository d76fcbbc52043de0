/** What tasks do on machines: run a script to its end, with a package beside it where it needs one. */

import {basename} from 'node:path';
import {endText} from '../machine-answer.ts';
import type {RemoteCommand} from '../machine-tools.ts';
import {displayText} from '../names.ts';
import {removePackage} from '../package/remove-package.ts';
import {sendPackage} from '../package/send-package.ts';
import type {Package} from '../package/types.ts';
import {ProblemError, problemOf} from '../problem.ts';
import type {TaskContext} from './types.ts';

export interface Step extends RemoteCommand {
  /** For people: 'start-kubelet.sh'. */
  readonly name: string;
}

/** Bytes of stdout that are kept for the task, and of the last output that are shown with a failure. */
const mostBytes = 64 * 1024;
const lastBytes = 2000;

/**
 * Runs a script on a machine to its end; what it prints goes into the task's log. Returns the last it printed to stdout.
 * Throws `script-failed` where its exit code is not 0, and what `Remote.run` throws.
 */
export async function runStep(on: string, {name, ...command}: Step, context: TaskContext): Promise<string> {
  const {tools, signal} = context;
  let stdout = Buffer.alloc(0);
  let last = Buffer.alloc(0);
  const heard = (bytes: Uint8Array) => {
    last = Buffer.concat([last, bytes]).subarray(-lastBytes);
    context.output(bytes);
  };
  const watch = {
    stdout(bytes: Uint8Array) {
      stdout = Buffer.concat([stdout, bytes]).subarray(-mostBytes);
      heard(bytes);
    },
    stderr: heard,
  };
  const end = await tools.machines.use(on, (remote) => remote.run(command, watch, signal), signal);
  if (end.exit === 0) return stdout.toString('utf8');
  const said = last.toString('utf8').split(/\r?\n/).map(displayText).join('\n').trim();
  throw new ProblemError({
    code: 'script-failed',
    message: `${name} on ${on} ${endText(end)}.`,
    hint: 'Its last lines say why. Mend that on the machine and repeat the run; what is done is not done again.',
    ...(said === '' ? {} : {detail: said}),
    machine: on,
    command: name,
    ...(end.exit === undefined ? {} : {exitCode: end.exit}),
  });
}

/**
 * Sends a package to a machine, works with it there and removes it again, also where the work failed or was told to
 * stop. `folder` is where it lies on the machine.
 */
export async function withPackage<T>(
  on: string,
  pack: Package,
  context: TaskContext,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const {tools, signal, output} = context;
  const request = {run: basename(context.runFolder), sudo: true, always: true};
  const sent = await tools.machines.use(on, (remote) => sendPackage(remote, pack, request, signal), signal);
  if (!sent.sent) throw new Error('a package that is always sent was not');
  for (const {message} of sent.notices) output(`${message}\r\n`);
  const remove = () => {
    const still = AbortSignal.timeout(60_000);
    return tools.machines.use(on, (remote) => removePackage(remote, sent.folder, {sudo: true}, still), still);
  };
  let result: T;
  try {
    result = await work(sent.folder);
  } catch (failure) {
    // Why the work failed is what is told of the task, whatever becomes of the package.
    await remove().catch((error: unknown) => output(`${problemOf(error).message}\r\n`));
    throw failure;
  }
  await remove();
  return result;
}
