/** Asks all machines of a cluster at once what has to be known before Kubernetes goes on them. */

import {askMachine, endText} from '../../machine-answer.ts';
import type {MachineAccess, Remote} from '../../machine-tools.ts';
import {each} from '../../machines/each.ts';
import {readFacts, readFactsScript} from '../../machines/facts/read-facts.ts';
import {readMachineScript} from '../../machines/machine-script.ts';
import type {MachineFacts} from '../../machines/types.ts';
import {type Problem, ProblemError, problemOf} from '../../problem.ts';
import type {Clock} from '../../tools.ts';
import {membershipScripts} from '../membership.ts';
import {type Knock, readApiFacts} from './api-endpoints.ts';
import {parseAnswer} from './parse-answer.ts';
import {wordsFor} from './question.ts';
import type {AskedMachine, CheckedCluster, CheckedFacts, CheckedMachine, CheckFacts, MachineAnswer} from './types.ts';

export interface CheckWorld {
  readonly machines: MachineAccess;
  /** This computer's: the clocks of machines are compared with it. */
  readonly clock: Clock;
  /** The folder of what is shipped beside the program. */
  readonly assets: string;
  readonly knock: Knock;
  /** Seconds that programs and registries are given on a machine; absent: 15. */
  readonly patienceSeconds?: number;
}

/** Machines that are asked at once, without those that take long. */
const usualParallel = 40;

/**
 * The facts of every machine and of the API servers; `told` hears each machine as it answers. One that does not is
 * in there with its problem. Rejects only when aborted.
 */
export async function readCheckFacts(
  cluster: CheckedCluster,
  world: CheckWorld,
  told: (machine: AskedMachine) => void,
  signal: AbortSignal,
): Promise<CheckFacts> {
  const {assets, clock} = world;
  const [facts, check] = await Promise.all([
    readFactsScript(assets),
    readMachineScript(assets, 'check.sh', ...membershipScripts),
  ]);
  const [machines, api] = await Promise.all([
    each(cluster.machines, {parallel: usualParallel, clock}, async (machine) => {
      const asked = await askOne(machine, cluster, {...world, facts, check}, signal);
      told(asked);
      return asked;
    }),
    readApiFacts(cluster, world.knock, signal),
  ]);
  return {machines, api};
}

interface Scripts extends CheckWorld {
  readonly facts: string;
  readonly check: string;
}

async function askOne(
  machine: CheckedMachine,
  cluster: CheckedCluster,
  world: Scripts,
  signal: AbortSignal,
): Promise<AskedMachine> {
  const {name} = machine;
  try {
    return await world.machines.use(
      name,
      async (remote) => {
        const question = {script: world.facts, clock: world.clock, askSudo: true};
        const facts = withoutInfinity(await readFacts(remote, question, signal));
        return {name, facts, ...(await askMore(remote, wordsFor(machine, cluster, facts.hostName), world, signal))};
      },
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    return {name, problem: problemOf(error)};
  }
}

type More = Pick<AskedMachine, 'answer' | 'answerProblem' | 'sudoProblem'>;

/** As root, and without that where sudo lets nobody: then less is known, but something. */
async function askMore(remote: Remote, words: readonly string[], world: Scripts, signal: AbortSignal): Promise<More> {
  const asRoot = await question(remote, words, world, true, signal);
  if (!asRoot.problem) return {answer: asRoot.answer};
  if (!isOfSudo(asRoot.problem)) return {answerProblem: asRoot.problem};
  const sudoProblem = asRoot.problem;
  const {answer, problem} = await question(remote, words, world, false, signal);
  return problem ? {sudoProblem, answerProblem: problem} : {sudoProblem, answer};
}

type Outcome =
  | {readonly answer: MachineAnswer; readonly problem?: undefined}
  | {readonly problem: Problem; readonly answer?: undefined};

async function question(
  remote: Remote,
  words: readonly string[],
  {check, patienceSeconds = 15}: Scripts,
  sudo: boolean,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const command = {
      script: check,
      args: [String(patienceSeconds), ...words],
      sudo,
      reads: true as const,
      deadlineMs: (2 * patienceSeconds + 30) * 1000,
    };
    const {answer, end, said} = await askMachine(remote, command, signal);
    if (answer.complete) return {answer: parseAnswer(answer, words)};
    return {
      problem: {
        code: 'facts-unreadable',
        message: `It could not be asked all: its /bin/sh ${endText(end)} before it had told everything.`,
        ...(said === '' ? {} : {detail: said}),
        machine: remote.target.name,
      },
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ProblemError)) throw error;
    return {problem: error.problem};
  }
}

function isOfSudo({code}: Problem): boolean {
  return code === 'sudo-refused' || code === 'secret-missing';
}

/** A clock that the machine does not tell is absent: JSON has no infinity. */
function withoutInfinity({clock, ...facts}: MachineFacts): CheckedFacts {
  return Number.isFinite(clock.uncertainMs) ? {...facts, clock} : facts;
}
