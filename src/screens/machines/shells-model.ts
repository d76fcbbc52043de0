import {
  createStore,
  type Machines,
  type MachinesRequest,
  type Problem,
  ProblemError,
  problemOf,
  type RemoteEnd,
  type TerminalSession,
} from '../../engine/index.ts';
import type {ShownClock} from '../clock.ts';

/** A shell on a machine, from the wish for one to what became of it. */
export interface Shell {
  readonly machine: string;
  /** wanted: begun as soon as the size of its pane is known. */
  readonly status: 'wanted' | 'connecting' | 'running' | 'ended';
  /** Epoch milliseconds when it came into this status. */
  readonly since: number;
  /** While it runs; afterwards with its last screen. */
  readonly session?: TerminalSession;
  readonly end?: RemoteEnd;
  /** Why it did not come about, or how it broke off. */
  readonly problem?: Problem;
}

export interface ShellsState {
  /** In the order they were opened. */
  readonly shells: readonly Shell[];
  /** The machine whose shell is looked at. */
  readonly current?: string | undefined;
  /** Whether what is typed goes to it. */
  readonly focused: boolean;
}

/** Shells on machines, one for each machine, which stay open while the operator looks at something else. */
export interface ShellsModel {
  get(): ShellsState;
  subscribe(listener: () => void): () => void;
  /** Opens a shell on the machine and looks at it; goes back to the one that is open. */
  open(machine: string): void;
  /** Connects, once it is known how large the pane is. */
  begin(machine: string, size: {readonly columns: number; readonly rows: number}): void;
  /** Goes to the next shell (1) or the one before (-1). */
  next(by: 1 | -1): void;
  /** Whether what is typed goes to the shell; only one that runs can have the focus. */
  focus(on: boolean): void;
  /** Opens an ended one again. */
  again(machine: string): void;
  /** Looks at something else. Shells that run go on; one that has ended is put away. */
  leave(): void;
  /** Ends a shell: hangs up on what runs in it. */
  end(machine: string): void;
  close(): void;
}

/** Whoever asked waits no longer than this for a prompt. */
const openWithinMs = 60_000;

export interface ShellsOptions {
  readonly machines: Pick<Machines, 'shell'>;
  /** What the engine needs to know to log in to these machines. */
  readonly request: (names: readonly string[]) => MachinesRequest;
  readonly clock: ShownClock;
  readonly withinMs?: number;
}

export function createShellsModel({machines, request, clock, withinMs = openWithinMs}: ShellsOptions): ShellsModel {
  const store = createStore<ShellsState>({shells: [], focused: false});
  const attempts = new Map<string, AbortController>();

  const set = (change: Partial<ShellsState>): void => store.set({...store.get(), ...change});
  const shellOn = (machine: string): Shell | undefined => store.get().shells.find((shell) => shell.machine === machine);
  const put = (shell: Shell): void => {
    const {shells} = store.get();
    const known = shells.some(({machine}) => machine === shell.machine);
    set({
      shells: known ? shells.map((other) => (other.machine === shell.machine ? shell : other)) : [...shells, shell],
    });
  };
  const isCurrent = (machine: string): boolean => store.get().current === machine;

  const look = (machine: string): void => set({current: machine, focused: shellOn(machine)?.status === 'running'});

  const want = (machine: string): void => put({machine, status: 'wanted', since: clock.now()});

  const ended = (machine: string, how: Pick<Shell, 'end' | 'problem' | 'session'>): void => {
    attempts.delete(machine);
    put({machine, status: 'ended', since: clock.now(), ...how});
    if (isCurrent(machine)) set({focused: false});
  };

  const run = async (
    machine: string,
    size: {readonly columns: number; readonly rows: number},
    attempt: AbortController,
  ): Promise<void> => {
    // One that was put away meanwhile says nothing more.
    const isOurs = (): boolean => attempts.get(machine) === attempt;
    let session: TerminalSession | undefined;
    try {
      session = await openedWithin(machine, withinMs, attempt.signal, (signal) =>
        machines.shell({...request([machine]), ...size}, signal),
      );
      if (!isOurs()) {
        session.close();
        return;
      }
      put({machine, status: 'running', since: clock.now(), session});
      if (isCurrent(machine)) set({focused: true});
      const end = await session.ended;
      if (isOurs()) ended(machine, {end, session});
    } catch (thrown) {
      if (isOurs()) ended(machine, {problem: problemOf(thrown), ...(session ? {session} : {})});
    }
  };

  const putAway = (machine: string): void => {
    const shell = shellOn(machine);
    const attempt = attempts.get(machine);
    attempts.delete(machine);
    attempt?.abort();
    shell?.session?.close();
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    open(machine) {
      if (!shellOn(machine)) want(machine);
      look(machine);
    },
    begin(machine, size) {
      if (shellOn(machine)?.status !== 'wanted') return;
      const attempt = new AbortController();
      attempts.set(machine, attempt);
      put({machine, status: 'connecting', since: clock.now()});
      void run(machine, size, attempt);
    },
    next(by) {
      const {shells, current} = store.get();
      const at = shells.findIndex(({machine}) => machine === current);
      const next = shells[(at + by + shells.length) % shells.length];
      if (at >= 0 && next) set({current: next.machine, focused: false});
    },
    focus(on) {
      const {current} = store.get();
      set({focused: on && current !== undefined && shellOn(current)?.status === 'running'});
    },
    again(machine) {
      if (shellOn(machine)?.status !== 'ended') return;
      putAway(machine);
      want(machine);
      look(machine);
    },
    leave() {
      const {current, shells} = store.get();
      const left = shells.find(({machine}) => machine === current);
      if (left?.status === 'ended') putAway(left.machine);
      set({
        current: undefined,
        focused: false,
        ...(left?.status === 'ended' ? {shells: shells.filter((shell) => shell !== left)} : {}),
      });
    },
    end(machine) {
      putAway(machine);
      set({
        shells: store.get().shells.filter((shell) => shell.machine !== machine),
        ...(isCurrent(machine) ? {current: undefined, focused: false} : {}),
      });
    },
    close() {
      for (const {machine} of store.get().shells) putAway(machine);
      store.set({shells: [], focused: false});
    },
  };
}

/** Throws `deadline-passed` where nothing came in time; whatever comes later is closed. */
async function openedWithin(
  machine: string,
  withinMs: number,
  signal: AbortSignal,
  open: (signal: AbortSignal) => Promise<TerminalSession>,
): Promise<TerminalSession> {
  const stop = new AbortController();
  const passOn = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', passOn, {once: true});
  const late: Problem = {
    code: 'deadline-passed',
    message: `${machine} gave no shell within ${Math.round(withinMs / 1000)} seconds.`,
    hint: 'Look at its load and at what its login shell reads (.profile, .bashrc): a network disk that is gone holds them up.',
    machine,
  };
  const timer = setTimeout(() => stop.abort(new ProblemError(late)), withinMs);
  try {
    return await open(stop.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', passOn);
  }
}
