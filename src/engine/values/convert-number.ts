/** `int(value)` and `float(value)`. */

import {Fault} from './fault.ts';
import {textOf} from './markup-text.ts';
import {parseFloating, parseInteger} from './parse-number.ts';
import {typeName, type Value} from './types.ts';
import {Undefined} from './undefined.ts';

export function toInteger(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return wholePart(value);
  const text = textOf(value);
  if (text !== undefined) return parseInteger(text);
  if (value instanceof Undefined) throw value.fault();
  throw new Fault('TypeError', `int() argument must be a string or a real number, not '${typeName(value)}'`);
}

export function wholePart(value: number): bigint {
  if (Number.isNaN(value)) throw new Fault('ValueError', 'cannot convert float NaN to integer');
  if (!Number.isFinite(value)) throw new Fault('OverflowError', 'cannot convert float infinity to integer');
  return BigInt(Math.trunc(value));
}

export function toFloat(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return floatOf(value);
  const text = textOf(value);
  if (text !== undefined) return parseFloating(text);
  if (value instanceof Undefined) throw value.fault();
  throw new Fault('TypeError', `float() argument must be a string or a real number, not '${typeName(value)}'`);
}

/** A whole number as a float, rounded to even. */
export function floatOf(value: bigint): number {
  const float = Number(value);
  if (!Number.isFinite(float)) throw new Fault('OverflowError', 'int too large to convert to float');
  return float;
}
