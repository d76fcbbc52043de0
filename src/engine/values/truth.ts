import {isList, isMap, PythonObject, type Value} from './types.ts';

/** Is it true where a condition is asked for? */
export function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  if (typeof value === 'string' || isList(value)) return value.length > 0;
  if (isMap(value)) return value.size > 0;
  if (value instanceof PythonObject) return value.isTrue();
  return value !== 0n && value !== 0;
}
