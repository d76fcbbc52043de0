/** What screens and the command line may ask about machines. Queries: no plan, no run, no lock. */

import type {Role, Sku} from '../config/types.ts';
import type {HostKey, RemoteEnd, RemoteShell, TerminalSession} from '../machine-tools.ts';
import type {OutputView} from '../output-text.ts';
import type {Problem} from '../problem.ts';
import type {Secret} from '../secret.ts';
import type {LiveStore} from '../store.ts';
import type {MachineFacts} from './facts/types.ts';

export type {RemoteEnd, TerminalSession} from '../machine-tools.ts';
export type {DiskFact, GpuFact, MachineFacts, PortFact} from './facts/types.ts';

/** Where the machines are named, and what else is needed to log in. */
export interface MachinesRequest {
  /** Configuration folder, or the file of era A; absolute. */
  readonly config: string;
  /** The tree it is for, absolute. */
  readonly source?: string;
  /** A file of machines beside those of the configuration, absolute. */
  readonly nodeList?: string;
  /** Host-list expressions ('gpu[01-16]', '@workers', '@all&!node-7'); empty: all machines. */
  readonly names: readonly string[];
  /** The hosts to go through, as ssh -J takes them: 'user@jump:22', several with commas, IPv6 in brackets. */
  readonly jump?: string;
  readonly secrets?: MachineSecrets;
}

/** Beside what the configuration says. */
export interface MachineSecrets {
  /** To log in and for sudo, where the configuration has none. Never for hosts to go through. */
  readonly password?: Secret;
  /** Of private keys. */
  readonly passphrase?: Secret;
  /** To log in to the hosts to go through, which otherwise want an agent or a key. */
  readonly jumpPassword?: Secret;
}

/** Everything about machines that is asked over SSH. One connection per machine, kept until `close`. */
export interface Machines {
  /** In the order of the configuration. Throws what is wrong with it, `unknown-name` with the nearest ones. */
  list(request: MachinesRequest): Promise<MachineList>;
  /** The machines a host-list expression names, or what is wrong with it; for a live count while it is typed. */
  match(expression: string, machines: readonly MachineInfo[]): HostListMatch;
  /** State and facts of all machines, asked again every `everyMs`, each machine by itself: a dead one holds up nobody. */
  watch(request: MachinesRequest, everyMs?: number): LiveStore<readonly MachineLook[]>;
  /** Facts of each machine in one round trip; `told` hears them as they come. */
  facts(
    request: MachinesRequest,
    told: (report: FactsReport) => void,
    signal: AbortSignal,
  ): Promise<readonly FactsReport[]>;
  /** Host keys of each machine, and what is known of them; `told` hears them as they come. Logs in nowhere. */
  hostKeys(
    request: MachinesRequest,
    told: (report: HostKeyReport) => void,
    signal: AbortSignal,
  ): Promise<readonly HostKeyReport[]>;
  /**
   * Pins these keys in the cluster's state and journals how they came to be accepted. Throws `host-key-changed` for a
   * machine of which another key is pinned, unless `replace` is set.
   */
  trust(
    request: MachinesRequest,
    keys: readonly {readonly machine: string; readonly keys: readonly HostKey[]}[],
    how: TrustHow,
  ): Promise<void>;
  /** Starts a command on the machines and follows it. */
  run(request: MachineRunRequest, signal: AbortSignal): MachineRun;
  /** Follows logs of machines until closed. */
  logs(request: MachineLogRequest): MachineRun;
  /** What logs of one machine there are to follow. Throws why it cannot be asked. */
  listLogs(request: MachinesRequest & {readonly sudo?: boolean}, signal: AbortSignal): Promise<MachineLogList>;
  /** An interactive program on one machine, with a screen in memory of this size. */
  shell(request: MachineShellRequest, signal: AbortSignal): Promise<TerminalSession>;
  /**
   * The same without a screen: the bytes of the program as they are. Only for `machine shell`, where the operator lends
   * the machine the terminal.
   */
  rawShell(request: MachineShellRequest, signal: AbortSignal): Promise<RemoteShell>;
  /** The machines of a list of addresses or ranges ('10.0.0.11-40') that answer, with what a machine list needs to know. */
  probe(
    request: ProbeRequest,
    told: (found: ProbeReport) => void,
    signal: AbortSignal,
  ): Promise<readonly ProbeReport[]>;
  close(): Promise<void>;
}

