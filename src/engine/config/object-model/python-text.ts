/** Texts that modules of the original tools make with Python's libraries. */

import {floatRepr} from '../../values/float-repr.ts';
import {str} from '../../values/repr.ts';
import {nameOfKey, type Value, type ValueMap} from '../context-values.ts';

/** json.dumps with its default separators, everything beyond ASCII escaped. */
export function pythonJson(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (value instanceof Map) {
    return `{${[...value].map(([key, item]) => `${jsonText(jsonKey(key))}: ${pythonJson(item)}`).join(', ')}}`;
  }
  if (typeof value === 'string') return jsonText(value);
  if (typeof value === 'number') return floatText(value);
  if (typeof value === 'object' && value !== null) return jsonText(value.text);
  return String(value);
}

/** urllib.urlencode(…, doseq): an entry of a list is a parameter of its own. */
export function urlQuery(parameters: ValueMap): string {
  return [...parameters]
    .flatMap(([key, value]) => {
      const items = Array.isArray(value) ? value : [value];
      return items.map((item) => `${quoted(nameOfKey(key))}=${quoted(str(item))}`);
    })
    .join('&');
}

function jsonKey(key: Parameters<typeof nameOfKey>[0]): string {
  return typeof key === 'number' ? floatText(key) : nameOfKey(key);
}

function jsonText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Python writes numbers that are none into JSON all the same. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return floatRepr(value);
}

/** urllib's quote_plus. */
function quoted(text: string): string {
  return encodeURIComponent(text)
    .replace(/%20/g, '+')
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
