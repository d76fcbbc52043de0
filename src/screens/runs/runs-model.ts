import {createStore, type Engine} from '../../engine/index.ts';
import {emptyList, type ListState} from '../../ui/widgets/list-state.ts';
import type {ShownClock} from '../clock.ts';
import {createRunModel, type RunModel} from './run-model.ts';

/** What a person chose on the Runs screen. */
interface RunsState {
  readonly list: ListState;
  readonly filtering: boolean;
}

export interface RunsModel {
  get(): RunsState;
  subscribe(listener: () => void): () => void;
  set(change: Partial<RunsState>): void;
  /** The run that is followed; the one before is closed. Throws when nobody knows it. */
  follow(id: string): RunModel;
  close(): void;
}

export function createRunsModel(engine: Engine, clock: ShownClock): RunsModel {
  const store = createStore<RunsState>({list: emptyList, filtering: false});
  let followed: RunModel | undefined;
  return {
    get: store.get,
    subscribe: store.subscribe,
    set: (change) => store.set({...store.get(), ...change}),
    follow(id) {
      if (followed?.id !== id) {
        followed?.close();
        followed = undefined;
        followed = createRunModel(engine, id, clock);
      }
      return followed;
    },
    close: () => followed?.close(),
  };
}
