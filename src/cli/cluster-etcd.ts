import {resolve} from 'node:path';
import {changeCluster} from './cluster-operation.ts';
import type {Context} from './context.ts';
import type {Ended} from './world.ts';

/** `cluster etcd snapshot`. */
export function clusterEtcd(context: Context): Promise<Ended> {
  const {options, world} = context;
  return changeCluster(context, (wish) => ({
    ...wish,
    operation: 'cluster etcd snapshot',
    ...(typeof options.output === 'string' ? {output: resolve(world.cwd, options.output)} : {}),
  }));
}
