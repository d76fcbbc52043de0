/** Names, keys and members, and what is made of those that are not there. */

import {isFault} from '../values/fault.ts';
import {attributeOf, subscript} from '../values/lookup.ts';
import type {Meter} from '../values/meter.ts';
import {methodOf} from '../values/methods.ts';
import {repr} from '../values/repr.ts';
import {sliceOf} from '../values/slice.ts';
import {isList, isMap, typeName, type Value} from '../values/types.ts';
import {Undefined} from '../values/undefined.ts';
import {undefinedWeight, weightOf} from '../values/weight.ts';
import type {Rendering} from './rendering.ts';

export class Lookups {
  readonly rendering: Rendering;
  readonly template: string;
  readonly meter: Meter;
  /** Where the operation stands that is carried out. */
  protected at = 0;

  constructor(rendering: Rendering, template: string) {
    this.rendering = rendering;
    this.template = template;
    this.meter = rendering.meter;
  }

  /** Work on something large is many steps, so that the clock is looked at in time. */
  protected charge(value: Value): void {
    const size = typeof value === 'string' || isList(value) ? value.length : isMap(value) ? value.size : 0;
    if (size > 1024) this.meter.spend(size / 256);
  }

  /** What was made counts, so that a rendering ends before it has used up all memory. */
  protected kept<T extends Value>(value: T): T {
    if (isList(value)) this.meter.allowItems(value.length);
    this.meter.made(weightOf(value));
    return value;
  }

  unknown(name: string, at: number): Undefined {
    this.at = at;
    return this.#undefined(`'${name}' is undefined`, true);
  }

  undefined(message: string): Undefined {
    return this.#undefined(message, false);
  }

  #undefined(message: string | (() => string), isName: boolean): Undefined {
    this.meter.made(undefinedWeight);
    return new Undefined(message, this.rendering.noter(this.template, this.at, message, isName));
  }

  notGiven(name: string, at: number): Undefined {
    this.at = at;
    return this.#undefined(`parameter '${name}' was not provided`, true);
  }

  noElse(at: number): Undefined {
    this.at = at;
    return new Undefined('the inline if-expression evaluated to false and no else section was defined.');
  }

  /** value.name: methods and attributes first, then keys. */
  member(value: Value, name: string, at: number, path: string): Value {
    this.at = at;
    const named = this.attribute(value, name);
    if (named !== undefined) return named;
    const found = this.#key(value, name);
    return found === undefined ? this.#missing(value, name, path) : found;
  }

  /** value[key]: keys first, then methods and attributes. */
  item(value: Value, key: Value, at = this.at, path = ''): Value {
    this.at = at;
    this.charge(value);
    const found = this.#key(value, key);
    if (found !== undefined) return found;
    const named = typeof key === 'string' ? this.attribute(value, key) : undefined;
    return named === undefined ? this.#missing(value, key, path) : named;
  }

  /** Undefined also where the key cannot be one. */
  #key(value: Value, key: Value): Value | undefined {
    try {
      return subscript(value, key);
    } catch (error) {
      if (isFault(error, 'TypeError')) return undefined;
      throw error;
    }
  }

  attribute(value: Value, name: string): Value | undefined {
    this.charge(value);
    const own = attributeOf(value, name);
    return own === undefined ? methodOf(value, name, this.meter, this.rendering.touch) : own;
  }

  #missing(value: Value, key: Value, path: string): Undefined {
    const where = path === '' || path === '(…)' ? `a ${typeName(value)}` : path;
    return this.#undefined(() => `${where} has no ${this.#keyText(key)}`, false);
  }

  #keyText(key: Value): string {
    try {
      return repr(key, this.meter);
    } catch (error) {
      if (isFault(error, 'Unsupported')) return `such ${typeName(key)}`;
      throw error;
    }
  }

  slice(value: Value, start: Value, stop: Value, step: Value, at: number): Value {
    this.at = at;
    if (value instanceof Undefined) throw value.fault();
    this.charge(value);
    return this.kept(sliceOf(value, {start, stop, step}));
  }
}
