/** The % operator of texts: '%s:%05d' % (host, port). */

import {floatOf, wholePart} from './convert-number.ts';
import {dictGet} from './dict.ts';
import {Fault} from './fault.ts';
import {floatBody} from './format-float.ts';
import {characterCount, characters} from './iterate.ts';
import type {Meter} from './meter.ts';
import {numberOf} from './number-compare.ts';
import {Range} from './range.ts';
import {asciiRepr, intText, quoted, repr, str} from './repr.ts';
import {Tuple} from './tuple.ts';
import {isList, isMap, typeName, type Value} from './types.ts';
import {Undefined} from './undefined.ts';

interface Conversion {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

/** `safe` is asked for every text that is put in; a text marked as HTML escapes there. */
export function percentFormat(
  format: string,
  values: Value,
  meter: Meter,
  safe: (text: string, value: Value) => string = (text) => text,
): string {
  const waiting = new Waiting(values);
  const pattern = /%(?:\(((?:[^()]|\([^()]*\))*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?(.)?/gsu;
  const text = format.replace(pattern, (all: string, key, flags: string, width, precision, type) => {
    meter.spend(1);
    if (all === '%%') return '%';
    if (type === undefined) throw new Fault('ValueError', 'incomplete format');
    let [allFlags, wide] = [flags, width === '*' ? Number(waiting.whole()) : Number(width ?? 0)];
    if (wide < 0) [allFlags, wide] = [`${flags}-`, -wide];
    const exact = precision === '*' ? Number(waiting.whole()) : precision === undefined ? undefined : Number(precision);
    meter.allow(wide);
    meter.allow(exact ?? 0);
    const conversion = {flags: allFlags, width: wide, precision: exact, type};
    return converted(conversion, key === undefined ? waiting.next() : waiting.byKey(key), meter, safe);
  });
  waiting.checkAllUsed();
  meter.allow(text.length);
  return text;
}

/** The values that are put in one after the other. */
class Waiting {
  readonly #values: Value;
  readonly #items: readonly Value[];
  #used = 0;
  #isKeyed = false;

  constructor(values: Value) {
    this.#values = values;
    this.#items = values instanceof Tuple ? values.items : [values];
  }

  next(): Value {
    const item = this.#items[this.#used++];
    if (item === undefined || this.#isKeyed) throw new Fault('TypeError', 'not enough arguments for format string');
    return item;
  }

  whole(): bigint {
    const item = this.next();
    if (typeof item !== 'bigint') throw new Fault('TypeError', '* wants int');
    return item;
  }

  byKey(key: string): Value {
    if (!isMap(this.#values)) throw new Fault('TypeError', 'format requires a mapping');
    this.#isKeyed = true;
    const value = dictGet(this.#values, key);
    if (value === undefined) throw new Fault('KeyError', quoted(key));
    return value;
  }

  checkAllUsed(): void {
    // A map may stand there for its keys alone, and so may whatever else has brackets, oddly.
    if (this.#isKeyed || this.#used >= this.#items.length) return;
    const values = this.#values;
    if (!(isMap(values) || isList(values) || values instanceof Undefined || values instanceof Range)) {
      throw new Fault('TypeError', 'not all arguments converted during string formatting');
    }
  }
}

function converted(
  conversion: Conversion,
  value: Value,
  meter: Meter,
  safe: (text: string, value: Value) => string,
): string {
  const {type, precision} = conversion;
  switch (type) {
    case 's':
      return padded('', cut(safe(str(value, meter), value), precision), conversion, false);
    case 'r':
      return padded('', cut(safe(repr(value, meter), value), precision), conversion, false);
    case 'a':
      return padded('', cut(safe(asciiRepr(value, meter), value), precision), conversion, false);
    case 'c':
      return padded('', character(value), conversion, false);
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
      return whole(conversion, value, meter);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return float(conversion, value);
    default:
      throw new Fault('ValueError', `unsupported format character '${type}' (0x${type.codePointAt(0)?.toString(16)})`);
  }
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : [...characters(text)].slice(0, precision).join('');
}

function character(value: Value): string {
  if (typeof value === 'string' && characterCount(value) === 1) return value;
  const code = numberOf(value);
  if (typeof code === 'bigint' && code >= 0n && code < 0x110000n) return String.fromCodePoint(Number(code));
  if (typeof code === 'bigint') throw new Fault('OverflowError', '%c arg not in range(0x110000)');
  throw new Fault('TypeError', '%c requires int or char');
}

function whole(conversion: Conversion, value: Value, meter: Meter): string {
  const {type, flags, precision} = conversion;
  const number = numberOf(value);
  const isDecimal = type === 'd' || type === 'i' || type === 'u';
  if (number === undefined || (!isDecimal && typeof number === 'number')) {
    const wanted = isDecimal ? 'a real number' : 'an integer';
    throw new Fault('TypeError', `%${type} format: ${wanted} is required, not ${typeName(value)}`);
  }
  const exact = typeof number === 'number' ? wholePart(number) : number;
  const magnitude = exact < 0n ? -exact : exact;
  const radix = type === 'o' ? 8 : type.toLowerCase() === 'x' ? 16 : 10;
  const lower = radix === 10 ? intText(magnitude, meter) : magnitude.toString(radix);
  const digits = (type === 'X' ? lower.toUpperCase() : lower).padStart(precision ?? 0, '0');
  const prefix = flags.includes('#') && radix !== 10 ? `0${type}` : '';
  return padded(sign(exact < 0n, flags) + prefix, digits, conversion, true);
}

function float(conversion: Conversion, value: Value): string {
  const number = numberOf(value);
  if (number === undefined) throw new Fault('TypeError', `must be real number, not ${typeName(value)}`);
  const exact = typeof number === 'bigint' ? floatOf(number) : number;
  const {flags, precision, type} = conversion;
  const {whole: before, rest} = floatBody(Math.abs(exact), type, precision ?? 6, flags.includes('#'));
  const isNegative = exact < 0 || Object.is(exact, -0);
  return padded(sign(isNegative, flags), before + rest, conversion, Number.isFinite(exact) || flags.includes('0'));
}

function sign(isNegative: boolean, flags: string): string {
  if (isNegative) return '-';
  return flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}

function padded(head: string, body: string, {flags, width}: Conversion, mayZero: boolean): string {
  const room = width - characterCount(head + body);
  if (room <= 0) return head + body;
  if (flags.includes('-')) return head + body + ' '.repeat(room);
  return mayZero && flags.includes('0') ? head + '0'.repeat(room) + body : ' '.repeat(room) + head + body;
}
