import type {Value, ValueMap} from '../context-values.ts';
import type {Origins} from '../origins.ts';
import type {Merge} from './modules/types.ts';

/** Puts an override over defaults as a module does it; the override's keys come where the default had them, else last. */
export function mergeOver(defaults: ValueMap, override: ValueMap, merge: Merge, origins: Origins): void {
  if (merge === 'none') return;
  for (const [key, value] of override) {
    if (typeof merge === 'object' && !(typeof key === 'string' && merge.only.includes(key))) continue;
    const below: Value | undefined = defaults.get(key);
    if (merge === 'deep' && below instanceof Map && value instanceof Map) mergeOver(below, value, merge, origins);
    else {
      defaults.set(key, value);
      const origin = origins.of(override, key);
      if (origin) origins.note(defaults, key, origin);
    }
  }
}
