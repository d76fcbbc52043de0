import {useSyncExternalStore} from 'react';

/** The present value of something that can be watched; draws again when it changes. */
export function useStore<T>(store: {get(): T; subscribe(listener: () => void): () => void}): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
