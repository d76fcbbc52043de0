/** Asks a running cluster, part by part, and keeps what each part said last. */

import type {KubeAccess} from '../../kube-tools.ts';
import type {MachineAccess} from '../../machine-tools.ts';
import {each} from '../../machines/each.ts';
import {type Problem, problemOf} from '../../problem.ts';
import type {Clock, Files} from '../../tools.ts';
import {judgeEtcd} from '../etcd/judge.ts';
import {readEtcd} from '../etcd/read-etcd.ts';
import type {EtcdReport} from '../etcd/types.ts';
import type {ClusterLayout} from '../layout/types.ts';
import {judgeVersion} from '../layout/versions.ts';
import {readAnyKubeconfig} from './admin-access.ts';
import {ApiConnections, apiServers, askApiServer} from './api-servers.ts';
import {type ApiAnswers, askApi} from './ask-api.ts';
import {askForStatus, type MachineAnswer, readStatusScript} from './ask-machine.ts';
import {
  authoritiesOf,
  judgeCertificates,
  judgeFoundCertificates,
  type TrustedAuthorities,
} from './judge-certificates.ts';
import {type DriftMemory, judgeDrifts} from './judge-drifts.ts';
import {healthOf, judgeStatus} from './judge-status.ts';
import type {ApiServerStatus, ClusterStatus, MachineState, MachineStatus, StatusPart} from './types.ts';

export interface StatusWorld {
  readonly machines: MachineAccess;
  readonly kube: KubeAccess;
  readonly files: Pick<Files, 'resolveInside'>;
  readonly clock: Clock;
  /** The folder of what is shipped beside the program. */
  readonly assets: string;
}

/** Machines that are asked at once, without those that take long. */
const parallel = 40;

export interface ReadCluster {
  readonly layout: ClusterLayout;
}

export class ClusterReader {
  readonly #cluster: ReadCluster;
  readonly #world: StatusWorld;
  readonly #changed: () => void;
  readonly #machines: Map<string, MachineStatus>;
  /** As machines said it last. */
  readonly #answers = new Map<string, MachineAnswer>();
  readonly #compared: DriftMemory = new Map();
  #servers: readonly ApiServerStatus[];
  #api: ApiAnswers = {nodes: {}, pods: {}, leaders: {}};
  /** Why the API can be asked by no way. */
  #apiProblem: Problem | undefined;
  #etcd: StatusPart<EtcdReport> = {};
  #connections: ApiConnections | undefined;

  /** `changed` is called whenever a part was found out. Nothing is asked yet. */
  constructor(cluster: ReadCluster, world: StatusWorld, changed: () => void) {
    const {layout} = cluster;
    this.#cluster = cluster;
    this.#world = world;
    this.#changed = changed;
    this.#servers = apiServers(layout);
    this.#machines = new Map(layout.machines.map(({name, roles}) => [name, {machine: name, roles}]));
  }

