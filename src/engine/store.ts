/** Something that can be watched: a value that changes, and whoever wants to hear of it. */
export interface Store<T> {
  /** The present value; the same object until it changes (fit for useSyncExternalStore). */
  get(): T;
  /** Calls the listener after each change. Returns the function that ends it. */
  subscribe(listener: () => void): () => void;
}

/** A store whose owner must be told when nobody watches any more, because it holds files or timers. */
export interface LiveStore<T> extends Store<T> {
  close(): void;
}

export interface WritableStore<T> extends Store<T> {
  set(value: T): void;
}

export function createStore<T>(initial: T): WritableStore<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
