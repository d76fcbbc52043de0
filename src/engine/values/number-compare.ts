/** Python's comparison of numbers: a boolean is a whole number, and whole numbers compare with floats exactly. */

import type {Value} from './types.ts';

/** A number as bigint or number; undefined when it is none. */
export function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return undefined;
}

/** JavaScript compares a bigint with a number by their mathematical values, as Python does. */
export function numbersEqual(left: bigint | number, right: bigint | number): boolean {
  // biome-ignore lint/suspicious/noDoubleEquals: strict equality holds 1n and 1 apart.
  return left == right;
}
