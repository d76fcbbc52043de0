import {useEffect, useReducer} from 'react';
import type {ShownClock} from './clock.ts';

/** Draws again every second while `ticking`, so that times go on; gives epoch milliseconds. */
export function useNow(clock: ShownClock, ticking: boolean): number {
  const [, tick] = useReducer((ticks: number) => ticks + 1, 0);
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [ticking]);
  return clock.now();
}
