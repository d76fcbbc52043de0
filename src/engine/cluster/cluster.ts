import {hasErrors} from '../config/problems.ts';
import type {MachinesOfEngine} from '../machines/machines.ts';
import {together} from '../plan/together.ts';
import {ProblemError} from '../problem.ts';
import type {Clock} from '../tools.ts';
import type {Cluster, ClusterQuery} from './types.ts';

export interface ClusterOptions {
  readonly machines: MachinesOfEngine;
  readonly clock: Clock;
  /** The folder of what is shipped beside the program. */
  readonly assets: string;
}

/** Making it reads nothing; what is heavy is loaded by the first question. */
export function createCluster({machines, clock, assets}: ClusterOptions): Cluster {
  return {
    async check(query, told, signal) {
      const [{checkCluster}, {tlsKnock}, {checkedCluster}] = await Promise.all([
        import('./check/check.ts'),
        import('./check/api-endpoints.ts'),
        import('./check/checked-cluster.ts'),
      ]);
      const cluster = checkedCluster(await configOf(query));
      const access = machines.access(query);
      return checkCluster(cluster, {machines: access, clock, assets, knock: tlsKnock(clock)}, told, signal);
    },
  };
}

/** Throws what is wrong with it. */
async function configOf({config: folder, source}: ClusterQuery) {
  const [{openConfig}, tree] = await Promise.all([
    import('../config/open.ts'),
    source === undefined ? undefined : import('../catalog/open.ts').then(({openCatalog}) => openCatalog(source)),
  ]);
  const {config, problems} = await openConfig(folder, tree ? {tree} : {});
  if (config) return config;
  const error = together(problems.filter((problem) => hasErrors([problem])));
  throw new ProblemError(error ?? {code: 'config-missing', message: `${folder} holds no configuration.`, file: folder});
}
