import type {FactsReport, Problem} from '../engine/index.ts';
import type {Context} from './context.ts';
import {factsPage} from './facts-page.ts';
import {factsTable} from './facts-table.ts';
import {untilInterrupted} from './interrupts.ts';
import {type Asked, namedMachines, readRequest} from './machine-request.ts';
import {codeOfMachines, machineDocument} from './machine-words.ts';
import {withMissingSecret} from './missing-secrets.ts';
import {sayProblems} from './problem-groups.ts';
import {readDuration} from './times.ts';
import type {Ended} from './world.ts';

/** `machine facts`: one machine on a page, several in a table, everything of all as JSON. */
export async function tellFacts(context: Context): Promise<Ended> {
  const {output} = context;
  const asked = await readRequest(context);
  const machines = await namedMachines(asked);
  const reports = new Map<string, FactsReport>();
  for (let next: Asked | undefined = asked; next; ) {
    for (const report of await ask(next, machines.length, context)) reports.set(report.machine.name, report);
    next = await withMissingSecret(next, failuresOf([...reports.values()]), context);
  }
  const all = machines.flatMap(({name}) => reports.get(name) ?? []);
  if (output.json) output.data({machines: all.map(factsDocument)});
  else {
    const told = all.filter(({facts}) => facts);
    if (told.length === 1 && told[0]) output.print(factsPage(told[0]));
    else if (told.length > 1) output.print(factsTable(told));
  }
  sayProblems(failuresOf(all), output);
  return codeOfMachines(all.map(({problem}) => ({fine: problem === undefined, unreached: problem})));
}

async function ask(
  {machines, request}: Asked,
  count: number,
  {world, output, options}: Context,
): Promise<readonly FactsReport[]> {
  const limit = typeof options.timeout === 'string' ? AbortSignal.timeout(readDuration(options.timeout)) : undefined;
  const came = new Map<string, FactsReport>();
  const told = (report: FactsReport) => {
    came.set(report.machine.name, report);
    output.statusLine?.draw(`${came.size} of ${count} machines have answered`);
  };
  try {
    return await untilInterrupted(world, (stop) =>
      machines.facts(request, told, limit ? AbortSignal.any([stop, limit]) : stop),
    );
  } catch (error) {
    if (!limit?.aborted || error !== limit.reason) throw error;
    const {machines: asked} = await machines.list(request);
    return asked.map((machine) => came.get(machine.name) ?? {machine, problem: notInTime});
  } finally {
    output.statusLine?.erase();
  }
}

const notInTime: Problem = {
  code: 'machine-unreachable',
  message: 'It did not answer in time.',
  hint: 'Give it longer with --timeout DURATION.',
};

function failuresOf(reports: readonly FactsReport[]) {
  return reports.flatMap(({machine, problem}) => (problem ? [{machine: machine.name, problem}] : []));
}

function factsDocument({machine, facts, problem}: FactsReport) {
  return {
    ...machineDocument(machine),
    state: problem ? stateOf(problem) : 'up',
    seen: problem ? null : new Date().toISOString(),
    ...(facts ? {facts} : {}),
    ...(problem ? {problem} : {}),
  };
}

function stateOf({code}: Problem): 'refused' | 'unknown' | 'down' {
  if (code === 'login-refused' || code === 'secret-missing') return 'refused';
  return code.startsWith('host-key-') ? 'unknown' : 'down';
}
