/**
 * A Plan says what would happen, on which machine, in which order, and what it touches. Making one is
 * pure; carrying it out is run/'s work, which hands each task tools limited to what the task declared.
 */

import type {ObjectName} from '../kube-tools.ts';
import type {Problem, ProblemCode} from '../problem.ts';
import type {Tools} from '../tools.ts';

export interface Plan {
  /** 'image build', 'image push', … as on the command line. */
  readonly operation: string;
  /** 'Build 3 images' */
  readonly title: string;
  readonly tasks: readonly Task[];
  /** What the operator should know before approving. */
  readonly notices: readonly Problem[];
  /** What has to be typed before it is carried out, where it takes data away: the name of the cluster or the machine. */
  readonly confirm?: string;
  /**
   * What tasks go by beside their effects, as plain JSON: what they send is made of it while they run. Part of the plan's
   * hash, so that it is what was approved.
   */
  readonly basis?: unknown;
}

/** Plans keep tasks of different results in one list, hence the loose default. */
// biome-ignore lint/suspicious/noExplicitAny: a list of tasks holds many result types; resultOf gives the type back
export interface Task<Result = any> {
  /** 'build/rest-server', 'node-3/stop-etcd': unique in the plan, safe characters only ([a-z0-9._/-]). */
  readonly id: string;
  readonly title: string;
  /** Machine name; absent: this computer. */
  readonly on?: string;
  /** Task ids; the scheduler goes by these edges, never by waves. */
  readonly needs: readonly string[];
  /**
   * Task ids that must have ended before it starts, however they ended: for what tidies up, and for what can go on with
   * those that are left. Absent: none.
   */
  readonly after?: readonly string[];
  readonly touches: 'nothing' | 'this computer' | 'a machine' | 'the cluster' | 'data';
  /** Everything it may change. A change outside of this throws `not-in-plan`. */
  readonly does: readonly Effect[];
  /** What the facts let us expect; the run has the last word. */
  readonly expected: Expected;
  /** Why it would change something, as sentences ("src/webportal/src/app.js changed"). */
  readonly why: readonly string[];
  /** Never interrupted between its first change and its last. */
  readonly critical?: true;
  readonly retry?: Retry;
  /**
   * Milliseconds it may take from its start, all attempts together; then it is aborted, critical or not, and fails with
   * `deadline-passed`. Not part of the plan's hash: it does not change what is done.
   */
  readonly deadlineMs?: number;
  /** Which kind of slot it takes: 'build', 'hook', 'upload', or a machine's name. */
  readonly resource?: string;
  /** How a person would take it back, in a sentence. */
  readonly undo?: string;
  /**
   * Already so? Then the task ends unchanged with this outcome and run is not called. Also asked again on resume of
   * every task the journal has as done.
   */
  satisfied?(context: TaskContext): Promise<Result | undefined>;
  run(context: TaskContext): Promise<TaskEnd<Result>>;
}

export type Expected = 'change' | 'unchanged' | 'decided while running';

/** How a task ended well. The result must be plain JSON: it is kept in the journal for later tasks and for resume. */
export interface TaskEnd<Result> {
  /** Whether this computer, a machine or the cluster differs from before; temporary folders do not count. */
  readonly changed: boolean;
  readonly result: Result;
  /** A few words for the task's line: 'sha256:12ab…, 14 MB', 'nothing changed'. */
  readonly note?: string;
}

/**
 * What a task may change. Paths may begin with `$RUN` (the run directory) or `$STATE` (the cluster's state folder)
 * and may end with `/**` (everything below). `decided` marks what is only known while running.
 */
export type Effect =
  | {readonly kind: 'command'; readonly argv: readonly string[]; readonly cwd: string; readonly decided?: string}
  | {
      readonly kind: 'file';
      readonly path: string;
      /** Of the content where it is known before; 'secret' where it holds one. */
      readonly digest?: string;
      readonly decided?: string;
    }
  | {
      readonly kind: 'docker';
      readonly call: 'build' | 'tag' | 'push' | 'pull';
      /** The reference that comes into being. */
      readonly image: string;
      readonly decided?: string;
    }
  | {
      /** A change through the API of Kubernetes. */
      readonly kind: 'kube';
      /** evict: pods of the node that is the object. */
      readonly verb: 'apply' | 'patch' | 'remove' | 'evict';
      /** '$RUN' in its name or namespace stands for the run's id. */
      readonly object: ObjectName;
      readonly decided?: string;
    }
  | MachineEffect;

/**
 * What a task may change on a machine. A script is held to its text: no other one can be run there. Which files and
 * containers of the machine it changes is not seen from here; what it says of them is for the operator.
 */
