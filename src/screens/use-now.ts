import {useCallback, useSyncExternalStore} from 'react';
import type {AppModel} from './app-model.ts';

/** Draws again every second while `ticking`, so that times go on; gives epoch milliseconds. */
export function useNow({seconds, clock}: Pick<AppModel, 'seconds' | 'clock'>, ticking: boolean): number {
  const subscribe = useCallback(
    (listener: () => void) => (ticking ? seconds.subscribe(listener) : () => {}),
    [seconds, ticking],
  );
  useSyncExternalStore(subscribe, seconds.get);
  return clock.now();
}
