import type {ScreenClock} from '../../src/ui/terminal/clock.ts';

/** A clock that goes only as far as a test moves it. */
export interface ManualClock extends ScreenClock {
  /** Lets so many milliseconds pass, calling what is due in order. */
  pass(milliseconds: number): void;
  /** Timers that wait. */
  readonly waiting: number;
}

export function createManualClock(): ManualClock {
  let time = 0;
  let timers: readonly {readonly at: number; readonly call: () => void}[] = [];
  return {
    now: () => time,
    after(milliseconds, call) {
      const timer = {at: time + milliseconds, call};
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    pass(milliseconds) {
      const end = time + milliseconds;
      for (;;) {
        const next = timers.toSorted((a, b) => a.at - b.at)[0];
        if (!next || next.at > end) break;
        timers = timers.filter((timer) => timer !== next);
        time = Math.max(time, next.at);
        next.call();
      }
      time = end;
    },
    get waiting() {
      return timers.length;
    },
  };
}
