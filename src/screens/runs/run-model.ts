import {
  createStore,
  type Engine,
  type LiveStore,
  type OutputView,
  type RunView,
  type TaskState,
} from '../../engine/index.ts';
import {emptyList, type ListState} from '../../ui/widgets/list-state.ts';
import type {ShownClock} from '../clock.ts';
import {assignPanes, taskToWatch} from './pane-plan.ts';
import {type RunGrid, runGrid} from './run-grid.ts';

/** What a person chose while looking at one run. */
export interface RunChoices {
  readonly plan: ListState;
  /** False until the person moved in the plan: then the selection follows what runs. */
  readonly chosen: boolean;
  /** One line a task, also where machines and phases would make a grid. */
  readonly asList: boolean;
  /** Tasks whose output stays in a pane. */
  readonly held: readonly string[];
  readonly paneCount: number;
  /** Absent: the plan has the focus; else the index of a pane. */
  readonly focus?: number | undefined;
  readonly zoomed: boolean;
  /** What was selected when a pane got the focus: it stays while somebody reads there. */
  readonly pinned?: string | undefined;
  /** How outputs are shown, for those opened next. */
  readonly wrap: boolean;
  readonly timestamps: boolean;
  /** What is being typed: the name of a file, or what to find in the plan or in the output with the focus. */
  readonly input?: 'save' | 'export' | 'find' | 'search' | undefined;
}

/** One run that is looked at: its state, the outputs that are shown, and what the person chose. */
export interface RunModel {
  readonly id: string;
  readonly view: LiveStore<RunView>;
  readonly choices: {get(): RunChoices; subscribe(listener: () => void): () => void};
  set(change: Partial<RunChoices>): void;
  /** Puts the cursor of the plan on a task. */
  choose(task: string): void;
  /** The monotonic clock of the machine the run is on, now. */
  up(): number;
  /** The plan by machine and phase, where it is shown so. */
  grid(): RunGrid | undefined;
  /** The task under the cursor of the plan. */
  selected(): string | undefined;
  /** The task of the pane with the focus; of the first pane while the plan has it. */
  watched(): string | undefined;
  /** What each pane shows now. */
  panes(): readonly (string | undefined)[];
  /** The output of a task; open until `keep` leaves it out. */
  output(task: string): LiveStore<OutputView>;
  /** Closes the outputs of all other tasks. */
  keep(tasks: readonly string[]): void;
  /** Milliseconds since a running task said something, when that is long. */
  silentFor(task: TaskState): number | undefined;
  close(): void;
}

/** Silence worth naming. */
const silentAfterMs = 90_000;

/** Running tasks whose output is opened although no pane shows it, to notice the silent ones. */
const watchedOutputs = 16;

export function createRunModel(engine: Engine, id: string, clock: ShownClock): RunModel {
  const view = engine.runs.follow(id);
  const choices = createStore<RunChoices>({
    plan: emptyList,
    chosen: false,
    asList: false,
    held: [],
    paneCount: 1,
    zoomed: false,
    wrap: false,
    timestamps: false,
  });
  const outputs = new Map<string, LiveStore<OutputView>>();
  let heardAt = {of: view.get(), at: clock.monotonic()};
  let panesBefore: readonly (string | undefined)[] = [];
  const unsubscribe = view.subscribe(() => {
    if (heardAt.of !== view.get()) heardAt = {of: view.get(), at: clock.monotonic()};
  });

  let gridOf: {readonly tasks: readonly TaskState[]; readonly grid: RunGrid | undefined} | undefined;
  const grid = (): RunGrid | undefined => {
    const {tasks} = view.get().state;
    if (gridOf?.tasks !== tasks) gridOf = {tasks, grid: runGrid(tasks)};
    return choices.get().asList ? undefined : gridOf.grid;
  };
  const selected = (): string | undefined => {
    const {tasks, status} = view.get().state;
    const {plan, chosen, pinned} = choices.get();
    const known = chosen && tasks.some((task) => task.id === plan.cursor);
    return known ? plan.cursor : (pinned ?? taskToWatch(tasks, status !== 'running' && status !== 'waiting'));
  };
  const panes = (): readonly (string | undefined)[] => {
    const {paneCount, held} = choices.get();
    panesBefore = assignPanes(paneCount, view.get().state.tasks, selected(), held, panesBefore);
    return panesBefore;
  };
  const output = (task: string): LiveStore<OutputView> => {
    const store = outputs.get(task) ?? engine.runs.output(id, task);
    outputs.set(task, store);
    return store;
  };
  return {
    id,
    view,
    choices,
    set(change) {
      const before = choices.get();
      const next = {...before, ...change};
      choices.set({...next, pinned: next.focus === undefined ? undefined : (before.pinned ?? selected())});
    },
    choose: (task) => choices.set({...choices.get(), plan: {...choices.get().plan, cursor: task}, chosen: true}),
    grid,
    up: () => view.get().up + Math.max(0, clock.monotonic() - heardAt.at),
    selected,
    watched: () => panes()[choices.get().focus ?? 0],
    panes,
    output,
    keep(tasks) {
      const running = view
        .get()
        .state.tasks.filter(({status}) => status === 'running')
        .map((task) => task.id);
      const wanted = new Set([...tasks, ...running.slice(0, watchedOutputs)]);
      for (const task of wanted) output(task);
      for (const [task, store] of outputs) {
        if (wanted.has(task)) continue;
        store.close();
        outputs.delete(task);
      }
    },
    silentFor(task) {
      const store = outputs.get(task.id);
      if (task.status !== 'running' || store === undefined) return undefined;
      // Asked for every task of every frame: no line is read for it.
      const heard = store.get().lastAt ?? task.startedAt;
      const silent = heard === undefined ? 0 : clock.now() - heard;
      return silent >= silentAfterMs ? silent : undefined;
    },
    close() {
      unsubscribe();
      view.close();
      for (const store of outputs.values()) store.close();
      outputs.clear();
    },
  };
}
