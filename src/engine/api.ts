/**
 * What screens and the command line may ask of the engine. index.ts makes one; nothing else of the engine
 * is imported from outside. Neither side ever executes a task: runs are started and their directories followed.
 */

import type {Catalog} from './catalog/types.ts';
import type {Cluster, PackageSetName} from './cluster/types.ts';
import type {ValueChange, WrittenValue} from './config/change-value.ts';
import type {GenerateReport, GenerateRequest} from './config/generate/types.ts';
import type {ConfigReading, OpenConfigOptions} from './config/open.ts';
import type {ValueNode} from './config/value-tree.ts';
import type {MachineSecrets, Machines} from './machines/types.ts';
import type {OutputView} from './output-text.ts';
import type {RenderedFile, RenderRequest} from './package/render-file.ts';
import type {Plan, RunRequest} from './plan/types.ts';
import type {Problem} from './problem.ts';
import type {RunEvent, RunState, RunStatus} from './run/events.ts';
import type {Secret} from './secret.ts';
import type {LiveStore} from './store.ts';

export interface Engine {
  /**
   * Reads a tree without executing or writing anything in it. With a configuration, our images are known by the names
   * their registry gives them; without the registry of one that is wrong, which is a warning. Throws `no-tree`, and
   * `config-missing` when nothing is where the configuration should be; everything else is in its problems.
   */
  openTree(folder: string, config?: string): Promise<Catalog>;
  /** Reads a configuration folder of any era, or the file of era A. Everything that is wrong is in its problems. */
  openConfig(folder: string, options?: ConfigOptions): Promise<ConfigReading>;
  /**
   * Writes a new configuration from a quick-start file. Throws `no-tree`, `usage` for trees too old for it,
   * `file-unwritable`; mistakes of the file are in the report, and then nothing was written.
   */
  generateConfig(request: GenerateRequest): Promise<GenerateReport>;
  /** Renders one template as Jinja2 does. Throws what is wrong with it or with its context. */
  renderTemplate(request: RenderRequest): Promise<RenderedFile>;
  /** Calls back when files of a configuration have changed, come or gone, until it is closed. */
  watchConfig(folder: string, changed: () => void): {close(): void};
  /** A value as its file writes it, to be changed there. Throws `edit-refused` with the reason where that cannot be. */
  writtenValue(value: ValueNode): Promise<WrittenValue>;
  /**
   * Writes another value in the place of one, and nothing else; the file keeps its mode and owner. Throws
   * `edit-refused` when the file has changed since, or for what is no single value of YAML; `file-unwritable`.
   */
  changeValue(value: WrittenValue, typed: string): Promise<ValueChange>;
  /**
   * Opens a file in the editor of EDITOR or VISUAL, else vi or nano, and returns when that has ended. It gets the
   * terminal of this process, which whoever calls must have left alone. Throws `not-found` where there is no editor,
   * `editor-failed` when it fails or is killed. Aborting ends it.
   */
  openEditor(place: {readonly file: string; readonly line?: number | undefined}, signal?: AbortSignal): Promise<void>;
  /** The state of images: what would be built and why. */
  imageStatus(request: ImageStatusRequest, signal?: AbortSignal): Promise<ImageStatusReport>;
  /** Facts and plan of what was asked for; changes nothing. Throws what makes a plan impossible. */
  propose(request: OperationRequest, signal?: AbortSignal, secrets?: MachineSecrets): Promise<Proposal>;
  /**
   * Starts a detached runner for an approved proposal, waits until it is up, and returns the run's id. Throws
   * `confirmation-missing` where the plan wants a name to be typed and it was not.
   */
  start(proposal: Proposal, options?: StartOptions): Promise<string>;
  readonly runs: Runs;
  readonly machines: Machines;
  readonly cluster: Cluster;
  /** Every path, version and limit, for `info`. */
  info(): Promise<readonly InfoLine[]>;
}

interface ConfigOptions extends OpenConfigOptions {
  /** Run the configuration modules of the tree: their results are then the view of services. */
  readonly python?: boolean;
}