export interface MachineList {
  readonly machines: readonly MachineInfo[];
  /** Names of groups that host lists may use: '@workers', '@gpu', '@sku:NC24R'. */
  readonly groups: readonly {readonly name: string; readonly machines: readonly string[]}[];
  /** Warnings of the configuration. */
  readonly problems: readonly Problem[];
}

export interface MachineInfo {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user?: string;
  readonly roles: readonly Role[];
  readonly labels: readonly string[];
  readonly sku?: MachineSku;
}

/** What its sku says of a machine: only its name where the configuration does not describe it. */
export type MachineSku = Omit<Sku, 'place'>;

export type HostListMatch =
  | {readonly machines: readonly MachineInfo[]; readonly problem?: undefined}
  | {readonly problem: Problem; readonly machines?: undefined};

/** One machine as it was last seen. */
export interface MachineLook {
  readonly machine: MachineInfo;
  /** asking: for the first time. unknown: not asked yet, or its host key is not trusted; down: nobody answers; refused: it answers and lets nobody in. */
  readonly state: 'unknown' | 'asking' | 'up' | 'degraded' | 'refused' | 'down';
  /** Epoch milliseconds of the last answer. */
  readonly seenAt?: number;
  /** Epoch milliseconds of the last try. */
  readonly askedAt?: number;
  readonly facts?: MachineFacts;
  /** Why it is not up. */
  readonly problem?: Problem;
  /** Why it is degraded, as sentences. */
  readonly complaints: readonly string[];
}

export interface FactsReport {
  readonly machine: MachineInfo;
  readonly facts?: MachineFacts;
  readonly problem?: Problem;
}

export interface HostKeyReport {
  readonly machine: MachineInfo;
  /** What the machine shows now; of one that is known, those that are. Empty where it cannot be asked (`problem`). */
  readonly keys: readonly HostKey[];
  /** changed: another key is known. disagreeing: known_hosts and the pins know different ones. */
  readonly state: 'new' | 'known' | 'changed' | 'revoked' | 'disagreeing' | 'unreachable';
  /** Where it is known from: 'pinned 2026-11-20', '~/.ssh/known_hosts:12'. */
  readonly from?: string;
  /** Keys that were known, where the machine shows others. */
  readonly known?: readonly HostKey[];
  readonly problem?: Problem;
}

export interface TrustHow {
  readonly how: 'compared on screen' | 'fingerprints from a file' | 'accepted without comparison' | 're-pinned';
  /** Takes the place of a pinned key; for one machine, after it was explained. */
  readonly replace?: boolean;
}

export interface MachineRunRequest extends MachinesRequest {
  /** POSIX sh. */
  readonly script: string;
  readonly sudo?: boolean;
  /** How many at once; absent: 40. */
  readonly parallel?: number;
  readonly deadlineMs?: number;
  /** Start nothing more after the first that fails. */
  readonly failFast?: boolean;
  /** Whole outputs are written below this folder as NAME.out and NAME.err, each to its end. */
  readonly outputDir?: string;
}

export type MachineLogSource =
  | {readonly kind: 'file'; readonly path: string}
  | {readonly kind: 'unit'; readonly unit: string}
  | {readonly kind: 'container'; readonly container: string};

/** What a machine has that logs; each list empty where there is none of its kind. */
export interface MachineLogList {
  readonly files: readonly {readonly path: string; readonly bytes: number}[];
  /** Units with their state as systemd has it: 'running', 'failed', 'exited'. */
  readonly units: readonly {readonly unit: string; readonly state: string; readonly about: string}[];
  readonly containers: readonly {
    /** What MachineLogSource takes. */
    readonly container: string;
    /** As people call it; of Kubernetes the name inside of its pod. */
    readonly name: string;
    readonly state: string;
    readonly image: string;
    readonly pod?: string;
  }[];
  /** What could not be asked, as sentences. */
  readonly missing: readonly string[];
}

export interface MachineLogRequest extends MachinesRequest {
  readonly log: MachineLogSource;
  /** Lines from before; absent: 200. */
  readonly lines?: number;
  /** Go on as it grows. */
  readonly follow: boolean;
  readonly sudo?: boolean;
}

