/** Numbers out of texts, as Python's `int()` and `float()` read them. */

import {Fault} from './fault.ts';
import {quoted} from './repr.ts';

/** `int(text, base)`; base 0 goes by the prefix. Raises ValueError. */
export function parseInteger(text: string, base = 10): bigint {
  const wrong = () => new Fault('ValueError', `invalid literal for int() with base ${base}: ${quoted(text)}`);
  if (base !== 0 && (base < 2 || base > 36)) throw new Fault('ValueError', 'int() base must be >= 2 and <= 36, or 0');
  const [, sign = '', body = ''] = /^([-+]?)(.*)$/s.exec(strip(text)) ?? [];
  const prefix = /^0([xob])_?/i.exec(body);
  const prefixed = prefix ? {x: 16, o: 8, b: 2}[(prefix[1] ?? '').toLowerCase() as 'x' | 'o' | 'b'] : undefined;
  const isPrefix = prefixed !== undefined && (base === 0 || base === prefixed);
  const radix = isPrefix ? prefixed : base === 0 ? 10 : base;
  const digits = isPrefix ? body.slice(prefix?.[0].length) : body;
  if (!/^[0-9a-z](?:_?[0-9a-z])*$/i.test(digits)) throw wrong();
  if (base === 0 && !isPrefix && /^0[0_]*[1-9]/.test(digits)) throw wrong();
  const plain = digits.replaceAll('_', '').toLowerCase();
  if (plain.length > 4300)
    throw new Fault('ValueError', 'Exceeds the limit (4300 digits) for integer string conversion');
  const value = wholeNumber(plain, radix);
  if (value === undefined) throw wrong();
  return sign === '-' ? -value : value;
}

function wholeNumber(digits: string, radix: number): bigint | undefined {
  if (radix === 10) return /^\d+$/.test(digits) ? BigInt(digits) : undefined;
  let value = 0n;
  for (const digit of digits) {
    const worth = Number.parseInt(digit, 36);
    if (worth >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(worth);
  }
  return value;
}

/** `float(text)`. Raises ValueError. */
export function parseFloating(text: string): number {
  const plain = strip(text);
  const [, sign = '', word = ''] = /^([-+]?)(inf|infinity|nan)$/i.exec(plain) ?? [];
  if (word !== '') {
    const value = word.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
    return sign === '-' ? -value : value;
  }
  const digits = '[0-9](?:_?[0-9])*';
  const shape = new RegExp(`^[-+]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:e[-+]?${digits})?$`, 'i');
  if (!shape.test(plain)) throw new Fault('ValueError', `could not convert string to float: ${quoted(text)}`);
  return Number(plain.replaceAll('_', ''));
}

/** What Python counts as white space. */
const blank = '[\\s\\x1c-\\x1f\\x85]';

function strip(text: string): string {
  return text.replace(new RegExp(`^${blank}+`), '').replace(new RegExp(`${blank}+$`), '');
}
