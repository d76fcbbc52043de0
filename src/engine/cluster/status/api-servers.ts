/** The API servers of a cluster, each by itself, and the address that clients use. */

import type {Kube, KubeAccess} from '../../kube-tools.ts';
import {ProblemError, problemOf} from '../../problem.ts';
import type {Secret} from '../../secret.ts';
import type {Clock} from '../../tools.ts';
import type {ClusterLayout} from '../layout/types.ts';
import type {ApiServerStatus} from './types.ts';

/** One that has not said by then whether it is ready is not waited for. */
const patienceMs = 8000;

/** Servers to be asked, none of them asked yet: those of masters, and what stands in front of them. */
export function apiServers({api, masters, masterPort}: ServedCluster): readonly ApiServerStatus[] {
  const direct = masters.map(
    ({name, address}): ApiServerStatus => ({
      ...{machine: name, server: url(address, masterPort), state: 'asking', failing: []},
    }),
  );
  const front = url(api.host, api.port);
  return direct.some(({server}) => server === front)
    ? direct
    : [...direct, {server: front, state: 'asking', failing: []}];
}

type ServedCluster = Pick<ClusterLayout, 'api' | 'masters' | 'masterPort'>;

function url(host: string, port: number): string {
  return `https://${host}:${port}`;
}

/** Connections to API servers with the keys of one kubeconfig, kept until `close`. */
export class ApiConnections {
  readonly #kube: KubeAccess;
  readonly #kubeconfig: Secret;
  readonly #open = new Map<string, Kube>();

  constructor(kube: KubeAccess, kubeconfig: Secret) {
    this.#kube = kube;
    this.#kubeconfig = kubeconfig;
  }

  /** Throws `kubeconfig-invalid`. */
  to(server: string): Kube {
    const kube = this.#open.get(server) ?? this.#kube.open(this.#kubeconfig, server);
    this.#open.set(server, kube);
    return kube;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((kube) => kube.close()));
  }
}

/** What a server says of itself. Rejects only when aborted. */
export async function askApiServer(
  before: ApiServerStatus,
  connections: ApiConnections,
  clock: Clock,
  signal: AbortSignal,
): Promise<ApiServerStatus> {
  const {machine, server, at} = before;
  const which = {...(machine === undefined ? {} : {machine}), server};
  try {
    const kube = connections.to(server);
    const [failing, version] = await withPatience(server, clock, signal, (limited) =>
      Promise.all([kube.notReady(limited), kube.version(limited)]),
    );
    return {...which, state: failing.length === 0 ? 'ready' : 'not ready', failing, version, at: clock.now()};
  } catch (error) {
    signal.throwIfAborted();
    const problem = problemOf(error);
    const state = problem.code === 'api-unreachable' ? 'unreachable' : 'unknown';
    return {...which, state, failing: [], problem, ...(at === undefined ? {} : {at})};
  }
}

/** Throws `api-unreachable` where the answer does not come in time. */
export async function withPatience<T>(
  server: string,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const done = new AbortController();
  clock.sleep(patienceMs, done.signal).then(
    () => over.abort(tooLate(server)),
    () => {},
  );
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } finally {
    done.abort(new Error('done'));
  }
}

function tooLate(server: string): ProblemError {
  return new ProblemError({
    code: 'api-unreachable',
    message: `The API server at ${server} gave no answer in ${patienceMs / 1000} seconds.`,
    hint: 'Look into its log with: pai-tui machine logs',
  });
}
