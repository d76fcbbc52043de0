/** Printing as Python prints. */

import {Fault} from './fault.ts';
import {floatRepr} from './float-repr.ts';
import {type Meter, unmetered} from './meter.ts';
import {isList, isMap, PythonObject, type Value} from './types.ts';

/** `str(value)`: what a template prints. */
export function str(value: Value, meter: Meter = unmetered): string {
  if (typeof value === 'string') return value;
  if (value instanceof PythonObject) return value.str(meter);
  return repr(value, meter);
}

/** `repr(value)`: what stands inside a printed list. */
export function repr(value: Value, meter: Meter = unmetered): string {
  return reprInside(value, meter, []);
}

/** Python gives up at about a thousand levels; a real value has ten. */
const deepest = 500;

function reprInside(value: Value, meter: Meter, outer: readonly Value[]): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return intText(value, meter);
    case 'number':
      return floatRepr(value);
    case 'string':
      return quoted(value);
  }
  if (value instanceof PythonObject) return value.repr(meter);
  if (outer.includes(value)) return isList(value) ? '[...]' : '{...}';
  if (outer.length > deepest) throw new Fault('Limit', 'This is nested too deeply to be printed.');
  const inside = [...outer, value];
  let text = '';
  const add = (part: string) => {
    meter.spend(1 + part.length / 64);
    text += text === '' ? part : `, ${part}`;
    meter.allow(text.length);
  };
  if (isMap(value)) {
    for (const [key, item] of value) add(`${reprInside(key, meter, inside)}: ${reprInside(item, meter, inside)}`);
    return `{${text}}`;
  }
  for (const item of value) add(reprInside(item, meter, inside));
  return `[${text}]`;
}

/** `ascii(value)`: repr with escapes for all that is not ASCII. */
export function asciiRepr(value: Value, meter: Meter): string {
  return repr(value, meter).replace(/[\u0080-\u{10ffff}]/gu, codeEscape);
}

const tooLong = 10n ** 4300n;

/** Python refuses to write out whole numbers of more than 4300 digits. */
export function intText(value: bigint, meter: Meter): string {
  meter.spend(1);
  if (value >= tooLong || value <= -tooLong) {
    throw new Fault('ValueError', 'Exceeds the limit (4300 digits) for integer string conversion');
  }
  return value.toString();
}

/** A text in quotes, with escapes for what cannot be printed. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  if (/^[ !#-&(-[\]-~]*$/.test(text)) return quote + text + quote;
  let inside = '';
  for (const character of text) inside += escaped(character, quote);
  return quote + inside + quote;
}

function escaped(character: string, quote: string): string {
  if (character === quote || character === '\\') return `\\${character}`;
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character;
  return codeEscape(character);
}

function codeEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
