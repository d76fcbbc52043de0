/** `tojson`: Python's json.dumps with sorted keys, made safe for HTML as Jinja2 does. */

import {Fault} from '../../values/fault.ts';
import {floatRepr} from '../../values/float-repr.ts';
import {Markup} from '../../values/markup.ts';
import {textOf} from '../../values/markup-text.ts';
import {less} from '../../values/order.ts';
import {intText} from '../../values/repr.ts';
import {Tuple} from '../../values/tuple.ts';
import {isList, isMap, typeName, type Value, type ValueMap} from '../../values/types.ts';
import type {Environment, Filters} from '../environment.ts';
import {filter, wantNumber} from './define.ts';

export const jsonFilters: Filters = {
  tojson: filter('tojson', ['indent'], 0, (value, [indent], {meter}) => {
    const step = indent === undefined || indent === null ? undefined : (textOf(indent) ?? indentOf(indent, meter));
    const text = new Writer(step, meter).write(value, '', []);
    return new Markup(text.replace(/[<>&']/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`));
  }),
};

function indentOf(indent: Value, meter: Environment['meter']): string {
  const width = wantNumber(indent, 0);
  meter.allow(width);
  return ' '.repeat(Math.max(width, 0));
}

class Writer {
  readonly #step: string | undefined;
  readonly #meter: Environment['meter'];
  #size = 0;

  constructor(step: string | undefined, meter: Environment['meter']) {
    this.#step = step;
    this.#meter = meter;
  }

  write(value: Value, margin: string, outer: readonly Value[]): string {
    this.#meter.spend(1);
    const text = textOf(value);
    if (text !== undefined) return this.#grown(jsonText(text));
    if (value === null) return 'null';
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'bigint') return this.#grown(intText(value, this.#meter));
    if (typeof value === 'number') return this.#grown(jsonFloat(value));
    if (outer.includes(value)) throw new Fault('ValueError', 'Circular reference detected');
    const inside = [...outer, value];
    const items = value instanceof Tuple ? value.items : value;
    if (isList(items)) {
      return this.#bracketed('[', ']', margin, (inner) => items.map((item) => this.write(item, inner, inside)));
    }
    if (!isMap(items)) throw new Fault('TypeError', `Object of type ${typeName(value)} is not JSON serializable`);
    return this.#bracketed('{', '}', margin, (inner) =>
      sortedByKey(items).map(([key, item]) => `${this.#key(key)}: ${this.write(item, inner, inside)}`),
    );
  }

  #bracketed(open: string, close: string, margin: string, write: (margin: string) => string[]): string {
    const inner = margin + (this.#step ?? '');
    const parts = write(inner);
    if (parts.length === 0) return open + close;
    if (this.#step === undefined) return open + parts.join(', ') + close;
    this.#grown(inner.repeat(Math.min(parts.length, 1)));
    return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
  }

  #key(key: Value): string {
    const text = textOf(key);
    if (text !== undefined) return this.#grown(jsonText(text));
    if (key === null || typeof key === 'boolean') return `"${key}"`;
    if (typeof key === 'bigint') return `"${intText(key, this.#meter)}"`;
    if (typeof key === 'number') return `"${jsonFloat(key)}"`;
    throw new Fault('TypeError', `keys must be str, int, float, bool or None, not ${typeName(key)}`);
  }

  #grown(text: string): string {
    this.#size += text.length;
    this.#meter.allow(this.#size);
    return text;
  }
}

function sortedByKey(map: ValueMap): (readonly [Value, Value])[] {
  return [...map].sort(([one], [other]) => (less(one, other, false) ? -1 : less(other, one, false) ? 1 : 0));
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return floatRepr(value);
}

function jsonText(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\uffff]/g, (unit) => {
    return unit === '\x7f' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
