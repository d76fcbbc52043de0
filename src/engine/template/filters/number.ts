/** Filters on numbers. */

import {absolute, operate} from '../../values/arithmetic.ts';
import {toFloat, toInteger, wholePart} from '../../values/convert-number.ts';
import {fixedDigits} from '../../values/exact-decimal.ts';
import {Fault, isFault} from '../../values/fault.ts';
import {floatRepr} from '../../values/float-repr.ts';
import {textOf} from '../../values/markup-text.ts';
import {numberOf} from '../../values/number-compare.ts';
import {parseInteger} from '../../values/parse-number.ts';
import {isTrue} from '../../values/truth.ts';
import {typeName, type Value} from '../../values/types.ts';
import type {Environment, Filters} from '../environment.ts';
import {filter, plain, wantNumber} from './define.ts';

export const numberFilters: Filters = {
  abs: plain('abs', absolute),
  int: filter('int', ['default', 'base'], 0, (value, [fallback, base]) => {
    try {
      const text = textOf(value);
      return text === undefined ? toInteger(value) : parseInteger(text, wantNumber(base, 10));
    } catch (error) {
      if (!isFault(error, 'TypeError', 'ValueError')) throw error;
    }
    try {
      return wholePart(toFloat(value));
    } catch (error) {
      if (!isFault(error, 'TypeError', 'ValueError', 'OverflowError')) throw error;
      return fallback === undefined ? 0n : fallback;
    }
  }),
  float: filter('float', ['default'], 0, (value, [fallback]) => {
    try {
      return toFloat(value);
    } catch (error) {
      if (!isFault(error, 'TypeError', 'ValueError')) throw error;
      return fallback === undefined ? 0 : fallback;
    }
  }),
  round: filter('round', ['precision', 'method'], 0, (value, [precision, method], environment) =>
    rounded(value, precision ?? 0n, method ?? 'common', environment),
  ),
  filesizeformat: filter('filesizeformat', ['binary'], 0, (value, [binary]) =>
    sizeText(toFloat(value), isTrue(binary ?? false)),
  ),
};

function rounded(value: Value, precision: Value, method: Value, {meter}: Environment): Value {
  if (method !== 'common' && method !== 'ceil' && method !== 'floor') {
    throw new Fault('ValueError', 'method must be common, ceil or floor');
  }
  if (method === 'common') return roundedHalfEven(value, wantNumber(precision, 0));
  const scale = operate('**', 10n, precision, meter);
  const scaled = operate('*', value, scale, meter);
  const number = numberOf(scaled);
  if (number === undefined) throw new Fault('TypeError', `must be real number, not ${typeName(scaled)}`);
  const whole =
    typeof number === 'bigint' ? number : wholePart(method === 'ceil' ? Math.ceil(number) : Math.floor(number));
  return operate('/', whole, scale, meter);
}

function roundedHalfEven(value: Value, places: number): Value {
  const number = numberOf(value);
  if (number === undefined) {
    throw new Fault('TypeError', `type ${typeName(value)} doesn't define __round__ method`);
  }
  if (typeof number === 'bigint')
    return places >= 0 ? number : roundedWhole(number, 10n ** BigInt(Math.min(-places, 5000)));
  if (!Number.isFinite(number) || places > 400) return number;
  const size = Number(fixedDigits(number, Math.max(places, -400)));
  if (!Number.isFinite(size)) throw new Fault('OverflowError', 'rounded value too large to represent');
  return number < 0 || Object.is(number, -0) ? -size : size;
}

function roundedWhole(value: bigint, unit: bigint): bigint {
  const magnitude = value < 0n ? -value : value;
  const rest = magnitude % unit;
  const down = magnitude - rest;
  const isUp = rest * 2n > unit || (rest * 2n === unit && (down / unit) % 2n === 1n);
  const result = isUp ? down + unit : down;
  return value < 0n ? -result : result;
}

function sizeText(bytes: number, isBinary: boolean): string {
  const base = isBinary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${wholePart(bytes)} Bytes`;
  const letters = [isBinary ? 'K' : 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
  const last = letters.length - 1;
  const found = letters.findIndex((_, index) => bytes < base ** (index + 2));
  const index = found < 0 ? last : found;
  const count = (base * bytes) / base ** (index + 2);
  const digits = Number.isFinite(count) ? `${count < 0 ? '-' : ''}${fixedDigits(count, 1)}` : floatRepr(count);
  return `${digits} ${letters[index]}${isBinary ? 'iB' : 'B'}`;
}
