import type {Remote, RemoteCommand} from '../../machine-tools.ts';
import {type Problem, problemOf} from '../../problem.ts';
import type {Clock} from '../../tools.ts';
import type {Asked} from '../asked.ts';
import {type Hold, isBroken} from '../fleet.ts';
import type {MachineRunLook} from '../types.ts';
import {type OutputFiles, openOutputFiles} from './output-files.ts';
import {type Said, type SaidKeys, saidKeys} from './output-groups.ts';
import {type LineListener, Printed, type Stream} from './printed.ts';
import type {Slots} from './slots.ts';

export interface JobWorld {
  readonly command: RemoteCommand;
  readonly clock: Clock;
  readonly slots: Slots;
  /** Bytes of output that are kept in memory. */
  readonly keptBytes: number;
  readonly lineListeners: ReadonlySet<LineListener>;
  /** Where whole outputs are written. */
  readonly outputFolder?: string;
  /** Nothing more is to be begun. */
  isStopping(): boolean;
  /** Whether a machine that is slow to answer may be overtaken by those that wait behind it. */
  readonly mayOvertake: boolean;
  changed(): void;
}

/** A machine that has not answered by then lets others go before it. */
const patienceMs = 3000;

/** What happens on one machine of a run. */
export class MachineJob {
  look: MachineRunLook;
  readonly printed: Printed;
  private readonly asked: Asked;
  private readonly world: JobWorld;
  private files: OutputFiles | undefined;
  private hasSlot = false;
  private isConnected = false;
  private keys: SaidKeys | undefined;

  constructor(asked: Asked, world: JobWorld) {
    this.asked = asked;
    this.world = world;
    this.look = {machine: asked.machine, status: 'waiting'};
    this.printed = new Printed(asked.machine.name, world.keptBytes, world.lineListeners);
  }

  /** Never rejects: how it ended is in the look. */
  async carryOut(signal: AbortSignal): Promise<void> {
    await this.takeSlot();
    try {
      if (signal.aborted || this.world.isStopping()) this.set({status: 'skipped'});
      else await this.connectAndRun(signal);
    } catch (error) {
      this.fail(error, signal);
    } finally {
      this.leaveSlot();
      this.files?.close();
      this.printed.end();
      this.world.changed();
    }
  }

  /** Of what it said, once it ended; undefined before, and where nothing was run. */
  get saidKeys(): SaidKeys | undefined {
    const {startedAt, endedAt} = this.look;
    if (startedAt === undefined || endedAt === undefined) return undefined;
    this.keys ??= saidKeys(this.said);
    return this.keys;
  }

  get said(): Said {
    const {machine, end} = this.look;
    const [stdout, stderr] = [this.printed.text('stdout'), this.printed.text('stderr')];
    return {machine, ...(end ? {end} : {}), stdout, stderr};
  }

  private async connectAndRun(signal: AbortSignal): Promise<void> {
    this.set({status: 'connecting'});
    const hold = await this.connect(signal);
    let broken = false;
    try {
      if (this.world.isStopping()) this.set({status: 'skipped'});
      else await this.run(hold.remote, signal);
    } catch (error) {
      broken = isBroken(error);
      throw error;
    } finally {
      hold.release(broken);
    }
  }

  private async run(remote: Remote, signal: AbortSignal): Promise<void> {
    this.openFiles();
    this.isConnected = true;
    const end = await remote.run(this.world.command, this.watch(), signal);
    // An output that could not be kept as it was asked for is a failure, however the command ended.
    const isDone = end.exit === 0 && !this.look.problem;
    this.set({status: isDone ? 'done' : 'failed', end, endedAt: this.world.clock.now()});
  }

  /** Others go on while a machine does not answer; it has to wait for its turn again once it does. */
  private async connect(signal: AbortSignal): Promise<Hold> {
    const holding = this.asked.hold(signal);
    if (!this.world.mayOvertake) return await holding;
    const answered = new AbortController();
    const slow = this.world.clock.sleep(patienceMs, answered.signal).then(
      () => undefined,
      () => undefined,
    );
    const hold = await Promise.race([holding, slow]).finally(() => answered.abort());
    if (hold) return hold;
    this.leaveSlot();
    const late = await holding;
    await this.takeSlot(true);
    return late;
  }

  private openFiles(): void {
    const {outputFolder} = this.world;
    if (outputFolder === undefined) return;
    this.files = openOutputFiles(outputFolder, this.asked.machine.name);
    this.printed.files.push(...this.files.paths);
  }

  private watch() {
    const take = (stream: Stream) => (bytes: Uint8Array) => {
      const problem = this.files?.write(stream, bytes);
      if (problem) this.set({problem});
      const now = this.world.clock.now();
      this.printed.push(stream, bytes, now);
      // Whoever asks wants to know which are silent, not the millisecond.
      if (now - (this.look.spokeAt ?? 0) >= 1000) this.set({spokeAt: now});
      else this.world.changed();
    };
    // Not before: a machine that is gone since it was last asked is found out only by asking.
    const begun = () => this.set({status: 'running', startedAt: this.world.clock.now()});
    return {stdout: take('stdout'), stderr: take('stderr'), begun};
  }

  private fail(error: unknown, signal: AbortSignal): void {
    const endedAt = this.world.clock.now();
    // What is called stopped is taken for ended: not so where the machine could not be told.
    if (signal.aborted && !(this.look.startedAt !== undefined && isBroken(error))) {
      this.set({status: 'stopped', endedAt});
      return;
    }
    const problem: Problem = {machine: this.asked.machine.name, ...problemOf(error)};
    const {startedAt} = this.look;
    const isReached =
      startedAt !== undefined || problem.code === 'file-unwritable' || (this.isConnected && !isBroken(error));
    this.set({status: isReached ? 'failed' : 'unreachable', problem, endedAt});
  }

  private set(change: Partial<MachineRunLook>): void {
    this.look = {...this.look, ...change};
    this.world.changed();
  }

  private async takeSlot(isNext = false): Promise<void> {
    await this.world.slots.take(isNext);
    this.hasSlot = true;
  }

  private leaveSlot(): void {
    if (!this.hasSlot) return;
    this.hasSlot = false;
    this.world.slots.give();
  }
}
