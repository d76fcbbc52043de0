/** How much memory values take, roughly: what a rendering makes is counted before it is too much. */

import {Lazy} from './lazy.ts';
import {textOf} from './markup-text.ts';
import {Tuple} from './tuple.ts';
import {isList, isMap, PythonObject, type Value} from './types.ts';

/** Of one more item in a list or a map that is there. */
export const itemWeight = 64;

/** Of a value that is not there: it remembers where it was asked for. */
export const undefinedWeight = 3 * itemWeight;

/** Of what is made while it is asked for: what it is made from and how is kept until then. */
const lazyWeight = 4 * itemWeight;

/** In characters. Of lists and maps as such, not of what is in them: that was made before. */
export function weightOf(value: Value): number {
  const text = textOf(value);
  if (text !== undefined) return text.length;
  if (typeof value === 'bigint') return isLong(value) ? value.toString(16).length : 0;
  if (isList(value)) return listWeight(value.length);
  if (isMap(value)) return itemWeight * (value.size + 1);
  if (value instanceof Tuple) return listWeight(value.items.length);
  if (value instanceof Lazy) return lazyWeight;
  return value instanceof PythonObject ? itemWeight : 0;
}

function listWeight(length: number): number {
  return 32 + 16 * length;
}

function isLong(value: bigint): boolean {
  return value > 0xffffffffffffffffn || value < -0xffffffffffffffffn;
}
