/** Drift of all machines: what each should have depends on what the others have. */

import {sha256Of} from '../../package/checksums.ts';
import {together} from '../../plan/together.ts';
import {ProblemError, problemOf} from '../../problem.ts';
import type {Clock, Files} from '../../tools.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import type {DecidedPodNetwork} from '../packages/choice.ts';
import {type CommonOfCluster, clusterPackage, commonOfCluster} from '../packages/packages.ts';
import {plainHttpFile} from '../packages/plain-http.ts';
import type {MachineAnswer} from './ask-machine.ts';
import {judgeDrift} from './judge-drift.ts';
import {bridgesIn, podNetworkSeen} from './pod-network.ts';
import type {DriftEntry, StatusPart} from './types.ts';

type Drift = StatusPart<readonly DriftEntry[]>;

export interface DriftWorld {
  readonly assets: string;
  readonly files: Pick<Files, 'resolveInside'>;
  readonly clock: Clock;
}

/** What was compared earlier, by machine: rendering takes time, and mostly nothing has changed since. */
export type DriftMemory = Map<string, {readonly of: string; readonly drift: Drift}>;

/** By the names of the machines that answered. Those that answer as they did when they were remembered are not compared anew. */
export async function judgeDrifts(
  layout: ClusterLayout,
  answers: ReadonlyMap<string, MachineAnswer>,
  world: DriftWorld,
  memory: DriftMemory = new Map(),
): Promise<ReadonlyMap<string, Drift>> {
  const podNetwork = podNetworkSeen(layout, bridgesIn(answers));
  const network = sha256Of(JSON.stringify(podNetwork));
  const found = new Map<string, Drift>();
  let common: CommonOfCluster | undefined;
  for (const machine of layout.machines) {
    const answer = answers.get(machine.name);
    if (!answer) continue;
    const of = sha256Of(`${network} ${JSON.stringify(answer, mapsAsLists)}`);
    const before = memory.get(machine.name);
    if (before?.of === of) {
      found.set(machine.name, {...before.drift, at: world.clock.now()});
      continue;
    }
    common ??= commonOfCluster(world.assets, layout, {podNetwork});
    const drift = await driftOf(machine, {layout, podNetwork, answer, common, ...world});
    found.set(machine.name, drift);
    if (!drift.problem) memory.set(machine.name, {of, drift});
  }
  return found;
}

function mapsAsLists(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}

interface OneMachine extends DriftWorld {
  readonly layout: ClusterLayout;
  readonly podNetwork: DecidedPodNetwork;
  readonly answer: MachineAnswer;
  readonly common: CommonOfCluster;
}

async function driftOf(machine: ClusterMachine, {podNetwork, answer, clock, ...given}: OneMachine): Promise<Drift> {
  try {
    // The manifest names the settings, so that others make another pod; they hold a token and are not known here.
    const plainHttpDigest = answer.sums.get(plainHttpFile)?.slice(0, 16);
    const choice = {podNetwork, ...(plainHttpDigest === undefined ? {} : {plainHttpDigest})};
    const {package: pack, problems} = await clusterPackage({...given, choice, machine, operation: 'deploy'});
    if (!pack) throw new ProblemError(together(problems) ?? {code: 'bug', message: 'There is no package.'});
    return {known: await judgeDrift({layout: given.layout, machine, podNetwork, pack, answer}), at: clock.now()};
  } catch (error) {
    return {problem: problemOf(error)};
  }
}
