import type {Value, ValueMap} from '../context-values.ts';
import type {Origins} from '../origins.ts';
import type {YamlScalar} from '../yaml-scalars.ts';

/** Puts values into a context and notes where they come from. */
export interface Assign {
  /** A value computed of others. */
  derived(map: ValueMap, key: string, value: Value, of: string): void;
  /** A value nobody wrote. */
  fallback(map: ValueMap, key: string, value: Value, which: string): void;
  /** The value of another key under a second name; nothing where there is none. */
  same(map: ValueMap, key: string, from: ValueMap, other: string): void;
}

export function createAssign(origins: Origins): Assign {
  return {
    derived(map, key, value, of) {
      map.set(key, value);
      origins.note(map, key, {from: 'derived', of});
    },
    fallback(map, key, value, which) {
      map.set(key, value);
      origins.note(map, key, {from: 'default', which});
    },
    same(map, key, from, other) {
      const value = from.get(other);
      if (value === undefined) return;
      map.set(key, value);
      const origin = origins.of(from, other);
      if (origin) origins.note(map, key, origin);
    },
  };
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
