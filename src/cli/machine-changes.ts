/** The commands that bring machines into a cluster, or take them out of it. */

import {usualDrainMs} from '../engine/index.ts';
import {changeCluster} from './cluster-operation.ts';
import type {Context} from './context.ts';
import {misuse} from './misuse.ts';
import {readDuration} from './times.ts';
import type {Ended} from './world.ts';

export function addMachines(context: Context): Promise<Ended> {
  const {names, options} = context;
  checkNamed(context);
  return changeCluster(context, (wish) => ({
    ...wish,
    ...{operation: 'machine add', names, updateConfig: options['update-config'] === true},
  }));
}

export function removeMachines(context: Context): Promise<Ended> {
  const {names, options} = context;
  checkNamed(context);
  const patience = options['drain-timeout'];
  return changeCluster(context, (wish) => ({
    ...wish,
    ...{operation: 'machine remove', names, updateConfig: options['update-config'] === true},
    force: options.force === true,
    ignoreBudgets: options['ignore-budgets'] === true,
    dead: options.dead === true,
    drainMs: typeof patience === 'string' ? readDuration(patience) : usualDrainMs,
  }));
}

/** Here no name does not mean all machines. */
function checkNamed({names, options}: Context): void {
  if (names.length > 0 || options['node-list'] !== undefined) return;
  throw misuse('No machine is named.', 'Name machines of the configuration, or a node list with -l FILE.');
}
