/** Line and column of a template in one number, which compiled code hands to every operation. */

const columns = 4096;

/** Both counted from 0. */
export function placeNumber(at: {readonly lineno: number; readonly colno: number}): number {
  return at.lineno * columns + Math.min(at.colno, columns - 1);
}

/** Both counted from 1. */
export function placeOf(number: number): {readonly line: number; readonly column: number} {
  return {line: Math.floor(number / columns) + 1, column: (number % columns) + 1};
}
