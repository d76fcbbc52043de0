import type {Value, ValueMap} from '../context-values.ts';
import type {Origin, Origins} from '../origins.ts';
import type {YamlScalar} from '../yaml-scalars.ts';

/** Puts values into a context and notes where they come from. */
export interface Assign {
  /** A value computed of others. */
  derived(map: ValueMap, key: string, value: Value, of: string): void;
  /** A value nobody wrote. */
  fallback(map: ValueMap, key: string, value: Value, which: string): void;
  /** The value of another key under a second name; nothing where there is none. */
  same(map: ValueMap, key: string, from: ValueMap, other: string): void;
  /** What was put into a value without a word of where it comes from. */
  rest(value: Value, which: string): void;
}

export function createAssign(origins: Origins): Assign {
  const put = (map: ValueMap, key: string, value: Value, origin: Origin) => {
    map.set(key, value);
    origins.note(map, key, origin);
    noteBelow(origins, value, origin);
  };
  return {
    derived: (map, key, value, of) => put(map, key, value, {from: 'derived', of}),
    fallback: (map, key, value, which) => put(map, key, value, {from: 'default', which}),
    rest: (value, which) => noteBelow(origins, value, {from: 'default', which}),
    same(map, key, from, other) {
      const value = from.get(other);
      if (value === undefined) return;
      map.set(key, value);
      const origin = origins.of(from, other);
      if (origin) origins.note(map, key, origin);
    },
  };
}

/** What is inside of a value comes from where the value does, unless it is known better. */
function noteBelow(origins: Origins, value: Value, origin: Origin): void {
  if (!(value instanceof Map) && !Array.isArray(value)) return;
  for (const [key, item] of value.entries()) {
    if (origins.has(value, key)) continue;
    origins.note(value, key, origin);
    noteBelow(origins, item, origin);
  }
}

/** The map below a key, made when there is none. */
export function inner(map: ValueMap, key: string): ValueMap {
  const value = map.get(key);
  if (value instanceof Map) return value;
  const fresh: ValueMap = new Map();
  map.set(key, fresh);
  return fresh;
}

/** The map below a key, or an empty one that is nowhere. */
export function mapIn(map: ValueMap, key: string): ValueMap {
  const value = map.get(key);
  return value instanceof Map ? value : new Map();
}

/** What Python puts into a URL for a port or an address; undefined where there is no single value. */
export function wordOf(value: YamlScalar | Value | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'bigint' ? String(value) : undefined;
}
