/** What stands behind the colon of `{:>08.2f}`: Python's format specification. */

import {floatOf} from './convert-number.ts';
import {Fault} from './fault.ts';
import {floatBody, grouped} from './format-float.ts';
import {characterCount, characters} from './iterate.ts';
import type {Meter} from './meter.ts';
import {intText, str} from './repr.ts';
import {typeName, type Value} from './types.ts';

interface Spec {
  readonly fill: string;
  readonly align: '<' | '>' | '=' | '^' | undefined;
  readonly sign: '+' | '-' | ' ' | undefined;
  readonly isAlternate: boolean;
  readonly width: number;
  readonly grouping: ',' | '_' | undefined;
  readonly precision: number | undefined;
  readonly type: string;
}

const shape = /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** `format(value, text)`. `plainText`: what the value prints as. */
export function formatValue(value: Value, text: string, plainText: string, meter: Meter): string {
  if (text === '') return plainText;
  if (typeof value === 'string') return formatText(value, parse(text, value), meter);
  if (typeof value === 'boolean') {
    const spec = parse(text, value);
    if (spec.type === '' || spec.type === 's') {
      // A boolean is a whole number to everything but an empty specification.
      if (spec.type === 's') unknownType(spec, value);
    }
    return formatInteger(value ? 1n : 0n, spec, meter);
  }
  if (typeof value === 'bigint') return formatInteger(value, parse(text, value), meter);
  if (typeof value === 'number') return formatFloat(value, parse(text, value), meter);
  throw new Fault('TypeError', `unsupported format string passed to ${typeName(value)}.__format__`);
}

function parse(text: string, value: Value): Spec {
  const match = shape.exec(text);
  if (!match || (match[1] !== undefined && match[2] === undefined)) {
    throw new Fault('ValueError', `Invalid format specifier '${text}' for object of type '${typeName(value)}'`);
  }
  const [, fill, align, sign, , alternate, zero, width, grouping, precision, type] = match;
  return {
    fill: fill ?? (zero ? '0' : ' '),
    align: (align ?? (zero && typeof value !== 'string' ? '=' : undefined)) as Spec['align'],
    sign: sign as Spec['sign'],
    isAlternate: alternate !== undefined,
    width: size(width),
    grouping: grouping as Spec['grouping'],
    precision: precision === undefined ? undefined : size(precision),
    type: type ?? '',
  };
}

function size(digits: string | undefined): number {
  const number = Number(digits ?? 0);
  if (number > 0x7fffffff) throw new Fault('ValueError', 'Too many decimal digits in format string');
  return number;
}

function formatText(value: string, spec: Spec, meter: Meter): string {
  if (spec.type !== '' && spec.type !== 's') unknownType(spec, value);
  if (spec.align === '=') throw new Fault('ValueError', "'=' alignment not allowed in string format specifier");
  if (spec.sign !== undefined) throw new Fault('ValueError', 'Sign not allowed in string format specifier');
  if (spec.isAlternate) {
    throw new Fault('ValueError', 'Alternate form (#) not allowed in string format specifier');
  }
  if (spec.grouping) throw new Fault('ValueError', `Cannot specify '${spec.grouping}' with 's'.`);
  const cut = spec.precision === undefined ? value : [...characters(value)].slice(0, spec.precision).join('');
  return padded('', cut, spec, '<', meter);
}

function formatInteger(value: bigint, spec: Spec, meter: Meter): string {
  if ('eEfFgG%'.includes(spec.type || ' ')) return formatFloat(floatOf(value), spec, meter);
  if (spec.precision !== undefined) {
    throw new Fault('ValueError', 'Precision not allowed in integer format specifier');
  }
  const magnitude = value < 0n ? -value : value;
  const sign = signOf(value < 0n, spec);
  if (spec.grouping && (spec.type === 'c' || spec.type === 'n')) refuseGrouping(spec);
  if (spec.type === 'c' && (spec.sign !== undefined || spec.isAlternate)) {
    throw new Fault(
      'ValueError',
      `${spec.isAlternate ? 'Alternate form (#)' : 'Sign'} not allowed with integer format specifier 'c'`,
    );
  }
  if (spec.type === 'c') return padded('', String.fromCodePoint(Number(value)), spec, '<', meter);
  const radix = {'': 10, d: 10, n: 10, x: 16, X: 16, o: 8, b: 2}[spec.type];
  if (radix === undefined) return unknownType(spec, value);
  if (spec.grouping === ',' && radix !== 10) {
    refuseGrouping(spec);
  }
  const lower = radix === 10 ? intText(magnitude, meter) : magnitude.toString(radix);
  const digits = spec.type === 'X' ? lower.toUpperCase() : lower;
  const prefix = spec.isAlternate && radix !== 10 ? `0${spec.type}` : '';
  return paddedNumber(sign + prefix, digits, '', spec, radix === 10 ? 3 : 4, meter);
}

function formatFloat(value: number, spec: Spec, meter: Meter): string {
  if (spec.type !== '' && !'eEfFgGn%'.includes(spec.type)) return unknownType(spec, value);
  if (spec.grouping && spec.type === 'n') refuseGrouping(spec);
  meter.allow(spec.precision ?? 0);
  const isNegative = value < 0 || Object.is(value, -0);
  const {whole, rest} = floatBody(Math.abs(value), spec.type, spec.precision, spec.isAlternate);
  return paddedNumber(signOf(isNegative, spec), whole, rest, spec, 3, meter);
}

function signOf(isNegative: boolean, spec: Spec): string {
  if (isNegative) return '-';
  return spec.sign === undefined || spec.sign === '-' ? '' : spec.sign;
}

/** Groups the digits; zeros that fill the width are grouped with them. */
function paddedNumber(head: string, whole: string, rest: string, spec: Spec, group: number, meter: Meter): string {
  if (!spec.grouping) return padded(head, whole + rest, spec, '>', meter);
  const isZeroFilled = spec.fill === '0' && spec.align === '=';
  meter.allow(spec.width);
  const room = isZeroFilled ? spec.width - head.length - rest.length : 0;
  const digits = /^[0-9a-fA-F]+$/.test(whole) ? whole.padStart(digitsIn(room, group), '0') : whole;
  return padded(head, grouped(digits, spec.grouping, group) + rest, spec, '>', meter);
}

/** How many digits fill a room together with their separators; where only a separator is missing, one more. */
function digitsIn(room: number, group: number): number {
  const count = Math.ceil((Math.max(room, 0) * group) / (group + 1));
  return count + Math.floor((count - 1) / group) < room ? count + 1 : count;
}

function padded(head: string, body: string, spec: Spec, usual: '<' | '>', meter: Meter): string {
  meter.allow(spec.width);
  const room = spec.width - characterCount(head + body);
  if (room <= 0) return head + body;
  const align = spec.align ?? usual;
  if (align === '=') return head + spec.fill.repeat(room) + body;
  if (align === '<') return head + body + spec.fill.repeat(room);
  const left = align === '>' ? room : Math.floor(room / 2);
  return spec.fill.repeat(left) + head + body + spec.fill.repeat(room - left);
}

function refuseGrouping(spec: Spec): never {
  throw new Fault('ValueError', `Cannot specify '${spec.grouping}' with '${spec.type}'.`);
}

function unknownType(spec: Spec, value: Value): never {
  const type = typeName(value);
  throw new Fault('ValueError', `Unknown format code '${spec.type}' for object of type '${type}': ${str(value)}`);
}
