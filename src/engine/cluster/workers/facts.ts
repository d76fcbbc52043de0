/** What has to be known before workers come to a cluster that runs, or go from it. Plain JSON. */

import type {Kube} from '../../kube-tools.ts';
import type {FactWorld, RunRequest} from '../../plan/types.ts';
import {type Problem, ProblemError} from '../../problem.ts';
import {withApi} from '../boot/api.ts';
import {type FoundMachine, foundMachine} from '../boot/facts.ts';
import {decidePodNetwork} from '../boot/pod-network.ts';
import {tlsKnock} from '../check/api-endpoints.ts';
import {judgeCluster} from '../check/judge.ts';
import {readCheckFacts} from '../check/read-check-facts.ts';
import type {CheckResult} from '../check/types.ts';
import type {DecidedPodNetwork} from '../packages/choice.ts';
import {type AskedMachines, readAskedMachines} from './asked-machines.ts';

export interface WorkerFacts extends AskedMachines {
  readonly podNetwork: DecidedPodNetwork;
  /** In the order of the layout. */
  readonly machines: readonly FoundMachine[];
  /** Of all machines, those too that nothing is done to. */
  readonly checks: readonly CheckResult[];
  /** As the API knows them. */
  readonly nodes: readonly SeenNode[];
}

interface SeenNode {
  readonly name: string;
  /** Whether its kubelet was heard lately, and is well. */
  readonly isReady: boolean;
  /** New pods are sent there. */
  readonly isSchedulable: boolean;
}

/**
 * Asks every machine, since all of them lead to each other's pods, and the API. `more` is asked of the API besides. Throws
 * what makes any plan impossible: a configuration that is wrong, an API that does not answer.
 */
export async function readWorkerFacts<More>(
  request: RunRequest & {readonly config: string; readonly names: readonly string[]},
  {tools}: FactWorld,
  more: (api: Kube, asked: AskedMachines) => Promise<More>,
  signal: AbortSignal,
): Promise<WorkerFacts & {readonly more: More}> {
  const asked = await readAskedMachines(request);
  const {layout} = asked;
  const {assets, clock, machines} = tools;
  const checked = await readCheckFacts(layout, {machines, clock, assets, knock: tlsKnock(clock)}, () => {}, signal);
  const found = checked.machines.map((one) => foundMachine(one, checked.api, layout));
  const isBooted = found.some(({isMember}) => isMember);
  if (!isBooted) throw new ProblemError(notBooted(layout.name));
  const masters = layout.masters.map(({name}) => name);
  const {nodes, answer} = await withApi(masters, {tools, signal}, async (api) => ({
    nodes: await api.nodes(signal),
    answer: await more(api, asked),
  }));
  return {
    ...asked,
    podNetwork: decidePodNetwork(layout, checked, isBooted),
    machines: found,
    checks: judgeCluster(checked, layout),
    nodes: nodes.map(({name, ready, schedulable}) => ({
      ...{name, isReady: ready === 'ready', isSchedulable: schedulable},
    })),
    more: answer,
  };
}

function notBooted(cluster: string): Problem {
  return {
    code: 'other-cluster',
    message: `No machine that answers is part of the cluster ${cluster}: it is not booted.`,
    hint: 'Boot it first: pai-tui cluster k8s-bootup',
  };
}
