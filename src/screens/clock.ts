/** Time as screens show it. */
export interface ShownClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds that never jump. */
  monotonic(): number;
}

export const machineClock: ShownClock = {now: () => Date.now(), monotonic: () => performance.now()};
