/** Filters for HTML and addresses. */

import {wordsOf} from '../../values/blank.ts';
import {Fault} from '../../values/fault.ts';
import {each, isIterable, itemsOf, iterate} from '../../values/iterate.ts';
import {escaped, Markup} from '../../values/markup.ts';
import {escapeHtml, textOf} from '../../values/markup-text.ts';
import {quoted, str} from '../../values/repr.ts';
import {isTrue} from '../../values/truth.ts';
import {Tuple} from '../../values/tuple.ts';
import {isMap, typeName, type Value} from '../../values/types.ts';
import {Undefined} from '../../values/undefined.ts';
import type {Environment, Filters} from '../environment.ts';
import {filter, plain, wantText} from './define.ts';

export const htmlFilters: Filters = {
  e: plain('escape', (value, {meter}) => escaped(value, meter)),
  escape: plain('escape', (value, {meter}) => escaped(value, meter)),
  forceescape: plain('forceescape', (value, {meter}) => new Markup(escapeHtml(str(value, meter)))),
  safe: plain('safe', (value, {meter}) => new Markup(str(value, meter))),
  striptags: plain('striptags', (value, {meter}) => withoutTags(str(value, meter))),
  urlencode: plain('urlencode', urlEncoded),
  xmlattr: filter('xmlattr', ['autospace'], 0, (value, [space], {meter}) => {
    if (!isMap(value)) throw new Fault('TypeError', `'${typeName(value)}' object has no attribute 'items'`);
    const parts: string[] = [];
    for (const [key, item] of value) {
      if (item === null || item instanceof Undefined) continue;
      if (/[\t-\r />=]/.test(wantText(key))) {
        throw new Fault('ValueError', `Invalid character in attribute name: ${quoted(wantText(key))}`);
      }
      parts.push(`${escaped(key, meter).markedText}="${escaped(item, meter).markedText}"`);
    }
    return (parts.length > 0 && isTrue(space ?? true) ? ' ' : '') + parts.join(' ');
  }),
};

function urlEncoded(value: Value, {meter}: Environment): Value {
  const text = textOf(value);
  if (text !== undefined || !isIterable(value)) return percentEncoded(str(value, meter), '/');
  const pairs = isMap(value) ? [...value].map((pair) => new Tuple(pair)) : [...each(iterate(value), meter)];
  return pairs
    .map((pair) => {
      const [key, item, ...rest] = itemsOf(pair, meter);
      if (key === undefined || item === undefined || rest.length > 0) {
        throw new Fault('ValueError', 'urlencode wants pairs of a name and a value');
      }
      const encode = (part: Value) => percentEncoded(str(part, meter), '').replaceAll('%20', '+');
      return `${encode(key)}=${encode(item)}`;
    })
    .join('&');
}

function percentEncoded(text: string, safe: string): string {
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte);
    const isPlain = /[A-Za-z0-9_.~-]/.test(character) || (safe !== '' && character === safe);
    encoded += isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** The text that a browser would show, with white space as single spaces. */
function withoutTags(html: string): string {
  let text = html;
  for (const [open, close] of [
    ['<!--', '-->'],
    ['<', '>'],
  ] as const)
    text = withoutBetween(text, open, close);
  return wordsOf(text)
    .join(' ')
    .replace(/&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|([a-zA-Z]+));/g, (all, decimal, hex, name: string) => {
      if (name !== undefined) return entities[name] ?? all;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    });
}

function withoutBetween(text: string, open: string, close: string): string {
  let kept = '';
  let place = 0;
  for (;;) {
    const start = text.indexOf(open, place);
    const end = start < 0 ? -1 : text.indexOf(close, start + open.length);
    if (end < 0) return kept + text.slice(place);
    kept += text.slice(place, start);
    place = end + close.length;
  }
}

const entities: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0'};
