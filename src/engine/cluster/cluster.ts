import type {MachinesOfEngine} from '../machines/machines.ts';
import {together} from '../plan/together.ts';
import {isError, type Problem, ProblemError} from '../problem.ts';
import {readConfig} from '../read-config.ts';
import type {Clock, Tools} from '../tools.ts';
import type {ReadCluster} from './status/cluster-reader.ts';
import {type OpenCluster, readCertificates, readStatus, watchStatus} from './status/watch-status.ts';
import type {Cluster, ClusterQuery} from './types.ts';

export interface ClusterOptions {
  readonly machines: MachinesOfEngine;
  readonly clock: Clock;
  /** The folder of what is shipped beside the program. */
  readonly assets: string;
  /** Where the records of a cluster are kept. */
  stateFolder(query: ClusterQuery): Promise<string>;
  /** Of this computer. */
  tools(): Promise<Pick<Tools, 'files' | 'kube'>>;
}

/** Making it reads nothing; what is heavy is loaded by the first question. */
export function createCluster({machines, clock, assets, stateFolder, tools}: ClusterOptions): Cluster {
  const opener =
    (query: ClusterQuery): OpenCluster =>
    async () => {
      const [cluster, {files, kube}] = await Promise.all([readCluster(query, {anyVersion: true}), tools()]);
      return {cluster, world: {machines: machines.access(query), kube, files, clock, assets}};
    };
  return {
    async check(query, told, signal) {
      const [{checkCluster}, {tlsKnock}, {layout}] = await Promise.all([
        import('./check/check.ts'),
        import('./check/api-endpoints.ts'),
        readCluster(query),
      ]);
      const access = machines.access(query);
      return checkCluster(layout, {machines: access, clock, assets, knock: tlsKnock(clock)}, told, signal);
    },

    status: (query, told, signal) => readStatus(opener(query), told, signal),
    certificates: (query, told, signal) => readCertificates(opener(query), told, signal),

    async etcd(query, signal) {
      const [{readEtcdStatus}, {layout}, folder] = await Promise.all([
        import('./etcd/etcd-status.ts'),
        readCluster(query, {anyVersion: true}),
        stateFolder(query),
      ]);
      return readEtcdStatus(layout, folder, {machines: machines.access(query), clock, assets}, signal);
    },

    async writePackage(query, wish, signal) {
      if (wish.packageSet === 'tree') {
        const [{writeTreePackage}, {files}] = await Promise.all([import('./package/write-tree-package.ts'), tools()]);
        return writeTreePackage(query, wish, {files});
      }
      const [{writePackage}, {layout}, {files}] = await Promise.all([
        import('./package/write-package.ts'),
        readCluster(query),
        tools(),
      ]);
      return writePackage(layout, wish, {machines: machines.access(query), files, clock, assets}, signal);
    },

    watchStatus: (query) => watchStatus(opener(query)),
  };
}

/** Throws what is wrong with the configuration. */
async function readCluster(
  {config: folder, source}: ClusterQuery,
  wish: {readonly anyVersion?: boolean} = {},
): Promise<ReadCluster> {
  const [{clusterLayout}, {config}] = await Promise.all([import('./layout/layout.ts'), readConfig(folder, source)]);
  const {layout, problems} = clusterLayout(config, wish);
  if (!layout) throw new ProblemError(together(problems.filter(isError)) ?? nothingToBoot);
  return {layout};
}

const nothingToBoot: Problem = {code: 'config-invalid', message: 'The configuration describes no cluster.'};
