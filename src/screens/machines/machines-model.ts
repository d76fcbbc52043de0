import {
  createStore,
  type LiveStore,
  type MachineLook,
  type MachineSecrets,
  type Machines,
  type MachinesRequest,
  ProblemError,
  problemOf,
} from '../../engine/index.ts';
import {emptyList} from '../../ui/widgets/list-state.ts';
import type {AppSettings} from '../app-settings.ts';
import {machineClock} from '../clock.ts';
import {type MachinePlace, withPlace} from './machine-places.ts';
import type {MachineRunModel} from './machine-run-model.ts';
import {createMachinesShown, type ShownMachines} from './machines-shown.ts';
import type {MachinesState} from './machines-state.ts';
import {createShellsModel, type ShellsModel} from './shells-model.ts';

export interface MachinesModel {
  get(): MachinesState;
  subscribe(listener: () => void): () => void;
  /** Changes what a person chose on this screen. */
  set(change: Partial<MachinesState>): void;
  shown(): ShownMachines;
  /** What can be asked of machines. */
  readonly ask: Machines;
  /** Why no machine is asked anything here, and what to do about it. */
  readonly asleep: string | undefined;
  /** Asks the machines from now on, as long as the app is open: a first look at them logs in to each. */
  begin(): void;
  /** Reads the configuration again, and asks all machines at once. */
  refresh(): void;
  /** A question about these machines, with all that was typed to log in. */
  request(names: readonly string[]): MachinesRequest;
  /** Asks again with a password or passphrase. */
  unlock(secrets: MachineSecrets): void;
  /** Opens something beside the table and looks at it; of those that have ended the oldest is closed for it. */
  open(place: MachinePlace): void;
  /** Looks at something that was opened; absent: at the table. */
  show(place: MachinePlace | undefined): void;
  /** Closes something that was opened, and looks at the table. */
  putAway(model: MachineRunModel): void;
  /** Shells on machines. */
  readonly shells: ShellsModel;
  /** Keeps a command line for the next time one is asked for. */
  remember(command: string): void;
  /** Command lines that were run, the last one first. */
  commands(): readonly string[];
  close(): void;
}

/**
 * Milliseconds in which answers are gathered before they are drawn. Of many machines one has always just answered, and
 * every drawing keeps keys waiting.
 */
function gatherMs(machines: number): number {
  return Math.min(1000, Math.max(100, machines / 2));
}

/** Command lines that are kept, in memory only: they may say more than whoever typed them wants written down. */
const mostCommands = 50;

/** Asks the engine about the machines of the configuration, and keeps the answers with what a person chose. */
export function createMachinesModel({engine, config, source, sourceNote, clock}: AppSettings): MachinesModel {
  const store = createStore<MachinesState>({
    looks: [],
    asking: false,
    table: emptyList,
    marksBefore: new Set(),
    factsFocused: false,
    factsTop: 0,
    secrets: {},
    places: [],
    commands: [],
  });
  const set = (change: Partial<MachinesState>): void => store.set({...store.get(), ...change});
  const shown = createMachinesShown();
  let begun = false;
  let closed = false;
  let reading = 0;
  let watched: LiveStore<readonly MachineLook[]> | undefined;
  let files: {close(): void} | undefined;
  let gathering: NodeJS.Timeout | undefined;

  const asleep =
    config === undefined
      ? 'No configuration was given, which names the machines: open one with pai-tui -c DIR.'
      : sourceNote === undefined
        ? undefined
        : 'These machines are made up for the sample, so their addresses are not asked: somebody may really have them. Open your own with pai-tui -s DIR -c DIR.';
  const request = (names: readonly string[]): MachinesRequest => {
    if (config === undefined) throw new ProblemError({code: 'config-missing', message: asleep ?? ''});
    const {secrets} = store.get();
    return {config, source, names, ...(Object.keys(secrets).length > 0 ? {secrets} : {})};
  };
  const shells = createShellsModel({
    machines: engine.machines,
    request,
    clock: clock ?? machineClock,
  });
  const unwatch = (): void => {
    clearTimeout(gathering);
    gathering = undefined;
    watched?.close();
    watched = undefined;
  };
  const watch = (): void => {
    unwatch();
    const opened = engine.machines.watch(request([]));
    watched = opened;
    const take = (): void => {
      gathering = undefined;
      set({looks: newest(store.get().looks, opened.get()), asking: true});
    };
    opened.subscribe(() => {
      gathering ??= setTimeout(take, gatherMs(opened.get().length));
    });
    take();
  };
  const read = async (): Promise<void> => {
    reading += 1;
    const mine = reading;
    try {
      const list = await engine.machines.list(request([]));
      if (mine !== reading || closed) return;
      set({list, listProblem: undefined});
      if (asleep === undefined) watch();
    } catch (thrown) {
      if (mine !== reading || closed) return;
      unwatch();
      set({listProblem: problemOf(thrown)});
    }
  };

  return {
    get: store.get,
    subscribe: store.subscribe,
    set,
    shown: () => shown(store.get()),
    ask: engine.machines,
    asleep,
    begin() {
      if (begun || config === undefined) return;
      begun = true;
      files = engine.watchConfig(config, () => void read());
      void read();
    },
    refresh: () => {
      if (config !== undefined) void read();
    },
    request,
    unlock(secrets) {
      set({secrets: {...store.get().secrets, ...secrets}});
      void read();
    },
    open(place) {
      const {kept, closed: over} = withPlace(store.get().places, place);
      for (const {model} of over) model.close();
      set({places: kept, place});
    },
    show: (place) => set({place}),
    putAway(model) {
      const places = store.get().places.filter((place) => place.model !== model);
      set({places, place: undefined});
      model.close();
    },
    shells,
    remember(command) {
      const others = store.get().commands.filter((known) => known !== command);
      set({commands: [command, ...others].slice(0, mostCommands)});
    },
    commands: () => store.get().commands,
    close() {
      closed = true;
      shells.close();
      for (const {model} of store.get().places) model.close();
      unwatch();
      files?.close();
    },
  };
}

/** A machine that is being asked anew stays as it was seen before until it answers. */
function newest(before: readonly MachineLook[], now: readonly MachineLook[]): readonly MachineLook[] {
  const known = new Map(before.map((look) => [look.machine.name, look]));
  return now.map((look) => {
    const old = known.get(look.machine.name);
    const isUnheard = look.state === 'asking' || (look.state === 'unknown' && look.askedAt === undefined);
    return isUnheard && old !== undefined && old.machine.address === look.machine.address ? old : look;
  });
}
