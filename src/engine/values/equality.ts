import {dictEntry} from './dict-keys.ts';
import {type Meter, unmetered} from './meter.ts';
import {numberOf, numbersEqual} from './number-compare.ts';
import {isList, isMap, PythonObject, type Value, type ValueList, type ValueMap} from './types.ts';

/** Python's ==: 1 == 1.0 == True, lists and maps by what they hold, never '1' == 1. */
export function equals(left: Value, right: Value, meter: Meter = unmetered): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left === right;
  if (left instanceof PythonObject) return left.equals(right, meter);
  if (right instanceof PythonObject) return right.equals(left, meter);
  const leftNumber = numberOf(left);
  if (leftNumber !== undefined) {
    const rightNumber = numberOf(right);
    return rightNumber !== undefined && numbersEqual(leftNumber, rightNumber);
  }
  if (left === right) return true;
  if (isList(left) && isList(right)) return itemsEqual(left, right, meter);
  if (isMap(left) && isMap(right)) return mapsEqual(left, right, meter);
  return false;
}

/** As items of a list or map are compared: what is the same object is equal, even NaN. */
export function sameOrEqual(left: Value, right: Value, meter: Meter = unmetered): boolean {
  return left === right || equals(left, right, meter);
}

/** One by one. */
export function itemsEqual(left: ValueList, right: ValueList, meter: Meter): boolean {
  if (left.length !== right.length) return false;
  meter.spend(left.length);
  return left.every((item, index) => sameOrEqual(item, right[index] as Value, meter));
}

function mapsEqual(left: ValueMap, right: ValueMap, meter: Meter): boolean {
  if (left.size !== right.size) return false;
  meter.spend(left.size);
  for (const [key, value] of left) {
    const entry = dictEntry(right, key, (one, other) => equals(one, other, meter));
    if (entry === undefined || !sameOrEqual(value, entry.value, meter)) return false;
  }
  return true;
}
