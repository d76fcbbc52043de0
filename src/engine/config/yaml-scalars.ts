/** What a plain scalar means to PyYAML (its resolver and constructor, 6.0): YAML 1.1 with differences of its own. */

import {Timestamp} from '../values/timestamp.ts';

/** Those of values/ that a scalar can be. */
export type YamlScalar = null | boolean | bigint | number | string | Timestamp;

/** The tags a scalar can be given, by plain look or by `!!`. */
export type ScalarTag = 'null' | 'bool' | 'int' | 'float' | 'timestamp' | 'str';

/** What a plain scalar is by its look. */
export function tagOf(text: string): ScalarTag {
  if (/^(?:~|null|Null|NULL|)$/.test(text)) return 'null';
  if (/^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/.test(text)) return 'bool';
  if (floats.test(text)) return 'float';
  if (integers.test(text)) return 'int';
  return timestamps.test(text) ? 'timestamp' : 'str';
}

/** The value of a scalar with a tag; undefined when the text is none of that kind. */
export function scalarValue(tag: ScalarTag, text: string): YamlScalar | undefined {
  switch (tag) {
    case 'null':
      return null;
    case 'bool':
      return tagOf(text) === 'bool' ? /^(?:yes|true|on)$/i.test(text) : undefined;
    case 'int':
      return integers.test(text) && text.length <= mostDigits ? integer(text.replaceAll('_', '')) : undefined;
    case 'float':
      return floats.test(text) || integers.test(text) ? float(text.replaceAll('_', '').toLowerCase()) : undefined;
    case 'timestamp':
      return timestamps.test(text) ? Timestamp.parse(text) : undefined;
    case 'str':
      return text;
  }
}

/** Python refuses more (sys.get_int_max_str_digits). */
const mostDigits = 4300;

const floats =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

const integers =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;

const timestamps =
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/;

function integer(text: string): bigint | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text) ?? [];
  const value = magnitude(digits);
  return sign === '-' && value !== undefined ? -value : value;
}

function magnitude(digits: string): bigint | undefined {
  if (/^0[bx]$/.test(digits) || digits === '') return undefined;
  if (digits.includes(':')) return digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  const isOctal = /^0[0-7]+$/.test(digits);
  return BigInt(isOctal ? `0o${digits}` : digits);
}

function float(text: string): number | undefined {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(text) ?? [];
  const value = digits.split(':').reduce((sum, part) => sum * 60 + floatPart(part), 0);
  return sign === '-' ? -value : value;
}

function floatPart(part: string): number {
  if (part === '.inf') return Number.POSITIVE_INFINITY;
  return part === '.nan' ? Number.NaN : Number(part);
}
