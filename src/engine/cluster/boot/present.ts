/** Who of a cluster is there, by what was found. Pure. */

import type {ClusterMachine} from '../layout/types.ts';
import type {BootupFacts} from './facts.ts';

/** Machines that are there: all others are left out, and join when it is booted again. */
export function reachedMachines({layout, machines}: BootupFacts): readonly ClusterMachine[] {
  return layout.machines.filter(({name}) => machines.some((found) => found.name === name && !found.problem));
}

/** Names of the masters whose API servers answer. */
export function serving({layout, machines}: BootupFacts): readonly string[] {
  const names = layout.masters.map(({name}) => name);
  return machines.flatMap(({name, servesApi}) => (servesApi && names.includes(name) ? [name] : []));
}

/** How many of them make a quorum. */
export function majorityOf({length}: readonly unknown[]): number {
  return Math.floor(length / 2) + 1;
}
