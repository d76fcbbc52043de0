import {
  type CheckResult,
  createStore,
  type Engine,
  type FoldedResult,
  foldResults,
  type MachinesRequest,
  type Problem,
  problemOf,
} from '../../engine/index.ts';
import {emptyList, type ListState} from '../../ui/widgets/list-state.ts';

/** What the checks of the cluster say now. */
export interface CheckView {
  readonly folded: readonly FoldedResult[];
  /** Machines of which results are there. */
  readonly through: number;
  readonly running: boolean;
  /** Epoch milliseconds when the last one had ended. */
  readonly endedAt?: number | undefined;
  /** Why nothing could be checked. */
  readonly problem?: Problem | undefined;
  readonly list: ListState;
  readonly detailFocused: boolean;
  readonly detailTop: number;
}

export interface CheckModel {
  get(): CheckView;
  subscribe(listener: () => void): () => void;
  set(change: Partial<Pick<CheckView, 'list' | 'detailFocused' | 'detailTop'>>): void;
  /** Checks all machines, unless that is going on. Settles when it has ended; never rejects. */
  run(): Promise<void>;
  stop(): void;
}

export interface CheckModelOptions {
  readonly engine: Engine;
  /** As the Machines screen asks them: with the passwords that were given there. */
  readonly request: () => MachinesRequest;
  readonly now: () => number;
}

/** Starts a check when asked to, and keeps what it says as it comes. */
export function createCheckModel({engine, request, now}: CheckModelOptions): CheckModel {
  const store = createStore<CheckView>({
    folded: [],
    through: 0,
    running: false,
    list: emptyList,
    detailFocused: false,
    detailTop: 0,
  });
  const set = (change: Partial<CheckView>): void => store.set({...store.get(), ...change});
  let going: AbortController | undefined;

  const show = (results: readonly CheckResult[]): void => {
    const through = new Set(results.flatMap(({machine}) => machine ?? [])).size;
    set({folded: foldResults(results), through});
  };
  return {
    get: store.get,
    subscribe: store.subscribe,
    set,
    async run() {
      if (going) return;
      const asking = new AbortController();
      going = asking;
      set({running: true, problem: undefined, endedAt: undefined, folded: [], through: 0});
      let came: readonly CheckResult[] = [];
      const told = (results: readonly CheckResult[]): void => {
        if (asking.signal.aborted) return;
        came = [...came, ...results];
        show(came);
      };
      try {
        const {names: _, ...query} = request();
        const {results} = await engine.cluster.check(query, told, asking.signal);
        if (asking.signal.aborted) return;
        show(results);
        set({endedAt: now()});
      } catch (thrown) {
        if (!asking.signal.aborted) set({problem: problemOf(thrown)});
      } finally {
        if (going === asking) going = undefined;
        if (!going) set({running: false});
      }
    },
    stop() {
      going?.abort(new Error('nobody looks any more'));
      going = undefined;
      set({running: false});
    },
  };
}
