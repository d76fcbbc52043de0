/** The digits of a float in the notations of C: e, f, g and percent. */

import {fixedDigits, significantDigits} from './exact-decimal.ts';
import {floatRepr, scientific} from './float-repr.ts';

/** Of a value that is not negative: what stands before the point, and the rest with it. */
export function floatBody(
  value: number,
  type: string,
  precision: number | undefined,
  keepsPoint: boolean,
): {readonly whole: string; readonly rest: string} {
  const isUpper = type !== type.toLowerCase();
  if (!Number.isFinite(value)) {
    const word = Number.isNaN(value) ? 'nan' : 'inf';
    return {whole: isUpper ? word.toUpperCase() : word, rest: type === '%' ? '%' : ''};
  }
  const text = notation(value, type.toLowerCase(), precision, keepsPoint);
  const [whole = '', ...rest] = (isUpper ? text.toUpperCase() : text).split(/(?=[.e%E])/);
  return {whole, rest: rest.join('')};
}

function notation(value: number, type: string, precision: number | undefined, keepsPoint: boolean): string {
  switch (type) {
    case 'f':
      return withPoint(fixedDigits(value, precision ?? 6), keepsPoint);
    case '%':
      return `${withPoint(fixedDigits(value * 100, precision ?? 6), keepsPoint)}%`;
    case 'e':
      return exponential(value, precision ?? 6, keepsPoint);
    case '':
      return precision === undefined
        ? pointed(floatRepr(value), keepsPoint)
        : general(value, Math.max(precision, 1), keepsPoint, true);
    default:
      return general(value, Math.max(precision ?? 6, 1), keepsPoint, false);
  }
}

/** 1e+16 with a point is 1.e+16. */
function pointed(text: string, keepsPoint: boolean): string {
  return keepsPoint && !text.includes('.') ? text.replace('e', '.e') : text;
}

function withPoint(text: string, keepsPoint: boolean): string {
  return keepsPoint && !text.includes('.') ? `${text}.` : text;
}

function exponential(value: number, precision: number, keepsPoint: boolean): string {
  const {digits, exponent} = significantDigits(value, precision + 1);
  const text = scientific(digits, exponent);
  return pointed(text, keepsPoint);
}

/** `isPlain`: of no type at all, which keeps one digit behind the point, as repr does. */
function general(value: number, precision: number, keepsPoint: boolean, isPlain: boolean): string {
  const {digits, exponent} = significantDigits(value, precision);
  const limit = isPlain ? precision - 1 : precision;
  if (exponent < -4 || exponent >= limit) {
    const text = scientific(keepsPoint ? digits : digits.replace(/0+$/, '') || '0', exponent);
    return pointed(text, keepsPoint);
  }
  const places = Math.max(precision - 1 - exponent, 0);
  const text = withPoint(fixedDigits(value, places), keepsPoint);
  const trimmed = keepsPoint || !text.includes('.') ? text : text.replace(/\.?0+$/, '');
  return isPlain && !trimmed.includes('.') ? `${trimmed}.0` : trimmed;
}

/** Separators between groups of digits, from the right. */
export function grouped(digits: string, separator: string, size: number): string {
  if (!/^[0-9a-fA-F]+$/.test(digits)) return digits;
  const first = digits.length % size || size;
  const groups = [digits.slice(0, first)];
  for (let place = first; place < digits.length; place += size) groups.push(digits.slice(place, place + size));
  return groups.join(separator);
}
