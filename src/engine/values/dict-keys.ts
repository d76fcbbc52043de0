/** Finding a key in a map as Python does: 1, 1.0 and True are one key; a list or a map cannot be one. */

import {Fault} from './fault.ts';
import {numberOf} from './number-compare.ts';
import {isList, isMap, PythonObject, typeName, type Value, type ValueMap} from './types.ts';

/** The entry of a key, under the key it was first stored with. `areEqual` compares keys that are objects. */
export function dictEntry(
  map: ValueMap,
  key: Value,
  areEqual: (left: Value, right: Value) => boolean,
): {readonly key: Value; readonly value: Value} | undefined {
  if (typeof key === 'string') {
    const found = map.get(key);
    if (found !== undefined) return {key, value: found};
    return undefined;
  }
  checkHashable(key);
  if (key instanceof PythonObject && key.asKey() !== key) return dictEntry(map, key.asKey(), areEqual);
  const number = numberOf(key);
  const candidates: readonly Value[] = number === undefined ? [key] : spellings(number);
  for (const candidate of candidates) {
    const found = map.get(candidate);
    if (found !== undefined) return {key: candidate, value: found};
  }
  if (!(key instanceof PythonObject)) return undefined;
  // Dates and tuples are equal by what they hold. Such keys are rare, and maps that have them are small.
  for (const [other, value] of map) {
    if (other instanceof PythonObject && areEqual(key, other)) return {key: other, value};
  }
  return undefined;
}

/** Throws for lists and maps, which Python does not take as keys. */
export function checkHashable(key: Value): void {
  if (isList(key) || isMap(key)) throw new Fault('TypeError', `unhashable type: '${typeName(key)}'`);
  if (key instanceof PythonObject) key.checkHashable();
}

/** Every way the same number can be written. */
function spellings(number: bigint | number): Value[] {
  const all: Value[] = [number];
  if (typeof number === 'bigint') {
    const float = Number(number);
    if (Number.isFinite(float) && BigInt(float) === number) all.push(float);
  } else if (Number.isInteger(number)) all.push(BigInt(number));
  if (number === 0n || number === 0) all.push(false);
  if (number === 1n || number === 1) all.push(true);
  return all;
}
