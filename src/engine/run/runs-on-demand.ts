import type {RunSummary, Runs} from '../api.ts';
import {createStore, type LiveStore} from '../store.ts';
import type {Clock} from '../tools.ts';
import {allRuns, checkReadable, runsFolders} from './find-run.ts';
import {mayPass, watchFolders} from './watch.ts';

interface Place {
  /** The folder that holds the clusters' state folders, absolute. */
  readonly stateHome: string;
  readonly clock: Clock;
  /** Loads what reads runs; asked once. */
  load(): Promise<Runs>;
}

export interface RunsOnDemand {
  readonly runs: Runs;
  /** What reads runs, loaded. */
  loaded(): Promise<Runs>;
}

const pollMs = 1000;

/**
 * Runs whose readers are loaded when there is a first run to read: the first frame does not wait for them. Whoever
 * follows a run has its id from a call that has loaded them.
 */
export function runsOnDemand({stateHome, clock, load}: Place): RunsOnDemand {
  let loading: Promise<Runs> | undefined;
  let present: Runs | undefined;
  const waiting = new Set<() => void>();
  const loaded = (): Promise<Runs> => {
    loading ??= load().then((runs) => {
      present = runs;
      for (const open of waiting) open();
      return runs;
    });
    return loading;
  };
  const here = (): Runs => {
    if (!present) throw new Error('A run is followed before runs were listed, shown or started.');
    return present;
  };

  const watchList = (after?: Promise<unknown>): LiveStore<readonly RunSummary[]> => {
    if (present) return present.watchList();
    const store = createStore<readonly RunSummary[]>([]);
    let list: LiveStore<readonly RunSummary[]> | undefined;
    let watch: {close(): void} | undefined;
    let closed = false;
    const look = () => {
      if (!present) {
        if (allRuns(stateHome).length > 0) void loaded();
        return;
      }
      const opened = present.watchList();
      stop();
      list = opened;
      list.subscribe(() => store.set(opened.get()));
      store.set(opened.get());
    };
    const onLoaded = () => {
      try {
        look();
      } catch (error) {
        // The folder went away in this very moment; the watch looks again.
        if (!mayPass(error)) throw error;
      }
    };
    const stop = () => {
      watch?.close();
      waiting.delete(onLoaded);
    };
    const begin = () => {
      if (closed) return;
      watch = watchFolders([stateHome, ...runsFolders(stateHome)], clock, pollMs, look);
      waiting.add(onLoaded);
      onLoaded();
    };
    checkReadable(stateHome);
    if (after === undefined) begin();
    else void after.then(begin);
    return {
      get: store.get,
      subscribe: store.subscribe,
      close() {
        closed = true;
        stop();
        list?.close();
      },
    };
  };

  return {
    loaded,
    runs: {
      list: async () => (await loaded()).list(),
      watchList,
      show: async (id) => (await loaded()).show(id),
      follow: (id) => here().follow(id),
      output: (id, task) => here().output(id, task),
      journal: (id, offset) => here().journal(id, offset),
      cancel: async (id) => (await loaded()).cancel(id),
      resume: async (id, options) => (await loaded()).resume(id, options),
      saveOutput: async (id, task, file) => (await loaded()).saveOutput(id, task, file),
      requestOf: async (id) => (await loaded()).requestOf(id),
      export: async (id, file) => (await loaded()).export(id, file),
    },
  };
}