export interface ImageStatusRequest {
  /** Absolute path of the tree. */
  readonly source: string;
  /** Configuration folder (or file of era A), absolute. */
  readonly config?: string;
  /** Image or component names; absent: all. */
  readonly names?: readonly string[];
  /** Ask registries for the present digest of foreign bases. */
  readonly checkBases?: boolean;
}

export interface ImageStatusReport {
  readonly images: readonly ImageStatus[];
  /** Why nothing better could be said: no engine, a base that could not be asked for (with the age of what is known). */
  readonly problems: readonly Problem[];
  /** Epoch milliseconds when this was found out. */
  readonly at: number;
}

export interface ImageStatus {
  readonly name: string;
  readonly component: string;
  /** unknown: its component has a hook, so it is decided while running; or the engine cannot be asked. */
  readonly state: 'current' | 'stale' | 'never' | 'unknown';
  readonly reasons: readonly string[];
  /** Of the image on the engine. */
  readonly sizeBytes?: number;
  readonly id?: string;
  /** Epoch milliseconds of the last build here. */
  readonly builtAt?: number;
  /** The reference it was last pushed as, when that push holds this very image. */
  readonly pushedAs?: string;
}

/** Whatever makes a plan. */
export type OperationRequest = ImageRequest | ClusterRequest;

export type ImageRequest = ImageBuildRequest | ImagePushRequest;

export interface ImageBuildRequest extends RunRequest {
  readonly operation: 'image build';
  readonly source: string;
  /** Image or component names; empty: all. Prerequisites are included. */
  readonly names: readonly string[];
  /** Build even what is current. */
  readonly force: boolean;
  /** Build without the engine's layer cache. */
  readonly noCache: boolean;
  /** auto: as DOCKER_BUILDKIT says, else BuildKit where a Dockerfile needs it, else what built the image last, else classic. */
  readonly builder: 'auto' | 'classic' | 'buildkit';
}

export interface ImagePushRequest extends RunRequest {
  readonly operation: 'image push';
  readonly source: string;
  /** Image names; empty: all. Prerequisites are not included, as in every era. */
  readonly names: readonly string[];
}

export type ClusterRequest =
  | BootupRequest
  | CleanRequest
  | InstallKubectlRequest
  | RenewCertificatesRequest
  | EtcdSnapshotRequest
  | EtcdDefragRequest
  | MachineAddRequest
  | MachineRemoveRequest
  | EtcdfixRequest;

/** Of the cluster that a configuration describes, always all of it. */
interface ClusterRunRequest extends RunRequest {
  readonly config: string;
}

/** Of what takes a package set. */
interface PackageSetChoice {
  /** Absent: built-in. */
  readonly packageSet?: PackageSetName;
}

export interface BootupRequest extends ClusterRunRequest, PackageSetChoice, KubectlPlaces {
  readonly operation: 'cluster k8s-bootup';
  /** Run the test pods also where nothing was changed. */
  readonly verify: boolean;
}

export interface CleanRequest extends ClusterRunRequest, PackageSetChoice {
  readonly operation: 'cluster k8s-clean';
  /** Remove the data of etcd instead of moving them aside. */
  readonly force: boolean;
}

export interface InstallKubectlRequest extends ClusterRunRequest, KubectlPlaces {
  readonly operation: 'cluster install-kubectl';
}

export interface RenewCertificatesRequest extends ClusterRunRequest {
  readonly operation: 'cluster certificates renew';
}

export interface EtcdSnapshotRequest extends ClusterRunRequest {
  readonly operation: 'cluster etcd snapshot';
  /** The file it becomes, absolute; absent: one in the folder of the cluster's state. */
  readonly output?: string;
}

export interface EtcdDefragRequest extends ClusterRunRequest {
  readonly operation: 'cluster etcd defrag';
}

/** Of machines of a cluster: host lists, or without any all of the node list. */
interface MachineChangeRequest extends ClusterRunRequest {
  readonly names: readonly string[];
  /** Write into the machine list of the configuration what has come, or take out of it what has gone. */
  readonly updateConfig: boolean;
}

/** Workers become part of a cluster that runs. */
export interface MachineAddRequest extends MachineChangeRequest {
  readonly operation: 'machine add';
}