  get(): ClusterStatus {
    const {layout} = this.#cluster;
    const {nodes, pods, leaders} = this.#api;
    const at = Math.max(...this.#servers.map((server) => server.at ?? 0));
    const api: ClusterStatus['api'] = {
      known: {servers: this.#servers, leaders: leaders.known ?? []},
      ...(at > 0 ? {at} : {}),
      ...(this.#apiProblem ? {problem: this.#apiProblem} : {}),
    };
    const parts = {
      cluster: layout.name,
      versions: {kubernetes: layout.version, etcd: layout.etcdVersion},
      ...{api, nodes, pods, etcd: this.#etcd, machines: [...this.#machines.values()]},
    };
    const findings = judgeStatus(parts);
    return {...parts, findings, health: healthOf(parts, findings)};
  }

  /** Asks every API server, and one of them for the rest. Rejects only when aborted. */
  async askApi(signal: AbortSignal): Promise<void> {
    const {clock} = this.#world;
    const connections = await this.#connect(signal);
    if (!connections) return;
    this.#servers = await Promise.all(
      this.#servers.map(async (before) => {
        const server = await askApiServer(before, connections, clock, signal);
        this.#servers = this.#servers.map((one) => (one.server === server.server ? server : one));
        this.#changed();
        return server;
      }),
    );
    this.#api = await askApi(this.#cluster.layout, this.#servers, this.#api, {connections, clock}, signal);
    const codes = [...this.#servers, ...Object.values(this.#api)].map(({problem}) => problem?.code);
    // Another administrator or another authority may be there by now.
    if (codes.some((code) => code === 'api-refused' || code === 'api-not-trusted')) await this.#disconnect();
    this.#changed();
  }

  /** Asks the member of etcd on every master, there. Rejects only when aborted. */
  async askEtcd(signal: AbortSignal): Promise<void> {
    const {masters, etcdDataPath} = this.#cluster.layout;
    const {assets, clock, machines} = this.#world;
    const answers = await readEtcd({machines, clock, assets, masters, etcdDataPath}, () => {}, signal);
    this.#etcd = {known: judgeEtcd(answers, masters), at: clock.now()};
    this.#changed();
  }

  /** Asks every machine what lies on it, and judges its certificates. Rejects only when aborted. */
  async askMachines(signal: AbortSignal): Promise<void> {
    const {layout} = this.#cluster;
    const {assets, clock, machines} = this.#world;
    const script = await readStatusScript(assets);
    await each(layout.machines, {parallel, clock}, async ({name}) => {
      try {
        const answer = await machines.use(name, (remote) => askForStatus(remote, script, signal), signal);
        this.#answers.set(name, answer);
        this.#heard(name, answer);
      } catch (error) {
        signal.throwIfAborted();
        this.#answers.delete(name);
        this.#set(name, {...this.#machines.get(name), problem: problemOf(error)});
      }
    });
    // By the authorities of a master that may have answered later.
    for (const [name, answer] of this.#answers) this.#change(name, {certificates: this.#judged(name, answer)});
  }

  /** Compares what machines said last with what would be put there: what each should have depends on the others. */
  async compare(): Promise<void> {
    if (!isOurs(this.#cluster.layout)) return;
    const drifts = await judgeDrifts(this.#cluster.layout, this.#answers, this.#world, this.#compared);
    for (const [name, drift] of drifts) this.#change(name, {drift});
  }

  close(): Promise<void> {
    return this.#disconnect();
  }

  async #connect(signal: AbortSignal): Promise<ApiConnections | undefined> {
    const {kube, machines} = this.#world;
    const masters = this.#cluster.layout.masters.map(({name}) => name);
    try {
      this.#connections ??= new ApiConnections(kube, (await readAnyKubeconfig(machines, masters, signal)).kubeconfig);
      this.#apiProblem = undefined;
      return this.#connections;
    } catch (error) {
      signal.throwIfAborted();
      const problem = problemOf(error);
      this.#apiProblem = problem;
      this.#servers = this.#servers.map(({at, machine, server}) => ({
        ...{server, state: 'unknown', failing: []},
        ...(machine === undefined ? {} : {machine}),
        ...(at === undefined ? {} : {at}),
      }));
      const {nodes, pods, leaders} = this.#api;
      this.#api = {nodes: {...nodes, problem}, pods: {...pods, problem}, leaders: {...leaders, problem}};
      this.#changed();
      return undefined;
    }
  }

  async #disconnect(): Promise<void> {
    const connections = this.#connections;
    this.#connections = undefined;
    await connections?.close();
  }

  #heard(name: string, answer: MachineAnswer): void {
    const {clock} = this.#world;
    const {kubelet} = answer;
    const known: MachineState = {
      isPart: answer.entries.size > 0,
      certificates: this.#judged(name, answer),
      drift: this.#machines.get(name)?.known?.drift ?? {},
      ...(kubelet ? {kubelet} : {}),
    };
    this.#set(name, {known, at: clock.now()});
  }

  #judged(name: string, answer: MachineAnswer): MachineState['certificates'] {
    const {layout} = this.#cluster;
    const machine = layout.machines.find((one) => one.name === name);
    if (!machine) return [];
    const now = new Date(this.#world.clock.now());
    if (!isOurs(layout)) return judgeFoundCertificates(answer, now);
    return judgeCertificates(layout, machine, answer, this.#trusted(now), now);
  }

  /** Those of the first master that answered. */
  #trusted(now: Date): TrustedAuthorities {
    const answers = this.#cluster.layout.masters.flatMap(({name}) => this.#answers.get(name) ?? []);
    return Object.assign({}, ...answers.toReversed().map((answer) => authoritiesOf(answer, now))) as TrustedAuthorities;
  }

  #change(name: string, change: Partial<MachineState>): void {
    const {known, at} = this.#machines.get(name) ?? {};
    if (known) this.#set(name, {...(at === undefined ? {} : {at}), known: {...known, ...change}});
  }

  #set(name: string, part: StatusPart<MachineState>): void {
    const machine = this.#machines.get(name);
    if (!machine) return;
    this.#machines.set(name, {...part, machine: name, roles: machine.roles});
    this.#changed();
  }
}

/** Of a version that is booted from here: then it is known what should lie on its machines. */
function isOurs({version}: ClusterLayout): boolean {
  return judgeVersion(version).refusal === undefined;
}
