import type {MachinesOfEngine} from '../machines/machines.ts';
import {together} from '../plan/together.ts';
import {isError, type Problem, ProblemError} from '../problem.ts';
import {readConfig} from '../read-config.ts';
import type {Clock} from '../tools.ts';
import type {Cluster} from './types.ts';

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
      const [{checkCluster}, {tlsKnock}, {clusterLayout}] = await Promise.all([
        import('./check/check.ts'),
        import('./check/api-endpoints.ts'),
        import('./layout/layout.ts'),
      ]);
      const {config} = await readConfig(query.config, query.source);
      const {layout, problems} = clusterLayout(config);
      if (!layout) throw new ProblemError(together(problems.filter(isError)) ?? nothingToBoot);
      const access = machines.access(query);
      return checkCluster(layout, {machines: access, clock, assets, knock: tlsKnock(clock)}, told, signal);
    },
  };
}

const nothingToBoot: Problem = {code: 'config-invalid', message: 'The configuration describes no cluster.'};
