/** Going through what can be gone through. */

import {Fault} from './fault.ts';
import {type Meter, unmetered} from './meter.ts';
import {isList, isMap, PythonObject, typeName, type Value} from './types.ts';

/** Raises when the value cannot be looped over. A map gives its keys, a text its characters. */
export function iterate(value: Value): Iterator<Value> {
  const iterator = iteratorOf(value);
  if (iterator) return iterator;
  throw new Fault('TypeError', `'${typeName(value)}' object is not iterable`);
}

export function isIterable(value: Value): boolean {
  return (
    typeof value === 'string' || isList(value) || isMap(value) || (value instanceof PythonObject && canIterate(value))
  );
}

function canIterate(value: PythonObject): boolean {
  // A lazy value gives itself, and is not used up by being asked.
  return value.iterate() !== undefined;
}

function iteratorOf(value: Value): Iterator<Value> | undefined {
  if (typeof value === 'string') return value[Symbol.iterator]();
  if (isList(value)) return value[Symbol.iterator]();
  if (isMap(value)) return value.keys();
  return value instanceof PythonObject ? value.iterate() : undefined;
}

/** Everything it gives, as a list. Bounded by the meter. */
export function itemsOf(value: Value, meter: Meter = unmetered): Value[] {
  if (isList(value)) {
    meter.spend(value.length);
    return [...value];
  }
  const items: Value[] = [];
  for (const item of each(iterate(value), meter)) {
    items.push(item);
    meter.allowItems(items.length);
  }
  return items;
}

/** An iterator as something `for … of` takes; every item is a step. */
export function* each(iterator: Iterator<Value>, meter: Meter = unmetered): Generator<Value, void> {
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    meter.spend(1);
    yield next.value;
  }
}

/** `len(value)`. Raises for what has no length. */
export function lengthOf(value: Value): number {
  if (typeof value === 'string') return characterCount(value);
  if (isList(value)) return value.length;
  if (isMap(value)) return value.size;
  const length = value instanceof PythonObject ? value.length() : undefined;
  if (length === undefined) throw new Fault('TypeError', `object of type '${typeName(value)}' has no len()`);
  return length;
}

/** Python counts code points, JavaScript UTF-16 units. */
export function characterCount(text: string): number {
  return hasSurrogates(text) ? characters(text).length : text.length;
}

/** The code points of a text; the text itself where they are its units. */
export function characters(text: string): string | string[] {
  return hasSurrogates(text) ? [...text] : text;
}

function hasSurrogates(text: string): boolean {
  return /[\ud800-\udfff]/.test(text);
}
