/** A running cluster, asked once, or again and again. What is heavy is loaded by the first question. */

import {Coalesce} from '../../machines/coalesce.ts';
import {problemOf} from '../../problem.ts';
import {createStore, type LiveStore} from '../../store.ts';
import type {ReadCluster, StatusWorld} from './cluster-reader.ts';
import type {ClusterCertificates, ClusterStatus, StatusLook} from './types.ts';

/** The cluster of a configuration, and by what it is asked. Throws what is wrong with the configuration. */
export type OpenCluster = () => Promise<{readonly cluster: ReadCluster; readonly world: StatusWorld}>;

const tellEveryMs = 200;
/** From the end of a round to the next one. */
const apiEveryMs = 10_000;
/** Each takes some programs on every master. */
const etcdEveryMs = 30_000;
/** What lies on machines changes seldom; with many of them it takes longer. */
const machinesEveryMs = 60_000;
const msPerMachine = 300;

/** Resolves when every part was asked once; `told` hears parts as they come. */
export async function readStatus(
  open: OpenCluster,
  told: (status: ClusterStatus) => void,
  signal: AbortSignal,
): Promise<ClusterStatus> {
  return withReader(open, told, async ({reader}) => {
    await Promise.all([
      reader.askApi(signal),
      reader.askEtcd(signal),
      reader.askMachines(signal).then(() => reader.compare()),
    ]);
    return reader.get();
  });
}

/** Of machines alone. */
export async function readCertificates(
  open: OpenCluster,
  told: (certificates: ClusterCertificates) => void,
  signal: AbortSignal,
): Promise<ClusterCertificates> {
  const certificatesOf = ({machines}: ClusterStatus): ClusterCertificates => ({
    machines: machines.map(({known, machine, at, problem}) => ({
      ...{machine, ...(at === undefined ? {} : {at}), ...(problem ? {problem} : {})},
      ...(known ? {known: known.isPart ? known.certificates : []} : {}),
    })),
  });
  return withReader(
    open,
    (status) => told(certificatesOf(status)),
    async ({reader}) => {
      await reader.askMachines(signal);
      return certificatesOf(reader.get());
    },
  );
}

/** What is wrong with the configuration is in the look. Closing ends all questions. */
export function watchStatus(open: OpenCluster): LiveStore<StatusLook> {
  const store = createStore<StatusLook>({});
  const closed = new AbortController();
  const {signal} = closed;
  const told = (status: ClusterStatus) => store.set({status});
  const watching = withReader(open, told, async ({reader, clock, machines}) => {
    const again = async (ask: () => Promise<void>, everyMs: number) => {
      while (!signal.aborted) {
        await ask();
        await clock.sleep(everyMs, signal);
      }
    };
    await Promise.all([
      again(() => reader.askApi(signal), apiEveryMs),
      again(() => reader.askEtcd(signal), etcdEveryMs),
      again(
        async () => {
          await reader.askMachines(signal);
          await reader.compare();
        },
        Math.max(machinesEveryMs, machines * msPerMachine),
      ),
    ]);
  });
  void watching.catch((error: unknown) => {
    if (signal.aborted) return;
    store.set({...store.get(), problem: problemOf(error)});
    closed.abort(error);
  });
  return {
    get: store.get,
    subscribe: store.subscribe,
    close: () => closed.abort(new Error('nobody looks at the cluster any more')),
  };
}

interface Reading {
  readonly reader: InstanceType<typeof import('./cluster-reader.ts').ClusterReader>;
  readonly clock: StatusWorld['clock'];
  /** How many there are. */
  readonly machines: number;
}

async function withReader<T>(
  open: OpenCluster,
  told: (status: ClusterStatus) => void,
  work: (reading: Reading) => Promise<T>,
): Promise<T> {
  const [{ClusterReader}, {cluster, world}] = await Promise.all([import('./cluster-reader.ts'), open()]);
  const {clock} = world;
  const teller = new Coalesce(clock, tellEveryMs, () => told(reader.get()));
  const reader = new ClusterReader(cluster, world, () => teller.changed());
  try {
    return await work({reader, clock, machines: cluster.layout.machines.length});
  } finally {
    teller.close();
    await reader.close();
  }
}
