import type {ClusterLayout} from '../layout/types.ts';
import type {EtcdStatus} from '../types.ts';
import {judgeEtcd} from './judge.ts';
import {keptSnapshots} from './kept-snapshots.ts';
import {type EtcdQuestion, readEtcd} from './read-etcd.ts';

/** The members as they are now, and the snapshots that lie in the folder of the cluster's state. */
export async function readEtcdStatus(
  {masters, etcdDataPath}: ClusterLayout,
  stateFolder: string,
  world: Pick<EtcdQuestion, 'machines' | 'clock' | 'assets'>,
  signal: AbortSignal,
): Promise<EtcdStatus> {
  const [answers, snapshots] = await Promise.all([
    readEtcd({...world, masters, etcdDataPath}, () => {}, signal),
    keptSnapshots(stateFolder),
  ]);
  const refusals = answers.flatMap(({master: machine, problem}) => (problem ? [{machine, problem}] : []));
  return {report: judgeEtcd(answers, masters), snapshots, refusals, at: world.clock.now()};
}
