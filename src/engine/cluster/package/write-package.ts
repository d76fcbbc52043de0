/** What a machine would be sent for an operation, as files on this computer. */

import type {Readable} from 'node:stream';
import type {MachineAccess} from '../../machine-tools.ts';
import {together} from '../../plan/together.ts';
import {isError, type Problem, ProblemError, problemOf} from '../../problem.ts';
import type {Clock, Files} from '../../tools.ts';
import {dockerInput, dockerSource} from '../boot/docker-input.ts';
import {decidePodNetwork} from '../boot/pod-network.ts';
import {tlsKnock} from '../check/api-endpoints.ts';
import {readCheckFacts} from '../check/read-check-facts.ts';
import type {AskedMachine} from '../check/types.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import {membershipOf} from '../membership.ts';
import type {DecidedPodNetwork} from '../packages/choice.ts';
import {clusterPackage} from '../packages/packages.ts';
import {type ClusterOperation, type ClusterStep, certificateSteps, cleanSteps, deploySteps} from '../packages/steps.ts';
import type {PackageWish, WrittenPackage} from '../types.ts';
import {certificatesText, stdinFile, stepsText} from './package-texts.ts';
import {checkEmpty, machineNamed, packageTexts, writeTexts} from './written-folder.ts';

export interface PackageWorld {
  readonly machines: MachineAccess;
  readonly files: Pick<Files, 'resolveInside' | 'makeFolder' | 'writeFile'>;
  readonly clock: Clock;
  readonly assets: string;
}

/** Throws `unknown-name`, `usage` where the folder holds something, `file-unwritable`. */
export async function writePackage(
  layout: ClusterLayout,
  wish: PackageWish,
  world: PackageWorld,
  signal: AbortSignal,
): Promise<WrittenPackage> {
  const {operation, folder} = wish;
  const machine = machineNamed(wish.machine, layout);
  await checkEmpty(folder);
  const {podNetwork, asked} = await networkOf(layout, world, signal);
  const choice = {podNetwork};
  const {files, assets} = world;
  const {package: pack, problems} = await clusterPackage({assets, layout, choice, machine, operation, files});
  if (!pack) throw new ProblemError(together(problems.filter(isError)) ?? noPackage);
  const steps = stepsOf(operation, layout, machine);
  const docker = await dockerTexts({layout, machine, podNetwork, asked, steps}, world.machines, signal);
  const texts = new Map<string, string | Uint8Array>([
    ['steps.txt', stepsText(steps)],
    ...(await packageTexts(pack)),
    ...steps
      .filter(({stdin}) => stdin === 'certificates')
      .map(({script}) => [stdinFile(script), certificatesText(layout, machine)] as const),
    ...docker.texts,
  ]);
  const written = await writeTexts(folder, texts, files);
  return {...{machine: machine.name, job: pack.job, folder}, files: written, problems: docker.problems};
}

const noPackage: Problem = {code: 'package-corrupt', message: 'What is shipped for a machine cannot be gathered.'};

/** As a boot would decide it now: where that is left open, by asking all machines. */
async function networkOf(
  layout: ClusterLayout,
  {machines, clock, assets}: PackageWorld,
  signal: AbortSignal,
): Promise<{readonly podNetwork: DecidedPodNetwork; readonly asked: readonly AskedMachine[]}> {
  const {podNetwork} = layout;
  if (podNetwork.kind === 'host' || podNetwork.kind === 'manifest') return {podNetwork, asked: []};
  const facts = await readCheckFacts(layout, {machines, clock, assets, knock: tlsKnock(clock)}, () => {}, signal);
  const isBooted = facts.machines.some(({answer}) => membershipOf(answer?.member, layout) === 'this cluster');
  return {podNetwork: decidePodNetwork(layout, facts, isBooted), asked: facts.machines};
}

function stepsOf(operation: ClusterOperation, layout: ClusterLayout, machine: ClusterMachine): readonly ClusterStep[] {
  switch (operation) {
    case 'deploy':
      return deploySteps(layout, machine);
    case 'certificates':
      return certificateSteps(layout, machine);
    case 'clean':
      return cleanSteps(layout, machine, {keepAs: 'kept-RUN'});
  }
}

interface DockerTexts {
  readonly layout: ClusterLayout;
  readonly machine: ClusterMachine;
  readonly podNetwork: DecidedPodNetwork;
  readonly asked: readonly AskedMachine[];
  readonly steps: readonly ClusterStep[];
}

/** Settings of docker are made of those that the machine has: where it cannot be asked, that is said in their place. */
async function dockerTexts(
  {layout, machine, podNetwork, asked, steps}: DockerTexts,
  machines: MachineAccess,
  signal: AbortSignal,
): Promise<{readonly texts: readonly (readonly [string, string])[]; readonly problems: readonly Problem[]}> {
  const texts: [string, string][] = [];
  const problems: Problem[] = [];
  for (const {stdin, script} of steps) {
    if (stdin === 'docker source') texts.push([stdinFile(script), sourceWords(layout, await dockerSource(layout))]);
    if (stdin !== 'docker settings') continue;
    const isFresh = asked.find(({name}) => name === machine.name)?.answer?.hasDocker === false;
    try {
      const settings = await dockerInput({layout, machine, podNetwork, isFresh}, machines, signal);
      texts.push([stdinFile(script), settings]);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProblemError)) throw error;
      const problem = problemOf(error);
      problems.push({...problem, severity: 'warning', message: `Settings of docker are not known: ${problem.message}`});
      texts.push([stdinFile(script), `(the daemon.json of ${machine.name}, with what is added to it)\n`]);
    }
  }
  return {texts, problems};
}

function sourceWords({docker: {bundle}}: ClusterLayout, source: string | Readable | undefined): string {
  if (typeof source === 'string') return source;
  source?.destroy();
  return `(the bytes of ${bundle ?? 'nothing'})\n`;
}
