import type {BootupRequest} from '../api.ts';
import {bootOf} from '../cluster/boot/boot.ts';
import {type BootupFacts, readBootupFacts} from '../cluster/boot/facts.ts';
import {noticesOf, refusalsOf} from '../cluster/boot/judge-boot.ts';
import {displayText} from '../names.ts';
import {ProblemError} from '../problem.ts';
import {apiTasks} from './k8s-api-tasks.ts';
import {machineTasks} from './k8s-machine-tasks.ts';
import {together} from './together.ts';
import type {Operation, Plan} from './types.ts';

/** Boots the cluster that a configuration describes, or brings one that is there to what the configuration says. */
export const k8sBootup: Operation<BootupRequest, BootupFacts> = {
  name: 'cluster k8s-bootup',
  locks: (_request, {layout}) => [{scope: 'machines', of: layout.name}],
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
  return {
    operation: 'cluster k8s-bootup',
    title: isBooted
      ? `See that ${displayText(layout.name)} is as configured: Kubernetes ${layout.version} on ${count}`
      : `Boot ${displayText(layout.name)}: Kubernetes ${layout.version} on ${count}`,
    tasks: [...machineTasks(boot), ...apiTasks(boot)],
    notices: noticesOf(facts),
  };
}
