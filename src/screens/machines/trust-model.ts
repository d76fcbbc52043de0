import {
  createStore,
  type HostKeyReport,
  type Problem,
  problemOf,
  type Store,
  type TrustHow,
} from '../../engine/index.ts';
import {emptyList, type ListState} from '../../ui/widgets/list-state.ts';
import type {AppModel} from '../app-model.ts';
import {type TrustRow, trustRows} from './trust-rows.ts';

/** What the table of host keys shows now. */
export interface TrustState {
  readonly reports: readonly HostKeyReport[];
  readonly rows: readonly TrustRow[];
  readonly asked: number;
  readonly asking: boolean;
  readonly problem?: Problem | undefined;
  readonly list: ListState;
}

export interface TrustModel {
  readonly state: Store<TrustState>;
  set(change: Partial<TrustState>): void;
  /** Pins keys, and asks the machines again with them. Resolves to whether that was done. */
  trust(keys: readonly {machine: string; keys: HostKeyReport['keys']}[], how: TrustHow): Promise<boolean>;
  close(): void;
}

/** Asks machines for their host keys; they are shown as they come. */
export function askHostKeys(app: AppModel, names: readonly string[], cursor: string | undefined): TrustModel {
  const {machines} = app;
  const asked = names.length > 0 ? names.length : machines.shown().all.length;
  const store = createStore<TrustState>({reports: [], rows: [], asked, asking: true, list: emptyList});
  const set = (change: Partial<TrustState>): void => store.set({...store.get(), ...change});
  const asking = new AbortController();
  const tell = (reports: readonly HostKeyReport[]): void => {
    const rows = trustRows(reports);
    const {list} = store.get();
    // Who comes from a machine with another key than the known one finds it under the cursor, until somebody moves.
    const first = rows.find(({report}) => report.machine.name === cursor && !['new', 'known'].includes(report.state));
    set({reports, rows, list: list.cursor === undefined && first ? {...list, cursor: first.id} : list});
  };
  const ask = async (): Promise<void> => {
    try {
      const told = (report: HostKeyReport): void => {
        if (!asking.signal.aborted) tell([...store.get().reports, report]);
      };
      const all = await machines.ask.hostKeys(machines.request(names), told, asking.signal);
      if (asking.signal.aborted) return;
      tell(all);
      set({asking: false});
    } catch (thrown) {
      if (!asking.signal.aborted) set({asking: false, problem: problemOf(thrown)});
    }
  };
  void ask();
  return {
    state: store,
    set,
    async trust(keys, how) {
      try {
        await machines.ask.trust(machines.request([]), keys, how);
        machines.refresh();
        return true;
      } catch (thrown) {
        app.sayProblem(thrown);
        return false;
      }
    },
    close: () => asking.abort(new Error('closed')),
  };
}
