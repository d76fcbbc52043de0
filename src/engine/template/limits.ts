/** What one rendering may use at most. */

import {Fault} from '../values/fault.ts';
import type {Meter} from '../values/meter.ts';

export interface RenderLimits {
  /** Milliseconds of one rendering; real templates take less than one. */
  readonly time: number;
  /** Characters of the result, and of every text on the way; items of every list. */
  readonly size: number;
  /** Numbers in a `range`. */
  readonly range: number;
  /** Milliseconds since whenever. */
  readonly now: () => number;
}

export const usualLimits: RenderLimits = {
  time: 10_000,
  size: 16 * 1024 * 1024,
  range: 1_000_000,
  now: () => performance.now(),
};

/** So many steps between two looks at the clock. */
const stride = 4096;

export class RenderMeter implements Meter {
  readonly limits: RenderLimits;
  readonly #end: number;
  #steps = 0;

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
    throw new Fault('Limit', `This makes a text or a list of more than ${this.limits.size} characters or items.`);
  }
}
