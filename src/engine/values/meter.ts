/** Bounds what may grow without end: steps taken, and the size of texts and lists. */

import {Fault} from './fault.ts';

export interface Meter {
  /** Throws when too much was done. */
  spend(steps: number): void;
  /** Throws when a text (characters) or a list (items) of that size is too large. */
  allow(size: number | bigint): void;
}

/** Far above what a configuration holds; below what a machine cannot hold. */
const largest = 100_000_000;

/** For values that were bounded when they were read. */
export const unmetered: Meter = {
  spend() {},
  allow(size) {
    if (size > largest) throw new Fault('Limit', 'This makes a text or a list that is too large.');
  },
};