/** Workers go from a cluster that runs. */
export interface MachineRemoveRequest extends MachineChangeRequest {
  readonly operation: 'machine remove';
  /** Evict pods too that no controller makes anew. */
  readonly force: boolean;
  /** Remove pods whose budget allows no eviction. */
  readonly ignoreBudgets: boolean;
  /** They are dead, and not asked: refused where one answers. */
  readonly dead: boolean;
  /** Milliseconds that the pods of each machine have to be gone in. */
  readonly drainMs: number;
}

export interface EtcdfixRequest extends ClusterRunRequest {
  readonly operation: 'machine etcdfix';
  /** The master whose member of etcd is to be mended. */
  readonly machine: string;
}

/** Where this computer is made to reach a cluster; both absolute. */
export interface KubectlPlaces {
  /** The kubeconfig that the cluster is put into. */
  readonly kubeconfig: string;
  /** The folder kubectl is put into where there is none that fits. */
  readonly programs: string;
}

export interface Proposal {
  readonly request: OperationRequest;
  readonly facts: unknown;
  readonly plan: Plan;
  readonly planHash: string;
  /** No task is expected to change anything: there is nothing to approve. */
  readonly nothingToDo: boolean;
}

export interface StartOptions {
  /** By name, e.g. 'registry-password'; over a pipe to the runner, never anywhere else. */
  readonly secrets?: ReadonlyMap<string, Secret>;
  /** To log in to machines with, beside what the configuration says. */
  readonly machineSecrets?: MachineSecrets;
  /** What the operator typed, where the plan wants that. */
  readonly confirmed?: string;
}

/** `follow`, `output` and `journal` are for ids that came from another call: what reads runs is loaded by then. */
export interface Runs {
  /** Newest first. */
  list(): Promise<readonly RunSummary[]>;
  /** `list()` kept up to date. Empty, and no run is read for it, until `after` is fulfilled. */
  watchList(after?: Promise<unknown>): LiveStore<readonly RunSummary[]>;
  /** Throws `unknown-run` with the nearest ids. A unique prefix, or 'last', stands for an id. */
  show(id: string): Promise<RunView>;
  /** `show()` kept up to date from the run directory, by file events with a slow poll as the net. */
  follow(id: string): LiveStore<RunView>;
  /** The output of one task, kept up to date. */
  output(id: string, task: string): LiveStore<OutputView>;
  /** Each call gives the records of its journal that are new since the one before; the first, those from an offset on. */
  journal(id: string, offset: number): () => readonly RunEvent[];
  /** First call: no new task starts; second: running critical tasks are aborted too. Resolves with which it was. */
  cancel(id: string): Promise<1 | 2>;
  /** Goes on with an interrupted run. */
  resume(id: string, options?: StartOptions): Promise<void>;
  /**
   * Writes the whole output of one task to a file, without colours. A relative path is meant from the folder the program
   * was started in; a file that is there already is not overwritten. Returns the absolute path.
   */
  saveOutput(id: string, task: string, file: string): Promise<string>;
  /** The request of an ended run, to propose it again. */
  requestOf(id: string): Promise<OperationRequest>;
  /** One archive for support (tar.gz), secrets replaced. */
  export(id: string, file: string): Promise<void>;
}

export interface RunSummary {
  readonly id: string;
  readonly operation: string;
  readonly title: string;
  readonly status: RunStatus;
  /** user@host, and the host its SSH session came from where that is known. */
  readonly who: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Milliseconds its runners were at work, by the monotonic clock; absent before the end. */
  readonly tookMs?: number;
  readonly tasks: {readonly total: number; readonly done: number; readonly failed: number; readonly changed: number};
  readonly folder: string;
}

export interface RunView {
  readonly summary: RunSummary;
  readonly state: RunState;
  /** Shown when interrupted: why the runner is gone, and what resume would do. */
  readonly explanation?: string;
  /** Milliseconds the same operation took before (median of done runs). */
  readonly usualMs?: number;
  /** What its operator gave to log in to machines with, where that was needed: to be given again to resume it. */
  readonly given?: readonly (keyof MachineSecrets)[];
  /** Monotonic now of the machine the run is on, for times of running tasks. */
  readonly up: number;
}

export interface InfoLine {
  readonly topic: string;
  readonly value: string;
}
