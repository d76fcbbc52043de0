import type {BootupRequest} from '../../api.ts';
import {bootOf} from '../../cluster/boot/boot.ts';
import {type BootupFacts, readBootupFacts} from '../../cluster/boot/facts.ts';
import {noticesOf, refusalsOf} from '../../cluster/boot/judge-boot.ts';
import {displayText} from '../../names.ts';
import {ProblemError} from '../../problem.ts';
import {together} from '../together.ts';
import type {Operation, Plan} from '../types.ts';
import {apiTasks, nodesReadyTask} from './k8s-api-tasks.ts';
import {apiReadyTask, machineTasks} from './k8s-machine-tasks.ts';
import {verifyTasks} from './k8s-verify-tasks.ts';
import {kubectlTasks} from './kubectl-tasks.ts';

/** Boots the cluster that a configuration describes, or brings one that is there to what the configuration says. */
export const k8sBootup: Operation<BootupRequest, BootupFacts> = {
  name: 'cluster k8s-bootup',
  parallel: 40,
  locks: (_request, {layout}) => [
    {scope: 'services', of: layout.name},
    {scope: 'machines', of: layout.name},
  ],
  clusterLock: (_request, {layout}) => ({masters: layout.masters.map(({name}) => name)}),
  readFacts: readBootupFacts,
  plan: planBootup,
};

/** Pure. Throws what makes a boot impossible: failed checks, too few masters. */
export function planBootup(request: BootupRequest, facts: BootupFacts): Plan {
  const refusal = together(refusalsOf(facts));
  if (refusal) throw new ProblemError(refusal);
  const boot = bootOf(request, facts);
  const {layout, machines} = boot;
  const count = machines.length === 1 ? '1 machine' : `${machines.length} machines`;
  const isBooted = machines.some(boot.isMember);
  const tasks = [...machineTasks(boot), ...apiTasks(boot)];
  const computer = kubectlTasks({
    ...{layout, computer: facts.computer, masters: boot.masters.map(({name}) => name), needs: [apiReadyTask]},
    places: {kubeconfig: request.kubeconfig, programs: request.programs},
  });
  const verification = verifyTasks({
    ...{layout, podNetwork: facts.podNetwork, masters: boot.masters, always: request.verify},
    ...{apiReady: apiReadyTask, nodesReady: nodesReadyTask, after: tasks.map(({id}) => id)},
  });
  return {
    operation: 'cluster k8s-bootup',
    title: isBooted
      ? `See that ${displayText(layout.name)} is as configured: Kubernetes ${layout.version} on ${count}`
      : `Boot ${displayText(layout.name)}: Kubernetes ${layout.version} on ${count}`,
    tasks: [...tasks, ...computer.tasks, ...verification],
    basis: {layout, podNetwork: facts.podNetwork},
    notices: [...noticesOf(facts), ...computer.notices],
  };
}
