/** Which masters are changed at the same time, and which only when others are well again. Pure. */

import type {ClusterMachine} from '../layout/types.ts';
import type {BootupFacts} from './facts.ts';
import {majorityOf, reachedMachines, serving} from './present.ts';

/**
 * Groups of masters, each of which has its turn when all of the one before are well. Where most API servers answer, those
 * that do are changed one by one, so that what is wrong with a setting takes one of them and not the cluster: first come
 * those that do not, which are missed, and last those that have lost their etcd, which nobody should wait for. Else there
 * is no running cluster to protect, and all come up together, as members of etcd have to.
 */
export function turnsOf(facts: BootupFacts): readonly (readonly ClusterMachine[])[] {
  const {layout, machines} = facts;
  const masters = reachedMachines(facts).filter(({roles}) => roles.includes('master'));
  if (serving(facts).length < majorityOf(layout.masters)) return [masters];
  const found = (master: ClusterMachine) => machines.find(({name}) => name === master.name);
  const isLost = (master: ClusterMachine) => found(master)?.etcd === 'lost';
  const isServing = (master: ClusterMachine) => found(master)?.servesApi === true;
  const groups = [
    masters.filter((master) => !isServing(master) && !isLost(master)),
    ...masters.filter((master) => isServing(master) && !isLost(master)).map((master) => [master]),
    masters.filter(isLost),
  ];
  return groups.filter(({length}) => length > 0);
}
