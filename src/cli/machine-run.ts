import {resolve} from 'node:path';
import {type MachineRun, type MachineRunLook, type OutputGroup, ProblemError, shellWord} from '../engine/index.ts';
import type {Context} from './context.ts';
import {readCount} from './counts.ts';
import {followMachines, namedLine} from './machine-follow.ts';
import {type Asked, namedMachines, readRequest} from './machine-request.ts';
import {codeOfRun, groupText, outcomeWords, resultDocument} from './machine-results.ts';
import {withMissingSecret} from './missing-secrets.ts';
import {refuseReadOnly} from './operation.ts';
import {sayProblems} from './problem-groups.ts';
import {readDuration} from './times.ts';
import type {Ended} from './world.ts';

/** `machine run`: one command on many machines. */
export async function runOnMachines(context: Context): Promise<Ended> {
  const {output, options, rest} = context;
  if (options.readonly) refuseReadOnly('machine run', 'Leave --readonly out.');
  const limits = limitsOf(context);
  const asked = await readRequest(context);
  const machines = await namedMachines(asked);
  const widest = Math.max(0, ...machines.map(({name}) => name.length));
  const isAlone = machines.length === 1;

  const looks = new Map<string, MachineRunLook>();
  const documents = new Map<string, object>();
  const groups: OutputGroup[] = [];
  let stopped = false;
  for (let next: Asked | undefined = asked; next; ) {
    const now: Asked = next;
    const run = now.machines.run({...now.request, script: scriptOf(rest), ...limits}, new AbortController().signal);
    try {
      const followed = await follow(run, {isAlone, widest}, context);
      if (followed.state.problem) throw new ProblemError(followed.state.problem);
      stopped ||= followed.stopped;
      for (const look of followed.state.machines) {
        looks.set(look.machine.name, look);
        documents.set(look.machine.name, resultDocument(look, run));
      }
      next = stopped ? undefined : await withMissingSecret(now, failuresOf(followed.state.machines), context);
      const again = new Set(next?.request.names);
      groups.push(...run.groups().filter(({machines}) => !machines.every(({name}) => again.has(name))));
    } finally {
      run.close();
    }
  }
  const all = machines.flatMap(({name}) => looks.get(name) ?? []);
  if (output.json) output.data({results: machines.flatMap(({name}) => documents.get(name) ?? [])});
  else if (!isAlone) for (const group of groups) output.print(groupText(group, output));
  sayProblems(failuresOf(all), output);
  if (!output.json && (!isAlone || codeOfRun(all) !== 0)) output.say(outcomeOf(all));
  return stopped ? 5 : codeOfRun(all);
}

/** One word is a script; several are a command with arguments that the machine's shell must not read again. */
export function scriptOf(words: readonly string[]): string {
  const [only = ''] = words;
  return words.length === 1 ? only : words.map(shellWord).join(' ');
}

function follow(
  run: MachineRun,
  {isAlone, widest}: {readonly isAlone: boolean; readonly widest: number},
  {world, output}: Context,
) {
  // One machine is told as it comes; of several that is what goes on, and the result comes at the end.
  const tell = (machine: string, line: string, stream: 'stdout' | 'stderr') => {
    if (!isAlone) output.say(namedLine(machine, line, widest));
    else if (stream === 'stdout') output.print(line);
    else output.say(line);
  };
  const choices = {colour: output.colour, what: 'the command', ...(output.json ? {} : {onLine: tell})};
  return followMachines(run, choices, world, output);
}

function failuresOf(looks: readonly MachineRunLook[]) {
  return looks.flatMap(({machine, problem}) => (problem ? [{machine: machine.name, problem}] : []));
}

function outcomeOf(looks: readonly MachineRunLook[]): string {
  const [only] = looks;
  if (looks.length === 1 && only?.end?.exit !== undefined) return `exit ${only.end.exit}`;
  if (looks.length === 1 && only?.end?.signal !== undefined) return `ended by ${only.end.signal}`;
  return outcomeWords(looks);
}

function limitsOf({options, world}: Context) {
  const folder = options['output-dir'];
  return {
    ...(options.sudo ? {sudo: true} : {}),
    ...(options['fail-fast'] ? {failFast: true} : {}),
    ...(typeof options.parallel === 'string' ? {parallel: readCount('parallel', options.parallel)} : {}),
    ...(typeof options.timeout === 'string' ? {deadlineMs: readDuration(options.timeout)} : {}),
    ...(typeof folder === 'string' ? {outputDir: resolve(world.cwd, folder)} : {}),
  };
}
