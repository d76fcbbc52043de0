/** What compiled templates ask for: Python's operations, each told its place first, so that a fault knows it. */

import {keepSign, negate, operate} from '../values/arithmetic.ts';
import {contains} from '../values/contains.ts';
import {dictSet} from '../values/dict.ts';
import {equals} from '../values/equality.ts';
import {Fault} from '../values/fault.ts';
import {itemsOf} from '../values/iterate.ts';
import {textOf} from '../values/markup-text.ts';
import {less} from '../values/order.ts';
import {str} from '../values/repr.ts';
import {isTrue} from '../values/truth.ts';
import {Tuple} from '../values/tuple.ts';
import {type Arguments, isMap, type Operator, PythonObject, typeName, type Value} from '../values/types.ts';
import type {Environment} from './environment.ts';
import {filters} from './filters/all.ts';
import {Lookups} from './lookups.ts';
import {tests} from './tests.ts';

const noNames: ReadonlyMap<string, Value> = new Map();

export type Named = readonly (readonly [string, Value])[] | undefined;

export class Operations extends Lookups implements Environment {
  list(items: Value[]): Value[] {
    return this.kept(items);
  }

  tuple(items: readonly Value[]): Tuple {
    return this.kept(new Tuple(items));
  }

  dict(pairs: readonly (readonly [Value, Value])[], at: number): Map<Value, Value> {
    this.at = at;
    const map = new Map<Value, Value>();
    for (const [key, value] of pairs) dictSet(map, key, value);
    return this.kept(map);
  }

  spread(value: Value): Value[] {
    return itemsOf(value, this.meter);
  }

  #arguments(positional: readonly Value[], named: Named, rest: Value | undefined): Arguments {
    if (named === undefined && rest === undefined) return {positional, named: noNames};
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
      return this.kept(result);
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
    this.charge(value);
    return this.kept(filter(value, args, this));
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
    this.charge(value);
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
    this.charge(left);
    this.charge(right);
    return this.kept(operate(operator, left, right, this.meter));
  }

  concat(left: Value, right: Value, at: number): string {
    const text = this.text(left, at) + this.text(right, at);
    this.meter.allow(text.length);
    return this.kept(text);
  }

  compare(operator: string, left: Value, right: Value, at: number): boolean {
    this.at = at;
    this.charge(left);
    this.charge(right);
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
