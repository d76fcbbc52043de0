/** The machines of a cluster that stay as they are, but for what they know of those that come or go. Pure. */

import {foldHostNames} from '../../machines/host-names.ts';
import type {Problem} from '../../problem.ts';
import type {ClusterMachine} from '../layout/types.ts';
import type {WorkerFacts} from './facts.ts';

type Facts = Pick<WorkerFacts, 'layout' | 'asked' | 'machines' | 'nodes' | 'podNetwork'>;

/** Those that can be told. What is not of the cluster yet learns of all when it comes. */
export function neighboursOf({layout, asked, machines}: Facts): readonly ClusterMachine[] {
  return layout.machines.filter(
    ({name}) =>
      !asked.includes(name) &&
      machines.some((found) => found.name === name && found.isMember && found.problem === undefined),
  );
}

/** Which of them are left out, since they do not answer. */
export function silentNeighbours({layout, asked, machines}: Facts): readonly Problem[] {
  const silent = layout.machines.filter(
    ({name}) => !asked.includes(name) && machines.some((found) => found.name === name && found.problem),
  );
  if (silent.length === 0) return [];
  const names = foldHostNames(silent.map(({name}) => name));
  return [
    {
      code: 'machine-unreachable',
      severity: 'warning',
      message: `${names} ${silent.length === 1 ? 'does' : 'do'} not answer, and ${silent.length === 1 ? 'is' : 'are'} not told of it: /etc/hosts and routes to pods stay there as they are.`,
      hint: 'When it is back: pai-tui cluster k8s-bootup brings it to what the configuration says, and nothing else changes.',
    },
  ];
}

/**
 * Nodes that nobody wrote down. Where machines have routes to each other's pods, those to a node that is not known would be
 * taken away, and its range of addresses given to another.
 */
export function unknownNodes({layout, nodes, podNetwork}: Facts): readonly Problem[] {
  if (podNetwork.kind !== 'routes') return [];
  const known = new Set(layout.machines.map(({nodeName}) => nodeName));
  const unknown = nodes.filter(({name}) => !known.has(name)).map(({name}) => name);
  if (unknown.length === 0) return [];
  return [
    {
      code: 'config-invalid',
      message: `The cluster has nodes that the configuration does not know: ${foldHostNames(unknown)}. Others would lose their routes to the pods there.`,
      hint: 'Write them into the machine list, or name the node list they were added by with -l FILE.',
    },
  ];
}