/** A command on many machines, while it runs and after. */
export interface MachineRun {
  readonly state: LiveStore<MachineRunState>;
  /** What one machine printed, stdout and stderr as they came, bounded in the middle. */
  output(machine: string): LiveStore<OutputView>;
  /**
   * Hears every line of every machine once, when it is ended, in the order they come, also those that are not kept. Its
   * text is as in OutputView. Returns the function that ends it.
   */
  onLine(listener: (machine: string, text: string, stream: 'stdout' | 'stderr') => void): () => void;
  /** Both streams apart, each to its bound; for JSON. */
  streams(machine: string): {readonly stdout: string; readonly stderr: string; readonly leftOutBytes: number};
  /** Groups of machines whose output and end are identical, the largest first. */
  groups(): readonly OutputGroup[];
  /** Resolves when every machine has ended. Never rejects. */
  readonly ended: Promise<MachineRunState>;
  /** Writes what one machine printed to a file that is not there yet. Returns the absolute path. */
  save(machine: string, file: string): Promise<string>;
  /** Stops what still runs, on the machines too. Returns on how many something was at work, which `state` may tell later. */
  cancel(): number;
  close(): void;
}

export interface MachineRunState {
  /** Empty until the configuration is read. */
  readonly machines: readonly MachineRunLook[];
  readonly running: boolean;
  /** It was told to stop, and has not everywhere: a machine that does not answer takes its time. */
  readonly stopping?: boolean;
  /** Why nothing could be begun: the configuration, a name that nobody has, a folder that cannot be written. */
  readonly problem?: Problem;
}

export interface MachineRunLook {
  readonly machine: MachineInfo;
  readonly status: 'waiting' | 'connecting' | 'running' | 'done' | 'failed' | 'unreachable' | 'stopped' | 'skipped';
  readonly end?: RemoteEnd;
  readonly problem?: Problem;
  /** Epoch milliseconds. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Epoch milliseconds of its last output: silent ones are named. */
  readonly spokeAt?: number;
}

export interface OutputGroup {
  readonly machines: readonly MachineInfo[];
  readonly end?: RemoteEnd;
  /** The text they have in common. */
  readonly text: string;
  /** Lines that differ from the largest group: absent for that one. */
  readonly difference?: readonly DifferenceLine[];
}

export interface DifferenceLine {
  readonly kind: 'same' | 'added' | 'removed' | 'left out';
  readonly text: string;
}

export interface MachineShellRequest extends MachinesRequest {
  readonly columns: number;
  readonly rows: number;
  /** POSIX sh; absent: the login shell. */
  readonly script?: string;
}

export interface ProbeRequest {
  /** Addresses, names, ranges of the last number ('10.0.0.11-40'), or names with brackets ('gpu[01-16].example'). */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly user: string;
  readonly secrets?: MachineSecrets;
  /** Private key on this computer. */
  readonly keyFile?: string;
  /** State folder whose pins count; host keys that are new are reported, and logged in to only when `accept` has them. */
  readonly config?: string;
  /** Host keys somebody accepted, each for its address alone. */
  readonly accept?: readonly {readonly address: string; readonly keys: readonly HostKey[]}[];
}

export interface ProbeReport {
  readonly address: string;
  /** What it shows; empty where nobody answers. */
  readonly keys: readonly HostKey[];
  readonly facts?: MachineFacts;
  /** A sku made of its facts: GPUs, CPUs and memory. Machines with the same are given the same name. */
  readonly sku?: ProbedSku;
  /** Why there are no facts: nobody answers, its host key is not accepted, it lets nobody in. */
  readonly problem?: Problem;
}

/** A sku that no configuration has yet. */
export interface ProbedSku {
  /** Of letters, digits and '-': 'v100-pcie-16gb-x4-24c-224g', 'cpu-8c-64g'. */
  readonly name: string;
  readonly cpus: number;
  /** Whole GiB that a machine of it has at least, as its kernel counts. */
  readonly memoryGib: number;
  /** Of cards on the bus, driven or not. */
  readonly gpu?: {readonly type: string; readonly count: number};
}
