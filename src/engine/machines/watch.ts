import {type Problem, type ProblemCode, ProblemError, problemOf} from '../problem.ts';
import {createStore, type LiveStore} from '../store.ts';
import type {Clock} from '../tools.ts';
import type {Asked} from './asked.ts';
import {Coalesce} from './coalesce.ts';
import type {MachineFacts, MachineInfo, MachineLook} from './types.ts';

export interface WatchOptions {
  /** The machines; nothing is shown of a configuration that cannot be read, which is told elsewhere. */
  readonly asked: Promise<readonly Asked[]>;
  readonly clock: Clock;
  /** `isFirst`: what is asked once may be. */
  readFacts(asked: Asked, isFirst: boolean, signal: AbortSignal): Promise<MachineFacts>;
  complaintsOf(facts: MachineFacts, machine: MachineInfo): readonly string[];
  /** From an answer to the next question; absent: ten seconds, longer with many machines. */
  readonly everyMs?: number;
}

export interface MachineWatch extends LiveStore<readonly MachineLook[]> {
  /** Asks these again soon: what kept them from answering may be gone. */
  again(machines: ReadonlySet<string>): void;
}

/** Machines that are asked at the same time, without those that take long. */
const atOnce = 24;
/** With those that take long. */
const mostAsked = 400;
const patienceMs = 2000;
/** A machine that says nothing for so long is down; what it is asked is given up until the next time. */
const deadlineMs = 25_000;
const tickMs = 250;
const tellEveryMs = 100;

/** Asks all machines again and again, each by itself; what takes long holds up nobody. One timer for all of them. */
export function watchMachines(options: WatchOptions): MachineWatch {
  return new Watch(options);
}

interface Watched {
  readonly asked: Asked;
  look: MachineLook;
  /** Monotonic milliseconds when it is to be asked again. */
  dueAt: number;
  /** While it is being asked. */
  question?: {readonly since: number; readonly abort: AbortController};
  /** Failures since its last answer. */
  failures: number;
  /** What it is asked now was overtaken: it is asked once more when that has ended. */
  isOvertaken?: boolean;
}

class Watch implements MachineWatch {
  private readonly options: WatchOptions;
  private readonly store = createStore<readonly MachineLook[]>([]);
  private readonly teller: Coalesce;
  private readonly closed = new AbortController();
  private watched: readonly Watched[] = [];

  constructor(options: WatchOptions) {
    this.options = options;
    this.teller = new Coalesce(options.clock, tellEveryMs, () => this.store.set(this.watched.map(({look}) => look)));
    void this.run();
  }

  get = (): readonly MachineLook[] => this.store.get();
  subscribe = (listener: () => void): (() => void) => this.store.subscribe(listener);

  again(machines: ReadonlySet<string>): void {
    for (const one of this.watched) {
      if (!machines.has(one.look.machine.name)) continue;
      one.dueAt = 0;
      one.failures = 0;
      one.isOvertaken = one.question !== undefined;
    }
    this.askDue();
  }

  close(): void {
    const reason = new ProblemError({code: 'stopped', message: 'Nobody looks at the machines any more.'});
    this.closed.abort(reason);
    this.teller.close();
    for (const {question} of this.watched) question?.abort.abort(reason);
  }

  private async run(): Promise<void> {
    const {asked, clock} = this.options;
    const machines = await asked.catch(() => []);
    this.watched = machines.map((one) => ({
      asked: one,
      look: {machine: one.machine, state: 'unknown', complaints: []},
      dueAt: 0,
      failures: 0,
    }));
    this.teller.changed();
    while (this.watched.length > 0 && !this.closed.signal.aborted) {
      this.endLate();
      this.askDue();
      await clock.sleep(tickMs, this.closed.signal).catch(() => {});
    }
  }

