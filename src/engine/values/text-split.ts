/** Methods of texts that cut and join. */

import {blankClass, linesOf, stripped} from './blank.ts';
import {Fault} from './fault.ts';
import {itemsOf} from './iterate.ts';
import {textOf} from './markup-text.ts';
import type {Meter} from './meter.ts';
import {type Method, type TextMethods, wantText, wantWhole} from './text-method.ts';
import {isTrue} from './truth.ts';
import {Tuple} from './tuple.ts';
import {typeName, type Value, type ValueList} from './types.ts';

const splitting = {names: ['sep', 'maxsplit'], required: 0, byName: true} as const;

export const splitMethods: TextMethods = {
  split: {
    takes: splitting,
    run: (text, [separator, most], meter) => split(text, separator ?? null, wantWhole(most, -1), meter),
  },
  rsplit: {
    takes: splitting,
    run: (text, [separator, most], meter) => splitFromRight(text, separator ?? null, wantWhole(most, -1), meter),
  },
  splitlines: {
    takes: {names: ['keepends'], required: 0, byName: true},
    run: (text, [keepsEnds]) => linesOf(text, isTrue(keepsEnds ?? false)),
  },
  partition: cut('partition', (text, separator) => text.indexOf(separator), 'left'),
  rpartition: cut('rpartition', (text, separator) => text.lastIndexOf(separator), 'right'),
  join: {
    takes: {names: ['iterable'], required: 1},
    run: (text, [items], meter) => joinTexts(text, itemsOf(items ?? null, meter), meter),
  },
  strip: strip('strip', 'both'),
  lstrip: strip('lstrip', 'left'),
  rstrip: strip('rstrip', 'right'),
  removeprefix: {
    takes: {names: ['prefix'], required: 1},
    run(text, [prefix]) {
      const start = wantText(prefix, 'removeprefix');
      return text.startsWith(start) ? text.slice(start.length) : text;
    },
  },
  removesuffix: {
    takes: {names: ['suffix'], required: 1},
    run(text, [suffix]) {
      const end = wantText(suffix, 'removesuffix');
      return end !== '' && text.endsWith(end) ? text.slice(0, -end.length) : text;
    },
  },
};

function joinTexts(separator: string, items: ValueList, meter: Meter): string {
  const texts = items.map((item, index) => {
    const text = textOf(item);
    if (text !== undefined) return text;
    throw new Fault('TypeError', `sequence item ${index}: expected str instance, ${typeName(item)} found`);
  });
  meter.allow(texts.reduce((sum, text) => sum + text.length + separator.length, 0));
  return texts.join(separator);
}

function split(text: string, separator: Value, most: number, meter: Meter): Value {
  meter.spend(text.length / 8);
  if (separator === null) return splitAtBlanks(text, most);
  const parts = text.split(wantSeparator(separator));
  if (most < 0 || parts.length <= most + 1) return parts;
  return [...parts.slice(0, most), parts.slice(most).join(wantSeparator(separator))];
}

function splitFromRight(text: string, separator: Value, most: number, meter: Meter): Value {
  meter.spend(text.length / 8);
  if (separator === null) {
    if (most < 0) return splitAtBlanks(text, most);
    const reversed = splitAtBlanks([...text].reverse().join(''), most);
    return reversed.map((part) => [...part].reverse().join('')).reverse();
  }
  const parts = text.split(wantSeparator(separator));
  if (most < 0 || parts.length <= most + 1) return parts;
  const cutAt = parts.length - most;
  return [parts.slice(0, cutAt).join(wantSeparator(separator)), ...parts.slice(cutAt)];
}

function wantSeparator(value: Value): string {
  const separator = textOf(value);
  if (separator === undefined) throw new Fault('TypeError', `must be str or None, not ${typeName(value)}`);
  if (separator === '') throw new Fault('ValueError', 'empty separator');
  return separator;
}

const blanks = new RegExp(`${blankClass}+`, 'g');

function splitAtBlanks(text: string, most: number): string[] {
  const trimmed = stripped(text, 'left');
  if (trimmed === '') return [];
  const parts: string[] = [];
  let start = 0;
  for (const gap of trimmed.matchAll(blanks)) {
    if (most >= 0 && parts.length >= most) break;
    parts.push(trimmed.slice(start, gap.index));
    start = gap.index + gap[0].length;
  }
  if (start < trimmed.length) parts.push(trimmed.slice(start));
  return parts;
}

function cut(name: string, find: (text: string, separator: string) => number, side: 'left' | 'right'): Method<string> {
  return {
    takes: {names: ['sep'], required: 1},
    run(text, [separator]) {
      const by = wantText(separator, name);
      if (by === '') throw new Fault('ValueError', 'empty separator');
      const place = find(text, by);
      if (place < 0) return new Tuple(side === 'left' ? [text, '', ''] : ['', '', text]);
      return new Tuple([text.slice(0, place), by, text.slice(place + by.length)]);
    },
  };
}

function strip(name: string, side: 'left' | 'right' | 'both'): Method<string> {
  return {
    takes: {names: ['chars'], required: 0},
    run: (text, [chars]) =>
      stripped(text, side, chars === undefined || chars === null ? undefined : wantText(chars, name)),
  };
}
