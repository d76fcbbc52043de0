import type {InstallKubectlRequest} from '../../api.ts';
import {readThisComputer, type ThisComputer} from '../../cluster/kubectl/this-computer.ts';
import {clusterLayout} from '../../cluster/layout/layout.ts';
import type {ClusterLayout} from '../../cluster/layout/types.ts';
import {displayText} from '../../names.ts';
import {isError, type Problem, ProblemError} from '../../problem.ts';
import {readConfig} from '../../read-config.ts';
import {shortHash} from '../../safe-name.ts';
import {together} from '../together.ts';
import type {FactWorld, Operation, Plan} from '../types.ts';
import {kubeconfigChanges, kubectlTasks} from './kubectl-tasks.ts';

export interface InstallKubectlFacts {
  readonly layout: ClusterLayout;
  readonly computer: ThisComputer;
  /** What the kubeconfig would have other. */
  readonly changes: readonly string[];
}

/** Makes this computer reach a cluster that is booted: kubectl where none fits, and the kubeconfig. */
export const installKubectl: Operation<InstallKubectlRequest, InstallKubectlFacts> = {
  name: 'cluster install-kubectl',
  locks: ({kubeconfig}) => [{scope: 'machines', of: shortHash(kubeconfig)}],
  readFacts,
  plan: planInstallKubectl,
};

async function readFacts(
  request: InstallKubectlRequest,
  {tools}: FactWorld,
  signal: AbortSignal,
): Promise<InstallKubectlFacts> {
  const {config} = await readConfig(request.config, request.source);
  const {layout, problems} = clusterLayout(config);
  if (!layout) throw new ProblemError(together(problems.filter(isError)) ?? nothingToReach);
  const computer = await readThisComputer(request, tools, signal);
  const changes = await kubeconfigChanges(layout, mastersOf(layout), computer.kubeconfig.file, tools, signal);
  return {layout, computer, changes};
}

/** Pure. */
export function planInstallKubectl(request: InstallKubectlRequest, facts: InstallKubectlFacts): Plan {
  const {layout, computer, changes} = facts;
  const {tasks, notices} = kubectlTasks({
    ...{layout, computer, changes, masters: mastersOf(layout), needs: []},
    places: {kubeconfig: request.kubeconfig, programs: request.programs},
  });
  const name = displayText(layout.name);
  return {
    operation: 'cluster install-kubectl',
    title: tasks.every(({expected}) => expected === 'unchanged')
      ? `Install nothing: this computer reaches ${name} already`
      : `Let this computer reach ${name}`,
    tasks,
    notices,
    basis: {name: layout.name, api: layout.api},
  };
}

function mastersOf({masters}: ClusterLayout): readonly string[] {
  return masters.map(({name}) => name);
}

const nothingToReach: Problem = {code: 'config-invalid', message: 'The configuration describes no cluster.'};
