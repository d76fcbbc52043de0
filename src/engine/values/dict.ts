/** Maps with Python's keys. */

import {dictEntry} from './dict-keys.ts';
import {equals} from './equality.ts';
import type {Value, ValueMap} from './types.ts';

/** Undefined when there is no such key. */
export function dictGet(map: ValueMap, key: Value): Value | undefined {
  return typeof key === 'string' ? map.get(key) : dictEntry(map, key, equals)?.value;
}

export function dictHas(map: ValueMap, key: Value): boolean {
  return typeof key === 'string' ? map.has(key) : dictEntry(map, key, equals) !== undefined;
}

/** A key that is there keeps its first spelling and its place. */
export function dictSet<K extends Value, V extends Value>(map: Map<K, V>, key: K, value: V): void {
  map.set(typeof key === 'string' ? key : ((dictEntry(map, key, equals)?.key ?? key) as K), value);
}

/** The value that was there. */
export function dictDelete(map: Map<Value, Value>, key: Value): Value | undefined {
  const entry = dictEntry(map, key, equals);
  if (entry !== undefined) map.delete(entry.key);
  return entry?.value;
}