  private askDue(): void {
    const now = this.options.clock.monotonic();
    const asking = this.watched.filter(({question}) => question);
    const slow = asking.filter(({question}) => question && now - question.since > patienceMs).length;
    const room = Math.min(atOnce - (asking.length - slow), mostAsked - asking.length);
    if (room <= 0 || this.closed.signal.aborted) return;
    const due = this.watched.filter(({question, dueAt}) => !question && dueAt <= now);
    for (const one of due.sort((a, b) => a.dueAt - b.dueAt).slice(0, room)) void this.ask(one, now);
  }

  private endLate(): void {
    const now = this.options.clock.monotonic();
    for (const one of this.watched) {
      const {question, look} = one;
      if (!question || question.abort.signal.aborted || now - question.since <= deadlineMs) continue;
      const late = tooLate(look.machine.name);
      // Said at once: it may take a while until nothing of the question is left on a machine that does not answer.
      this.set(one, {state: 'down', problem: late.problem, complaints: []});
      question.abort.abort(late);
    }
  }

  /** Never rejects: how it went is in the look. */
  private async ask(one: Watched, now: number): Promise<void> {
    const {clock, readFacts, complaintsOf} = this.options;
    const abort = new AbortController();
    const isFirst = one.look.facts === undefined;
    one.question = {since: now, abort};
    const isNew = one.look.askedAt === undefined;
    one.look = {...one.look, askedAt: clock.now(), ...(isNew ? {state: 'asking' as const} : {})};
    // That it is asked once more changes nothing of what is known.
    if (isNew) this.teller.changed();
    try {
      const facts = await readFacts(one.asked, isFirst, abort.signal);
      const complaints = complaintsOf(facts, one.look.machine);
      one.failures = 0;
      const {problem: _, ...look} = one.look;
      one.look = {
        ...look,
        facts: withSudo(facts, one.look.facts),
        seenAt: clock.now(),
        complaints,
        state: complaints.length > 0 ? 'degraded' : 'up',
      };
    } catch (error) {
      one.failures++;
      const problem = problemOf(error);
      one.look = {...one.look, problem, state: stateOf(problem.code), complaints: []};
    }
    delete one.question;
    if (this.closed.signal.aborted) return;
    one.dueAt = one.isOvertaken ? 0 : clock.monotonic() + this.pauseAfter(one);
    one.isOvertaken = false;
    this.teller.changed();
    this.askDue();
  }

  private set(one: Watched, change: Partial<MachineLook>): void {
    one.look = {...one.look, ...change};
    this.teller.changed();
  }

  /** A tenth more or less, so that machines that were asked together are not for ever. */
  private pauseAfter({look, failures}: Watched): number {
    const every = this.options.everyMs ?? Math.max(10_000, this.watched.length * 40);
    const longer = {refused: Math.max(every, loginPauseMs), down: every * Math.min(4, 2 ** (failures - 1))};
    const pause = look.state === 'refused' || look.state === 'down' ? longer[look.state] : every;
    return pause * (0.9 + 0.2 * Math.random());
  }
}

/** Accounts are locked after some wrong passwords; nobody changes theirs every ten seconds. */
const loginPauseMs = 10 * 60_000;

/** Whether sudo asks for a password is found out once; later answers leave it open. */
function withSudo(facts: MachineFacts, before: MachineFacts | undefined): MachineFacts {
  return facts.sudo === 'unknown' && before ? {...facts, sudo: before.sudo} : facts;
}

function stateOf(code: ProblemCode): MachineLook['state'] {
  switch (code) {
    case 'machine-unreachable':
    case 'machine-lost':
    case 'deadline-passed':
      return 'down';
    case 'login-refused':
    case 'secret-missing':
    case 'host-key-changed':
    case 'host-key-revoked':
      return 'refused';
    case 'facts-unreadable':
      return 'degraded';
    default:
      return 'unknown';
  }
}

function tooLate(machine: string): ProblemError {
  const problem: Problem = {
    code: 'deadline-passed',
    message: `${machine} gave no answer in ${deadlineMs / 1000} seconds.`,
    hint: 'Look at its console: it may hang while its network still answers.',
    machine,
  };
  return new ProblemError(problem);
}
