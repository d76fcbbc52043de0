/** What machines that stay have to know of those that come or go. */

import {type Joining, taskOn} from '../../cluster/boot/boot.ts';
import {type Changes, runSteps, stepEffects} from '../../cluster/boot/run-steps.ts';
import type {ClusterMachine} from '../../cluster/layout/types.ts';
import {deploySteps} from '../../cluster/packages/steps.ts';
import {plainHttpTask} from '../cluster/k8s-plain-http-tasks.ts';
import type {Retry, Task} from '../types.ts';

const minute = 60_000;
const retry: Retry = {attempts: 3, on: ['machine-lost', 'machine-unreachable'], waitMs: 2000, maxWaitMs: 15_000};

interface Telling {
  /** The machines that are told. */
  readonly to: readonly ClusterMachine[];
  /** With the layout as it is when the others have come or gone. */
  readonly work: Joining;
  readonly needs: readonly string[];
  /** 'gpu-07 comes' */
  readonly why: string;
}

/**
 * Names in /etc/hosts; where the pod network is routes, those to the pods of others; and where the API is offered by plain
 * HTTP, from which addresses it may be asked.
 */
export function neighbourTasks({to, work, needs, why}: Telling): readonly Task[] {
  const {layout} = work;
  return to.flatMap((machine) => [
    neighbourTask(machine, work, needs, why),
    ...(layout.plainHttp && machine.roles.includes('master')
      ? [{...plainHttpTask(machine, needs, work), after: [taskOn(machine, 'knows')], why: [why]}]
      : []),
  ]);
}

function neighbourTask(
  machine: ClusterMachine,
  {layout, choice}: Joining,
  needs: readonly string[],
  why: string,
): Task<Changes> {
  const scripts = ['set-hosts.sh', ...(choice.podNetwork.kind === 'routes' ? ['set-pod-routes.sh'] : [])];
  const steps = deploySteps(layout, machine).filter(
    ({script, phase}) => scripts.includes(script) || (phase === 'proxy' && layout.plainHttp),
  );
  return {
    id: taskOn(machine, 'knows'),
    title: scripts.length > 1 ? 'Set names of machines and routes to their pods' : 'Set names of machines',
    on: machine.name,
    needs,
    touches: 'a machine',
    does: stepEffects(machine, 'deploy', steps),
    expected: 'decided while running',
    why: [why],
    // Half a /etc/hosts would be worse than a machine too many in it.
    critical: true,
    retry,
    deadlineMs: 5 * minute,
    run: (context) => runSteps({layout, choice, machine, operation: 'deploy', steps}, context),
  };
}
