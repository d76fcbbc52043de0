import {createStore, type Store} from '../engine/index.ts';

/** Counts seconds while somebody listens: one timer for all that is drawn again each second, in one drawing. */
export function createSeconds(): Store<number> {
  const store = createStore(0);
  let listeners = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    get: store.get,
    subscribe(listener) {
      const unsubscribe = store.subscribe(listener);
      listeners += 1;
      timer ??= setInterval(() => store.set(store.get() + 1), 1000);
      return () => {
        unsubscribe();
        listeners -= 1;
        if (listeners > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}
