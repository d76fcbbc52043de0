/** value[key] and value.name, for values themselves; methods are in methods.ts. */

import {dictGet} from './dict.ts';
import {characters} from './iterate.ts';
import {indexOf, placeOf} from './slice.ts';
import {isList, isMap, PythonObject, type Value} from './types.ts';

/** Undefined when nothing is there, whatever the reason. Raises for undefined values and for keys that cannot be. */
export function subscript(value: Value, key: Value): Value | undefined {
  if (isMap(value)) return typeof key === 'string' ? value.get(key) : dictGet(value, key);
  if (value instanceof PythonObject) return value.item(key);
  if (typeof value !== 'string' && !isList(value)) return undefined;
  if (typeof key !== 'bigint' && typeof key !== 'boolean') return undefined;
  const items = typeof value === 'string' ? characters(value) : value;
  const place = placeOf(indexOf(key), items.length);
  return place === undefined ? undefined : items[place];
}

/** What is no method. */
export function attributeOf(value: Value, name: string): Value | undefined {
  return value instanceof PythonObject ? value.attribute(name) : undefined;
}
