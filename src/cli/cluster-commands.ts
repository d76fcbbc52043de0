/** The commands that change a cluster, or how this computer reaches it. */

import {changeCluster} from './cluster-operation.ts';
import type {Context} from './context.ts';
import {kubectlPlaces} from './kubectl-places.ts';
import {packageSetOf} from './package-set.ts';
import type {Ended} from './world.ts';

export function bootCluster(context: Context): Promise<Ended> {
  return changeCluster(context, (wish) => ({
    ...wish,
    ...kubectlPlaces(context.world),
    ...packageSetOf(context.options),
    operation: 'cluster k8s-bootup',
    verify: context.options.verify === true,
  }));
}

export function installKubectl(context: Context): Promise<Ended> {
  return changeCluster(context, (wish) => ({
    ...wish,
    ...kubectlPlaces(context.world),
    operation: 'cluster install-kubectl',
  }));
}

export function cleanCluster(context: Context): Promise<Ended> {
  return changeCluster(context, (wish) => ({
    ...wish,
    ...packageSetOf(context.options),
    operation: 'cluster k8s-clean',
    force: context.options.force === true,
  }));
}

/** `machine etcdfix MACHINE` */
export function mendEtcd(context: Context): Promise<Ended> {
  return changeCluster(context, (wish) => ({...wish, operation: 'machine etcdfix', machine: context.name}));
}
