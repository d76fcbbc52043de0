import type {MachineLogList, MachineLogSource, MachineRunLook} from '../engine/index.ts';
import {showBytes} from './bytes.ts';
import type {Context} from './context.ts';
import {readCount} from './counts.ts';
import {untilInterrupted} from './interrupts.ts';
import {followMachines, namedLine} from './machine-follow.ts';
import {type Asked, namedMachines, readRequest} from './machine-request.ts';
import {codeOfRun, resultDocument} from './machine-results.ts';
import {withMissingSecret, withSecrets} from './missing-secrets.ts';
import {misuse} from './misuse.ts';
import {plainLine, plainText} from './plain.ts';
import {sayProblems} from './problem-groups.ts';
import {table} from './table.ts';
import {readDuration} from './times.ts';
import type {Ended} from './world.ts';

/** `machine logs`: one log of many machines, or which logs one machine has. */
export async function showLogs(context: Context): Promise<Ended> {
  const {output, options} = context;
  const log = sourceOf(context);
  const matches = matcherOf(context);
  const lines = typeof options.lines === 'string' ? {lines: readCount('lines', options.lines)} : {};
  const asked = await readRequest(context);
  const machines = await namedMachines(asked);
  const [first] = machines;
  if (!log) {
    if (!first || machines.length > 1) throw misuse('Say which log: --unit NAME, --file PATH or --container NAME.');
    return listLogs(asked, first.name, context);
  }
  const widest = Math.max(0, ...machines.map(({name}) => name.length));
  const choices = {...lines, log, follow: options.follow === true, ...(options.sudo ? {sudo: true} : {})};
  const looks = new Map<string, MachineRunLook>();
  const documents = new Map<string, object>();
  let stopped = false;
  for (let next: Asked | undefined = asked; next; ) {
    const now: Asked = next;
    const run = now.machines.logs({...now.request, ...choices});
    const timer =
      typeof options.timeout === 'string' ? setTimeout(() => run.cancel(), readDuration(options.timeout)) : undefined;
    const onLine = (machine: string, line: string, stream: 'stdout' | 'stderr') => {
      if (stream === 'stderr') output.say(namedLine(machine, line, widest));
      else if (!matches(line)) return;
      else if (output.json) output.data({machine, text: line});
      else output.print(machines.length === 1 ? line : namedLine(machine, line, widest));
    };
    const isDocument = output.json && !choices.follow;
    const telling = {colour: output.colour, what: 'following', ...(isDocument ? {} : {onLine})};
    try {
      const followed = await followMachines(run, telling, context.world, output);
      stopped ||= followed.stopped;
      for (const look of followed.state.machines) {
        looks.set(look.machine.name, look);
        const document = resultDocument(look, run);
        documents.set(look.machine.name, {...document, stdout: matchingLines(document.stdout, matches)});
      }
      next = stopped ? undefined : await withMissingSecret(now, failuresOf(followed.state.machines), context);
    } finally {
      clearTimeout(timer);
      run.close();
    }
  }
  const all = machines.flatMap(({name}) => looks.get(name) ?? []);
  if (output.json && !choices.follow) {
    output.data({results: machines.flatMap(({name}) => documents.get(name) ?? [])});
  }
  sayProblems(failuresOf(all), output);
  return stopped ? 5 : codeOfRun(all);
}

function sourceOf({options}: Context): MachineLogSource | undefined {
  const {unit, file, container} = options;
  const sources: MachineLogSource[] = [
    ...(typeof unit === 'string' ? [{kind: 'unit' as const, unit}] : []),
    ...(typeof file === 'string' ? [{kind: 'file' as const, path: file}] : []),
    ...(typeof container === 'string' ? [{kind: 'container' as const, container}] : []),
  ];
  if (sources.length > 1) throw misuse('One log at a time: --unit, --file or --container.');
  return sources[0];
}

function matcherOf({options: {grep}}: Context): (line: string) => boolean {
  if (typeof grep !== 'string') return () => true;
  try {
    const pattern = new RegExp(grep, 'u');
    // Colours stand between the letters of what is looked for.
    return (line) => pattern.test(plainText(line));
  } catch (error) {
    throw misuse(`"${plainLine(grep)}" is no regular expression: ${plainLine((error as Error).message)}.`);
  }
}

function matchingLines(text: string, matches: (line: string) => boolean): string {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const kept = lines.filter(matches).map((line) => `${line}\n`);
  return [...kept, ...(last !== '' && matches(last) ? [last] : [])].join('');
}

function failuresOf(looks: readonly MachineRunLook[]) {
  return looks.flatMap(({machine, problem}) => (problem ? [{machine: machine.name, problem}] : []));
}

/** Which logs a machine has. */
async function listLogs(asked: Asked, machine: string, context: Context): Promise<Ended> {
  const {world, output, options} = context;
  const sudo = options.sudo ? {sudo: true} : {};
  const list = await withSecrets(asked, machine, context, ({machines, request}) =>
    untilInterrupted(world, (signal) => machines.listLogs({...request, ...sudo}, signal)),
  );
  if (output.json) {
    output.data({machine, ...list});
    return 0;
  }
  output.print(logTable(list));
  for (const sentence of list.missing) output.say(`note: ${plainLine(sentence)}`);
  return 0;
}

function logTable({units, files, containers}: MachineLogList): string {
  return table(
    ['LOG', 'STATE', 'ABOUT'],
    [
      ...units.map(({unit, state, about}) => [`--unit ${unit}`, state, about]),
      ...files.map(({path, bytes}) => [`--file ${path}`, showBytes(bytes), '']),
      ...containers.map(({container, name, state, image, pod}) => [
        `--container ${container}`,
        state,
        `${name}${pod === undefined ? '' : ` in ${pod}`}: ${image}`,
      ]),
    ],
  );
}
