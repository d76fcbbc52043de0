/** What compiled templates ask for: Python's operations, each told its place first, so that a fault knows it. */

import {keepSign, negate, operate} from '../values/arithmetic.ts';
import {contains} from '../values/contains.ts';
import {dictSet} from '../values/dict.ts';
import {equals} from '../values/equality.ts';
import {Fault, isFault} from '../values/fault.ts';
import {itemsOf} from '../values/iterate.ts';
import {attributeOf, subscript} from '../values/lookup.ts';
import {textOf} from '../values/markup-text.ts';
import type {Meter} from '../values/meter.ts';
import {methodOf} from '../values/methods.ts';
import {less} from '../values/order.ts';
import {repr, str} from '../values/repr.ts';
import {sliceOf} from '../values/slice.ts';
import {isTrue} from '../values/truth.ts';
import {Tuple} from '../values/tuple.ts';
import {type Arguments, isMap, type Operator, PythonObject, typeName, type Value} from '../values/types.ts';
import {Undefined} from '../values/undefined.ts';
import type {Environment} from './environment.ts';
import {filters} from './filters/all.ts';
import type {Rendering} from './rendering.ts';
import {tests} from './tests.ts';

export type Named = readonly (readonly [string, Value])[] | undefined;

export class Operations implements Environment {
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

  // Expressions

  unknown(name: string, at: number): Undefined {
    this.at = at;
    return this.#undefined(`'${name}' is undefined`, true);
  }

  undefined(message: string): Undefined {
    return this.#undefined(message, false);
  }

  #undefined(message: string | (() => string), isName: boolean): Undefined {
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

  tuple(items: readonly Value[]): Tuple {
    return new Tuple(items);
  }

  dict(pairs: readonly (readonly [Value, Value])[], at: number): Map<Value, Value> {
    this.at = at;
    const map = new Map<Value, Value>();
    for (const [key, value] of pairs) dictSet(map, key, value);
    return map;
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
    return sliceOf(value, {start, stop, step});
  }

  spread(value: Value): Value[] {
    return itemsOf(value, this.meter);
  }

  #arguments(positional: readonly Value[], named: Named, rest: Value | undefined): Arguments {
    const all = new Map<string, Value>(named);
    if (rest !== undefined) {
      if (!isMap(rest)) throw new Fault('TypeError', `argument after ** must be a mapping, not ${typeName(rest)}`);
      for (const [key, value] of rest) {
        if (typeof key !== 'string') throw new Fault('TypeError', 'keywords must be strings');
        if (all.has(key)) throw new Fault('TypeError', `got multiple values for keyword argument '${key}'`);
        all.set(key, value);
      }
    }
    return {positional, named: all};
  }

  call(target: Value, positional: readonly Value[], named: Named, rest: Value | undefined, at: number): Value {
    this.at = at;
    this.meter.spend(1);
    if (target instanceof PythonObject) {
      const result = target.call(this.#arguments(positional, named, rest));
      this.at = at;
      return result;
    }
    throw new Fault('TypeError', `'${typeName(target)}' object is not callable`);
  }

  filter(
    name: string,
    value: Value,
    positional: readonly Value[],
    named: Named,
    rest: Value | undefined,
    at: number,
  ): Value {
    this.at = at;
    return this.applyFilter(name, value, this.#arguments(positional, named, rest));
  }

  applyFilter(name: string, value: Value, args: Arguments): Value {
    const filter = filters.get(name);
    if (!filter) throw new Fault('TypeError', `No filter named '${name}'.`);
    this.meter.spend(1);
    return filter(value, args, this);
  }

  test(
    name: string,
    value: Value,
    positional: readonly Value[],
    named: Named,
    rest: Value | undefined,
    at: number,
  ): boolean {
    this.at = at;
    return this.applyTest(name, value, this.#arguments(positional, named, rest));
  }

  applyTest(name: string, value: Value, args: Arguments): boolean {
    const test = tests.get(name);
    if (!test) throw new Fault('TypeError', `No test named '${name}'.`);
    return test(value, args, this);
  }

  hasFilter(name: string): boolean {
    return filters.has(name);
  }

  hasTest(name: string): boolean {
    return tests.has(name);
  }

  random(): number {
    return this.rendering.random();
  }

  truth(value: Value): boolean {
    return isTrue(value);
  }

  negate(value: Value, at: number): Value {
    this.at = at;
    return negate(value);
  }

  keepSign(value: Value, at: number): Value {
    this.at = at;
    return keepSign(value);
  }

  operate(operator: Operator, left: Value, right: Value, at: number): Value {
    this.at = at;
    return operate(operator, left, right, this.meter);
  }

  concat(left: Value, right: Value, at: number): string {
    const text = this.text(left, at) + this.text(right, at);
    this.meter.allow(text.length);
    return text;
  }

  compare(operator: string, left: Value, right: Value, at: number): boolean {
    this.at = at;
    switch (operator) {
      case '==':
        return equals(left, right, this.meter);
      case '!=':
        return !equals(left, right, this.meter);
      case '<':
        return less(left, right, false, this.meter);
      case '<=':
        return less(left, right, true, this.meter);
      case '>':
        return less(right, left, false, this.meter);
      case '>=':
        return less(right, left, true, this.meter);
      case 'in':
        return contains(right, left, this.meter);
      default:
        return !contains(right, left, this.meter);
    }
  }

  /** What a filter block or a call block gives must be a text already. */
  joined(value: Value, at: number): string {
    this.at = at;
    const text = textOf(value);
    if (text === undefined) throw new Fault('TypeError', `expected str instance, ${typeName(value)} found`);
    return text;
  }

  /** As it is printed. */
  text(value: Value, at: number): string {
    this.at = at;
    return typeof value === 'string' ? value : str(value, this.meter);
  }
}
