/** Values that a context is built of: copies of what the files say, that may be added to. */

import {PythonObject} from '../values/types.ts';
import type {Origin, Origins} from './origins.ts';
import type {YamlMap, YamlValue} from './yaml.ts';
import {below, keyOf, lineOf, type Place, valueAt} from './yaml-access.ts';
import type {YamlScalar} from './yaml-scalars.ts';

export type Value = YamlScalar | ValueList | ValueMap;
export type ValueList = Value[];
/** Keys in the order they were put in, as Python keeps them. */
export type ValueMap = Map<YamlScalar, Value>;

/** A value of a file as origin; the line is looked up when somebody asks. */
export function fromFile(place: Place): () => Origin {
  return () => ({from: 'file', file: place.source.file, line: lineOf(place), key: keyOf(place)});
}

/**
 * Copies values of files and notes where each comes from. What stands once in a file and is repeated by an alias is
 * one object in Python too, so it stays one.
 */
export class Copier {
  readonly #origins: Origins;
  readonly #done = new Map<YamlValue, Value>();

  constructor(origins: Origins) {
    this.#origins = origins;
  }

  /** Undefined for what is not there. */
  copy(place: Place): Value | undefined {
    const value = valueAt(place);
    return value === undefined ? undefined : this.#copy(value, place);
  }

  /** An empty map for what is no map. */
  map(place: Place): ValueMap {
    const value = this.copy(place);
    return value instanceof Map ? value : new Map();
  }

  #copy(value: YamlValue, place: Place): Value {
    if (!(value instanceof Map) && !Array.isArray(value)) return value as YamlScalar;
    const known = this.#done.get(value);
    if (known !== undefined) return known;
    if (Array.isArray(value)) {
      const list: ValueList = [];
      this.#done.set(value, list);
      for (const [index, item] of value.entries()) {
        this.#origins.note(list, index, fromFile(below(place, index)));
        list.push(this.#copy(item, below(place, index)));
      }
      return list;
    }
    const map: ValueMap = new Map();
    this.#done.set(value, map);
    for (const [key, item] of value as YamlMap) {
      const at = below(place, nameOfKey(key));
      this.#origins.note(map, key, fromFile(at));
      map.set(key, this.#copy(item, at));
    }
    return map;
  }
}

/** A key as paths name it. */
export function nameOfKey(key: YamlScalar): string {
  return typeof key === 'object' && key !== null ? key.text : String(key);
}

/** A map of data written in this program: {a: 1n, b: {c: 'x'}}; keys keep their order, so none may look like a number. */
export type Data = YamlScalar | readonly Data[] | {readonly [key: string]: Data};

export function valueOfData(data: Data): Value {
  if (Array.isArray(data)) return data.map((item) => valueOfData(item as Data));
  if (typeof data !== 'object' || data === null || data instanceof PythonObject) return data as YamlScalar;
  return new Map(Object.entries(data).map(([key, item]) => [key, valueOfData(item as Data)]));
}
