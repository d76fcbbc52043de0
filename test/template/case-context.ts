/** Contexts that are written as JSON, with the numbers that are Python's floats named by their JSON pointers. */

import type {Value} from '../../src/engine/values/types.ts';

export function contextOf(json: unknown, floatPaths: readonly string[] = []): Map<string, Value> {
  return asValue(json, '', new Set(floatPaths)) as Map<string, Value>;
}

function asValue(json: unknown, path: string, floats: ReadonlySet<string>): Value {
  if (typeof json === 'number') return floats.has(path) || !Number.isInteger(json) ? json : BigInt(json);
  if (Array.isArray(json)) return json.map((item, index) => asValue(item, `${path}/${index}`, floats));
  if (typeof json !== 'object' || json === null) return json as Value;
  const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');
  return new Map(Object.entries(json).map(([key, item]) => [key, asValue(item, `${path}/${escaped(key)}`, floats)]));
}
