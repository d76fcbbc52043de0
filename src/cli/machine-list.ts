import {isError, type MachineInfo, type MachineList, type MachineLook, type Problem} from '../engine/index.ts';
import type {Context} from './context.ts';
import {untilInterrupted} from './interrupts.ts';
import {type Asked, isUnreadKeys, noMachines, readRequest} from './machine-request.ts';
import {addressWords, agoWords, codeOfMachines, machineDocument} from './machine-words.ts';
import {withMissingSecret} from './missing-secrets.ts';
import {plainLine} from './plain.ts';
import {sayProblems} from './problem-groups.ts';
import {table} from './table.ts';
import {readDuration} from './times.ts';
import type {Ended} from './world.ts';

/** How long machines that say nothing are waited for; the engine gives up on each before that. */
const longestMs = 60_000;

/** `machine list`: what the configuration says, and whether each machine answers. */
export async function listMachines(context: Context): Promise<Ended> {
  const {output, options} = context;
  const asked = await readRequest(context, {sampleToo: options.offline === true});
  const list = await asked.machines.list(asked.request);
  sayListProblems(list.problems, output);
  if (list.machines.length === 0) throw noMachines(asked);
  if (options.offline) {
    tell(list, list.machines.map(notAsked), context);
    return 0;
  }
  const limit = typeof options.timeout === 'string' ? readDuration(options.timeout) : longestMs;
  const looks = await lookAll(asked, list, limit, context);
  tell(list, looks, context);
  sayProblems(
    looks.flatMap(({machine, problem}) => (problem ? [{machine: machine.name, problem}] : [])),
    output,
  );
  return codeOfMachines(
    looks.map(({state, problem}) => ({
      fine: state === 'up' || state === 'degraded',
      unreached: state === 'up' || state === 'degraded' ? undefined : (problem ?? nobodyAnswered),
    })),
  );
}

/** What is wrong; of what is only odd in the configuration, how much there is: `config check` tells it. */
function sayListProblems(problems: readonly Problem[], output: Context['output']): void {
  const isTold = (problem: Problem) => isError(problem) || isUnreadKeys(problem);
  for (const problem of problems.filter(isTold)) output.problem(problem);
  const odd = problems.filter((problem) => !isTold(problem)).length;
  if (odd > 0)
    output.say(
      `note: the configuration has ${odd === 1 ? 'a warning' : `${odd} warnings`}, which pai-tui config check tells`,
    );
}

/** Asks, and asks those again that only wanted a password. */
async function lookAll(
  asked: Asked,
  {machines}: MachineList,
  limit: number,
  context: Context,
): Promise<readonly MachineLook[]> {
  const looks = new Map<string, MachineLook>(machines.map((machine) => [machine.name, notAsked(machine)]));
  for (let next: Asked | undefined = asked; next; ) {
    const now = next;
    for (const look of await untilInterrupted(context.world, (signal) => lookOnce(now, limit, signal))) {
      looks.set(look.machine.name, look);
    }
    const refusals = [...looks.values()].flatMap(({machine, problem}) =>
      problem ? [{machine: machine.name, problem}] : [],
    );
    next = await withMissingSecret(now, refusals, context);
  }
  return [...looks.values()];
}

/** Waits until every machine has answered or was given up, but not longer than the limit. */
async function lookOnce(
  {machines, request}: Asked,
  limit: number,
  signal: AbortSignal,
): Promise<readonly MachineLook[]> {
  const store = machines.watch(request);
  try {
    return await new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        unsubscribe();
        signal.removeEventListener('abort', stop);
      };
      const stop = () => {
        end();
        reject(signal.reason);
      };
      const done = () => {
        end();
        resolve(store.get());
      };
      const look = () => {
        if (store.get().length > 0 && store.get().every(isAnswered)) done();
      };
      const timer = setTimeout(done, limit);
      const unsubscribe = store.subscribe(look);
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      else look();
    });
  } finally {
    store.close();
  }
}

function isAnswered({state, askedAt, problem}: MachineLook): boolean {
  return state !== 'asking' && (state !== 'unknown' || (askedAt !== undefined && problem !== undefined));
}

function notAsked(machine: MachineInfo): MachineLook {
  return {machine, state: 'unknown', complaints: []};
}

const nobodyAnswered: Problem = {code: 'machine-unreachable', message: 'It did not answer in time.'};

function tell({groups}: MachineList, looks: readonly MachineLook[], {output}: Context): void {
  if (output.json) {
    output.data({machines: looks.map(lookDocument), groups});
    return;
  }
  output.print(
    table(
      ['NAME', 'ADDRESS', 'ROLE', 'STATE', 'SEEN', 'NOTE'],
      looks.map((look) => [
        look.machine.name,
        addressWords(look.machine),
        look.machine.roles.join(', ') || '-',
        stateOf(look),
        look.seenAt === undefined ? '-' : agoWords(Date.now() - look.seenAt),
        look.complaints.join('; ') || look.machine.sku?.name || '',
      ]),
    ),
  );
  if (groups.length > 0) {
    output.print(`\nGroups: ${groups.map(({name, machines}) => `${plainLine(name)} (${machines.length})`).join(', ')}`);
  }
}

function lookDocument(look: MachineLook) {
  const {machine, seenAt, complaints, problem} = look;
  return {
    ...machineDocument(machine),
    state: stateOf(look),
    seen: seenAt === undefined ? null : new Date(seenAt).toISOString(),
    ...(complaints.length > 0 ? {complaints} : {}),
    ...(problem ? {problem} : {}),
  };
}

/** One that is still being asked when the time is over is not known. */
function stateOf({state}: MachineLook): MachineLook['state'] {
  return state === 'asking' ? 'unknown' : state;
}
