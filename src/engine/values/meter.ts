/** Bounds what may grow without end: steps taken, and the size of texts and lists. */

import {Fault} from './fault.ts';

export interface Meter {
  /** Throws when too much was done. */
  spend(steps: number): void;
  /** Throws when a text of that many characters is too large. */
  allow(size: number | bigint): void;
  /** Throws when a list or a map of that many items is too large. */
  allowItems(count: number | bigint): void;
  /** Throws when too much was made altogether: texts count by their characters, see weight.ts for the rest. */
  made(size: number): void;
}

/** Far above what a configuration holds; below what a machine cannot hold. */
const largest = 100_000_000;

/** For values that were bounded when they were read. */
export const unmetered: Meter = {
  spend() {},
  allow: refuseHuge,
  allowItems: refuseHuge,
  made() {},
};

function refuseHuge(size: number | bigint): void {
  if (size > largest) throw new Fault('Limit', 'This makes a text or a list that is too large.');
}
