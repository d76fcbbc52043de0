/** The format method of texts: '{}:{port}'.format(host, port=80). */

import {Fault} from './fault.ts';
import {formatValue} from './format-spec.ts';
import {attributeOf, subscript} from './lookup.ts';
import {isMarked} from './markup-text.ts';
import type {Meter} from './meter.ts';
import {asciiRepr, quoted, repr, str} from './repr.ts';
import type {Arguments, Value} from './types.ts';

/** `safe` is asked for every text that is put in; a text marked as HTML escapes there. */
export function strFormat(
  format: string,
  args: Arguments,
  meter: Meter,
  safe: (text: string, value: Value) => string = (text) => text,
): string {
  return filled(format, {args, meter, safe, next: 0, isNumbered: undefined}, 2);
}

const converters = {s: str, r: repr, a: asciiRepr};

interface State {
  readonly args: Arguments;
  readonly meter: Meter;
  readonly safe: (text: string, value: Value) => string;
  next: number;
  /** Once fields are numbered they all are. */
  isNumbered: boolean | undefined;
}

function filled(format: string, state: State, depth: number): string {
  if (depth < 0) throw new Fault('ValueError', 'Max string recursion exceeded');
  let text = '';
  for (let place = 0; place < format.length; ) {
    const brace = /[{}]/g;
    brace.lastIndex = place;
    const at = brace.exec(format)?.index ?? format.length;
    text += format.slice(place, at);
    if (at === format.length) break;
    if (format[at] === format[at + 1]) {
      text += format[at];
      place = at + 2;
    } else if (format[at] === '}') throw new Fault('ValueError', "Single '}' encountered in format string");
    else {
      const end = fieldEnd(format, at);
      text += field(format.slice(at + 1, end), state, depth);
      place = end + 1;
    }
    state.meter.spend(1);
    state.meter.allow(text.length);
  }
  return text;
}

function fieldEnd(format: string, start: number): number {
  let depth = 0;
  for (let place = start; place < format.length; place++) {
    if (format[place] === '{') depth++;
    else if (format[place] === '}' && --depth === 0) return place;
  }
  const isAlone = start === format.length - 1;
  throw new Fault(
    'ValueError',
    isAlone ? "Single '{' encountered in format string" : "expected '}' before end of string",
  );
}

function field(inside: string, state: State, depth: number): string {
  const [, path = '', conversion, spec = ''] = /^((?:\[[^\]]*\]|[^[!:])*)(?:!([^:]*))?(?::(.*))?$/s.exec(inside) ?? [];
  if (conversion !== undefined && !/^[sra]$/.test(conversion)) {
    throw new Fault('ValueError', `Unknown conversion specifier ${conversion}`);
  }
  const value = fieldValue(path, state);
  const filledSpec = filled(spec, state, depth - 1);
  const converted =
    conversion === undefined ? value : converters[conversion as keyof typeof converters](value, state.meter);
  if (isMarked(converted)) return formatValue(converted.markedText, filledSpec, converted.markedText, state.meter);
  return state.safe(formatValue(converted, filledSpec, str(converted, state.meter), state.meter), converted);
}

function fieldValue(path: string, state: State): Value {
  const [first = '', ...rest] = path.match(/^[^.[]*|\.[^.[]*|\[[^\]]*\]/g) ?? [];
  let value = argument(first, state);
  for (const part of rest) {
    if (part.startsWith('.')) {
      const name = part.slice(1);
      const found = attributeOf(value, name);
      if (found === undefined) throw new Fault('ValueError', `no attribute ${quoted(name)} in format string`);
      value = found;
    } else {
      const key = part.slice(1, -1);
      const found = subscript(value, /^\d+$/.test(key) ? BigInt(key) : key);
      if (found === undefined) throw new Fault('KeyError', quoted(key));
      value = found;
    }
  }
  return value;
}

function argument(name: string, state: State): Value {
  const isNumber = /^\d*$/.test(name);
  if (isNumber) {
    const isNumbered = name !== '';
    if (state.isNumbered !== undefined && state.isNumbered !== isNumbered) {
      throw new Fault('ValueError', 'cannot switch between automatic and manual field numbering');
    }
    state.isNumbered = isNumbered;
    const value = state.args.positional[isNumbered ? Number(name) : state.next++];
    if (value !== undefined) return value;
    throw new Fault('IndexError', 'Replacement index out of range for positional args tuple');
  }
  const value = state.args.named.get(name);
  if (value === undefined) throw new Fault('KeyError', quoted(name));
  return value;
}