export type MachineEffect =
  | {
      readonly kind: 'script';
      readonly on: string;
      /** For people: 'start-kubelet.sh', 'install certificates'. */
      readonly name: string;
      /** SHA-256 of the text that /bin/sh is given, as `sha256:…`. */
      readonly script: string;
      /** $1, $2, …; '$RUN' stands for the run's id, '~/' at the beginning for a home folder. Absent: any. */
      readonly args?: readonly string[];
      readonly sudo?: true;
      readonly decided?: string;
    }
  | {
      readonly kind: 'machine file';
      readonly on: string;
      /** Absolute; may end with `/**`. */
      readonly path: string;
      /** Of the content where it is known before; 'secret' where it holds one. */
      readonly digest?: string;
      readonly decided?: string;
    }
  | {
      readonly kind: 'container';
      readonly on: string;
      readonly call: 'run' | 'remove' | 'pull';
      /** Of the container, or the image that is pulled. */
      readonly name: string;
      readonly decided?: string;
    };

export interface Retry {
  /** Tries altogether. */
  readonly attempts: number;
  /** Only these problems are worth another try. */
  readonly on: readonly ProblemCode[];
  /** First wait; doubled each time, with jitter, at most maxWaitMs. */
  readonly waitMs: number;
  readonly maxWaitMs: number;
}

export interface TaskContext {
  /** Limited to this task's `does`: any other change throws `not-in-plan`; reads are free. */
  readonly tools: Tools;
  readonly signal: AbortSignal;
  /** The run directory; effects name it `$RUN`. */
  readonly runFolder: string;
  /** The state folder of this cluster; effects name it `$STATE`. */
  readonly stateFolder: string;
  /** Terminal bytes for this task's log; known secrets are replaced on the way. */
  output(bytes: Uint8Array | string): void;
  progress(done: number, total?: number): void;
  /** The result of a task that is among this one's needs (or theirs). Throws when it has none. */
  resultOf<Result>(taskId: string): Result;
  /**
   * Whether this run has changed anything so far, also before it was resumed; a task that failed may have. For what is
   * only worth doing then: such a task comes after those that change something.
   */
  mayHaveChanged(): boolean;
  /** A secret handed to this run by name ('registry-password'); undefined when none was given. */
  secret(name: string): import('../secret.ts').Secret | undefined;
}

/**
 * One operation: how its facts are read and how a plan is made of them. Facts and requests are plain JSON,
 * recorded in the run directory; the same request and facts give the same plan.
 */
export interface Operation<Request extends RunRequest = RunRequest, Facts = unknown> {
  readonly name: Request['operation'];
  /** Names of the locks it holds while it runs. */
  locks(request: Request, facts: Facts): readonly LockName[];
  /**
   * Tasks at a time where the request says nothing: for what works on machines, which wait for themselves and not for
   * this computer. Absent: as many as its processors bear.
   */
  readonly parallel?: number;
  /** The lock on the cluster itself that it holds while it runs, renewed all the time; undefined or absent: none. */
  clusterLock?(request: Request, facts: Facts): ClusterLockWish | undefined;
  /** Reads only; every wait has a deadline. */
  readFacts(request: Request, world: FactWorld, signal: AbortSignal): Promise<Facts>;
  /** Pure. */
  plan(request: Request, facts: Facts): Plan;
}

export interface FactWorld {
  readonly tools: Tools;
  readonly stateFolder: string;
  /** Ask everybody; else what slow ones said within the last minute counts, as for a runner that makes a plan again. */
  readonly anew?: boolean;
}

export interface ClusterLockWish {
  /** Names of every configured master. */
  readonly masters: readonly string[];
  /** Those that can be reached are enough, for what mends a cluster that lost its masters; at least one must be. */
  readonly withoutMajority?: true;
}

/** What somebody asked for. Never holds a secret. */
export interface RunRequest {
  readonly operation: string;
  /** Absolute, links resolved. */
  readonly source?: string;
  readonly config?: string;
  /** A file of machines beside those of the configuration: to be added, or not written into it. Absolute, links resolved. */
  readonly nodeList?: string;
  /** Where the engine is, when it was chosen for this run. */
  readonly parallel?: number;
  /** The hosts to go through to machines, as ssh -J takes them. */
  readonly jump?: string;
  readonly failFast?: boolean;
  /** Whole run, milliseconds. */
  readonly timeoutMs?: number;
  readonly readOnly?: boolean;
  /** Take the lock of the cluster from a holder whose time is over. */
  readonly takeOverLock?: boolean;
}

/** `images-<hash>`: file name below locks/, and whether it lies in the cluster's state folder or beside all of them. */
export interface LockName {
  readonly scope: 'images' | 'services' | 'machines';
  /** Distinguishes locks of one scope: for images a hash of source path and engine address. */
  readonly of: string;
}
