/** What one rendering may use at most. */

import {Fault} from '../values/fault.ts';
import type {Meter} from '../values/meter.ts';

export interface RenderLimits {
  /** Milliseconds of one rendering; real templates take less than one. */
  readonly time: number;
  /** Characters of the result, and of every text on the way. */
  readonly size: number;
  /** Items of every list, entries of every map, numbers in a `range`. */
  readonly items: number;
  /** Characters of everything that is made on the way, lists and maps in proportion. */
  readonly total: number;
  /** Milliseconds since whenever. */
  readonly now: () => number;
}

export const usualLimits: RenderLimits = {
  time: 10_000,
  size: 4_000_000,
  items: 1_000_000,
  total: 128_000_000,
  now: () => performance.now(),
};

/** So many steps between two looks at the clock. */
const stride = 4096;

export class RenderMeter implements Meter {
  readonly limits: RenderLimits;
  readonly #end: number;
  #steps = 0;
  #made = 0;

  constructor(limits: RenderLimits) {
    this.limits = limits;
    this.#end = limits.now() + limits.time;
  }

  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps < stride) return;
    this.#steps = 0;
    if (this.limits.now() > this.#end) {
      throw new Fault('Limit', `Rendering takes longer than ${this.limits.time / 1000} seconds.`);
    }
  }

  allow(size: number | bigint): void {
    if (size <= this.limits.size) return;
    throw new Fault('Limit', `This makes a text of more than ${this.limits.size} characters.`);
  }

  allowItems(count: number | bigint): void {
    if (count <= this.limits.items) return;
    throw new Fault('Limit', `This makes a list or a map of more than ${this.limits.items} items.`);
  }

  made(size: number): void {
    this.#made += size;
    if (this.#made <= this.limits.total) return;
    throw new Fault('Limit', 'Rendering makes more texts and lists than there is room for.');
  }
}
