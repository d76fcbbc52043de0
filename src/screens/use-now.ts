import {useEffect, useState} from 'react';
import type {ShownClock} from './clock.ts';

/** Draws again every second while `ticking`, so that times go on; gives epoch milliseconds. */
export function useNow(clock: ShownClock, ticking: boolean): number {
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    setNow(clock.now());
    if (!ticking) return;
    const timer = setInterval(() => setNow(clock.now()), 1000);
    return () => clearInterval(timer);
  }, [clock, ticking]);
  return now;
}
