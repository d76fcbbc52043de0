/** Time as the screen needs it, so that tests can bring their own. */
export interface ScreenClock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Calls back once after so many milliseconds; the function returned takes it back. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const realClock: ScreenClock = {
  now: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};
