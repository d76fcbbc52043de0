import {resolve} from 'node:path';
import type {RemoteCommand} from '../../machine-tools.ts';
import type {OutputView} from '../../output-text.ts';
import {type Problem, ProblemError, problemOf} from '../../problem.ts';
import {saveText} from '../../run/save-output.ts';
import {createStore, type LiveStore} from '../../store.ts';
import type {Clock} from '../../tools.ts';
import type {Asked} from '../asked.ts';
import {Coalesce} from '../coalesce.ts';
import type {MachineRun, MachineRunState, OutputGroup} from '../types.ts';
import {MachineJob} from './machine-job.ts';
import {prepareOutputFolder} from './output-files.ts';
import {outputGroups} from './output-groups.ts';
import type {LineListener} from './printed.ts';
import {Slots} from './slots.ts';

export interface MachineRunOptions {
  /** What each machine does. */
  readonly command: RemoteCommand;
  /** The machines, or why there are none. */
  readonly asked: Promise<readonly Asked[]>;
  readonly clock: Clock;
  /** How many at once. */
  readonly parallel: number;
  readonly failFast?: boolean;
  readonly outputDir?: string;
}

/** However much all of them print, this is about what is kept of it in memory. */
const keptOfAll = 96 * 1024 * 1024;
const keptOfOne = {least: 64 * 1024, most: 6 * 1024 * 1024};
const tellEveryMs = 100;

/** Starts a command on machines. */
export function startMachineRun(options: MachineRunOptions, signal: AbortSignal): MachineRun {
  return new RunOnMachines(options, signal);
}

class RunOnMachines implements MachineRun {
  readonly state: LiveStore<MachineRunState>;
  readonly ended: Promise<MachineRunState>;
  private readonly store = createStore<MachineRunState>({machines: [], running: true});
  private readonly options: MachineRunOptions;
  private readonly stopping = new AbortController();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly lineListeners = new Set<LineListener>();
  private readonly told = new Map<MachineJob, number>();
  private readonly teller: Coalesce;
  private jobs: ReadonlyMap<string, MachineJob> = new Map();
  private grouped: {readonly ended: number; readonly groups: readonly OutputGroup[]} | undefined;
  private problem: Problem | undefined;
  private isRunning = true;

  constructor(options: MachineRunOptions, signal: AbortSignal) {
    this.options = options;
    this.state = {...this.store, close() {}};
    this.teller = new Coalesce(options.clock, tellEveryMs, () => this.tell());
    const onAbort = () => this.cancel();
    if (signal.aborted) this.cancel();
    signal.addEventListener('abort', onAbort, {once: true});
    this.ended = this.carryOut().finally(() => signal.removeEventListener('abort', onAbort));
  }

  output(machine: string): LiveStore<OutputView> {
    let view: OutputView = nothingYet;
    let version = -1;
    const own = new Set<() => void>();
    return {
      get: () => {
        const printed = this.jobs.get(machine)?.printed;
        if (printed && printed.version !== version) {
          version = printed.version;
          view = printed.view();
        }
        return view;
      },
      subscribe: (listener) => {
        const all = this.listeners.get(machine) ?? new Set();
        this.listeners.set(machine, all.add(listener));
        own.add(listener);
        return () => {
          all.delete(listener);
          own.delete(listener);
        };
      },
      close: () => {
        for (const listener of own) this.listeners.get(machine)?.delete(listener);
      },
    };
  }

  onLine(listener: LineListener): () => void {
    const own: LineListener = (...line) => listener(...line);
    this.lineListeners.add(own);
    return () => void this.lineListeners.delete(own);
  }

  streams(machine: string) {
    const printed = this.jobs.get(machine)?.printed;
    return {
      stdout: printed?.text('stdout') ?? '',
      stderr: printed?.text('stderr') ?? '',
      leftOutBytes: printed?.leftOutBytes ?? 0,
    };
  }

  groups(): readonly OutputGroup[] {
    const ended = [...this.jobs.values()].flatMap((job) => job.saidKeys ?? []);
    if (ended.length !== this.grouped?.ended) {
      const groups = outputGroups(ended, ({name}) => this.jobs.get(name)?.said);
      this.grouped = {ended: ended.length, groups};
    }
    return this.grouped.groups;
  }

  async save(machine: string, file: string): Promise<string> {
    const view = this.output(machine).get();
    return saveText({refresh: () => false, changed: () => false, view: () => view}, resolve(file));
  }

  cancel(): number {
    const atWork = [...this.jobs.values()].filter(({look}) => isAtWork(look.status)).length;
    this.stopping.abort(new ProblemError({code: 'stopped', message: 'It was stopped.'}));
    if (this.isRunning) this.tell();
    return atWork;
  }

  close(): void {
    this.cancel();
    this.teller.close();
    this.listeners.clear();
    this.lineListeners.clear();
  }

  private async carryOut(): Promise<MachineRunState> {
    try {
      const jobs = await this.prepare();
      await Promise.all(jobs.map((job) => job.carryOut(this.stopping.signal)));
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.isRunning = false;
    this.teller.end();
    return this.current();
  }

  private async prepare(): Promise<readonly MachineJob[]> {
    const {asked, clock, command, outputDir, failFast = false, parallel} = this.options;
    const machines = await asked;
    const names = machines.map(({machine}) => machine.name);
    const outputFolder = outputDir === undefined ? undefined : prepareOutputFolder(outputDir, names);
    const share = Math.floor(keptOfAll / Math.max(1, machines.length));
    const world = {
      command,
      clock,
      slots: new Slots(Math.max(1, parallel)),
      keptBytes: Math.min(keptOfOne.most, Math.max(keptOfOne.least, share)),
      lineListeners: this.lineListeners,
      ...(outputFolder === undefined ? {} : {outputFolder}),
      isStopping: () => failFast && [...this.jobs.values()].some(({look}) => isFailure(look.status)),
      mayOvertake: parallel > 1 && !failFast,
      changed: () => this.teller.changed(),
    };
    const jobs = machines.map((each) => new MachineJob(each, world));
    this.jobs = new Map(jobs.map((job) => [job.look.machine.name, job]));
    this.teller.changed();
    return jobs;
  }

  private tell(): void {
    this.store.set(this.current());
    for (const [name, listeners] of this.listeners) {
      const job = this.jobs.get(name);
      if (!job || this.told.get(job) === job.printed.version) continue;
      this.told.set(job, job.printed.version);
      for (const listener of [...listeners]) listener();
    }
  }

  private current(): MachineRunState {
    const machines = [...this.jobs.values()].map((job) => job.look);
    const stopping = this.isRunning && this.stopping.signal.aborted;
    return {
      machines,
      running: this.isRunning,
      ...(stopping ? {stopping} : {}),
      ...(this.problem ? {problem: this.problem} : {}),
    };
  }
}

function isAtWork(status: MachineRunState['machines'][number]['status']): boolean {
  return status === 'connecting' || status === 'running';
}

function isFailure(status: MachineRunState['machines'][number]['status']): boolean {
  return status === 'failed' || status === 'unreachable';
}

const nothingYet: OutputView = {
  lineCount: 0,
  leftOutBytes: 0,
  ended: false,
  lines: () => [],
  search: () => [],
  files: [],
};
