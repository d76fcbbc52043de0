/** What operations on etcd know before they begin. Plain JSON. */

import {together} from '../../plan/together.ts';
import type {FactWorld, RunRequest} from '../../plan/types.ts';
import {isError, type Problem, ProblemError} from '../../problem.ts';
import {readConfig} from '../../read-config.ts';
import {clusterLayout} from '../layout/layout.ts';
import type {ClusterLayout} from '../layout/types.ts';
import {readEtcd} from './read-etcd.ts';
import type {EtcdAnswer} from './types.ts';

export interface EtcdFacts {
  readonly layout: ClusterLayout;
  /** Of every master, in the order of the configuration. */
  readonly answers: readonly EtcdAnswer[];
}

/** Asks all masters, also of clusters that cannot be booted from here. Throws what is wrong with the configuration. */
export async function readEtcdFacts(
  {config: folder, source}: RunRequest & {readonly config: string},
  {tools}: FactWorld,
  signal: AbortSignal,
): Promise<EtcdFacts> {
  const {config} = await readConfig(folder, source);
  const {layout, problems} = clusterLayout(config, {anyVersion: true});
  if (!layout) throw new ProblemError(together(problems.filter(isError)) ?? noCluster);
  const {machines, clock, assets} = tools;
  const {masters, etcdDataPath} = layout;
  return {layout, answers: await readEtcd({machines, clock, assets, masters, etcdDataPath}, () => {}, signal)};
}

const noCluster: Problem = {code: 'config-invalid', message: 'The configuration describes no cluster.'};
