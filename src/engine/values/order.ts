import {sameOrEqual} from './equality.ts';
import {Fault} from './fault.ts';
import {type Meter, unmetered} from './meter.ts';
import {numberOf} from './number-compare.ts';
import {isList, PythonObject, typeName, type Value, type ValueList} from './types.ts';

/** Python's < and <=. Raises for what has no order, as 1 < 'a'. */
export function less(left: Value, right: Value, orEqual: boolean, meter: Meter = unmetered): boolean {
  const answer = known(left, right, orEqual, meter);
  if (answer !== undefined) return answer;
  const sign = orEqual ? '<=' : '<';
  const types = `'${typeName(left)}' and '${typeName(right)}'`;
  throw new Fault('TypeError', `'${sign}' not supported between instances of ${types}`);
}

function known(left: Value, right: Value, orEqual: boolean, meter: Meter): boolean | undefined {
  if (typeof left === 'string' && typeof right === 'string') return textLess(left, right, orEqual);
  if (left instanceof PythonObject) return left.less(right, orEqual, meter);
  if (right instanceof PythonObject) {
    // a < b of another kind is asked as b > a: not (b <= a) would be wrong for NaN, but objects have none.
    const reverse = right.less(left, !orEqual, meter);
    return reverse === undefined ? undefined : !reverse;
  }
  const leftNumber = numberOf(left);
  const rightNumber = numberOf(right);
  if (leftNumber !== undefined && rightNumber !== undefined) {
    return orEqual ? leftNumber <= rightNumber : leftNumber < rightNumber;
  }
  return isList(left) && isList(right) ? itemsLess(left, right, orEqual, meter) : undefined;
}

/** The first items that differ decide; then the length. */
export function itemsLess(left: ValueList, right: ValueList, orEqual: boolean, meter: Meter): boolean {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++) {
    meter.spend(1);
    const one = left[index] as Value;
    const other = right[index] as Value;
    if (!sameOrEqual(one, other, meter)) return less(one, other, orEqual, meter);
  }
  return orEqual ? left.length <= right.length : left.length < right.length;
}

/** By code points, where JavaScript goes by UTF-16 units: they differ from U+E000 on. */
function textLess(left: string, right: string, orEqual: boolean): boolean {
  if (left === right) return orEqual;
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++) {
    const one = left.charCodeAt(index);
    const other = right.charCodeAt(index);
    if (one !== other) {
      const isSurrogate = (unit: number) => unit >= 0xd800 && unit < 0xe000;
      return isSurrogate(one) === isSurrogate(other) ? one < other : isSurrogate(other);
    }
  }
  return left.length < right.length;
}

/** Of an item beside its key, as weight.ts counts. */
const keyedWeight = 64;

/** Python's `sorted`: stable, also in reverse. `keyOf` is asked once for each. */
export function sorted<T>(
  items: Iterable<T>,
  keyOf: (item: T) => Value,
  isReverse: boolean,
  meter: Meter = unmetered,
): T[] {
  const keyed: {readonly item: T; readonly key: Value}[] = [];
  for (const item of items) {
    meter.made(keyedWeight);
    keyed.push({item, key: keyOf(item)});
  }
  const direction = isReverse ? -1 : 1;
  keyed.sort((one, other) => {
    meter.spend(1);
    if (less(one.key, other.key, false, meter)) return -direction;
    return less(other.key, one.key, false, meter) ? direction : 0;
  });
  return keyed.map(({item}) => item);
}
