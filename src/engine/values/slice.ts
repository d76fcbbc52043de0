/** Slices and indexes, with Python's rules for negative ones. */

import {Fault} from './fault.ts';
import {characters} from './iterate.ts';
import {isList, PythonObject, typeName, type Value} from './types.ts';

/** Absent: from the beginning, to the end, one by one. */
export interface Slice {
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
}

/** value[start:stop:step] */
export function sliceOf(value: Value, slice: Slice): Value {
  if (typeof value === 'string') {
    const all = characters(value);
    if (typeof all !== 'string') return picked(all, slice).join('');
    const {start, stop, step} = bounds(slice, all.length);
    return step === 1 ? all.slice(start, Math.max(start, stop)) : picked([...all], slice).join('');
  }
  if (isList(value)) return picked(value, slice);
  if (value instanceof PythonObject && isSliceable(value)) return value.slice(slice);
  throw new Fault('TypeError', `'${typeName(value)}' object is not subscriptable`);
}

/** Objects that can be sliced say so by having `slice`. */
export interface Sliceable {
  slice(slice: Slice): Value;
}

function isSliceable(value: PythonObject): value is PythonObject & Sliceable {
  return 'slice' in value && typeof value.slice === 'function';
}

/** The items of a slice. */
export function picked<T>(items: readonly T[], slice: Slice): T[] {
  const {start, stop, step} = bounds(slice, items.length);
  if (step === 1) return items.slice(start, Math.max(start, stop));
  const result: T[] = [];
  for (let index = start; step > 0 ? index < stop : index > stop; index += step) result.push(items[index] as T);
  return result;
}

/** Where a slice begins and ends in something of that length. */
export function bounds(slice: Slice, length: number): {start: number; stop: number; step: number} {
  const step = slice.step === null ? 1 : clamped(indexOf(slice.step), Number.MAX_SAFE_INTEGER);
  if (step === 0) throw new Fault('ValueError', 'slice step cannot be zero');
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const place = (value: Value, absent: number) => {
    if (value === null) return absent;
    const index = clamped(indexOf(value), Number.MAX_SAFE_INTEGER);
    return Math.min(Math.max(index < 0 ? index + length : index, lowest), highest);
  };
  return step > 0
    ? {start: place(slice.start, 0), stop: place(slice.stop, length), step}
    : {start: place(slice.start, length - 1), stop: place(slice.stop, -1), step};
}

function clamped(index: bigint, largest: number): number {
  return Number(index > BigInt(largest) ? BigInt(largest) : index < BigInt(-largest) ? BigInt(-largest) : index);
}

/** A whole number where Python wants an index. */
export function indexOf(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  throw new Fault('TypeError', `'${typeName(value)}' object cannot be interpreted as an integer`);
}

/** A switch that Python takes as a whole number: true, false and numbers, but not whatever is true. */
export function isSet(value: Value | undefined): boolean {
  return value !== undefined && indexOf(value) !== 0n;
}

/** The place of an index in something of that length; undefined when it is outside. */
export function placeOf(index: bigint, length: number): number | undefined {
  const place = index < 0n ? index + BigInt(length) : index;
  return place >= 0n && place < BigInt(length) ? Number(place) : undefined;
}
