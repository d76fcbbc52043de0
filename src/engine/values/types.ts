/** Values as Python has them: whole numbers are bigint and floats number, so that 25 and 25.0 stay apart. */

import {Fault} from './fault.ts';
import type {Meter} from './meter.ts';

export type Value = null | boolean | bigint | number | string | ValueList | ValueMap | PythonObject;
export type ValueList = readonly Value[];
/** Keys in the order in which they came. Look up with dict.ts: there 1, 1.0 and True are one key. */
export type ValueMap = ReadonlyMap<Value, Value>;

/** What a call was given. */
export interface Arguments {
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

export type Operator = '+' | '-' | '*' | '/' | '//' | '%' | '**';

/**
 * Everything that is no plain JavaScript value. What a kind of object cannot do, it leaves out; the functions of this
 * folder then raise what Python raises.
 */
export abstract class PythonObject {
  /** As Python's error messages name it. */
  abstract readonly typeName: string;

  /** As inside a printed list. By default what Python prints is an address in memory. */
  repr(_meter: Meter): string {
    throw new Fault(
      'Unsupported',
      `Printing a ${this.typeName} gives an address in memory, another one each time; add |list or () to it.`,
    );
  }

  /** As printed alone. */
  str(meter: Meter): string {
    return this.repr(meter);
  }

  isTrue(): boolean {
    return this.length() !== 0;
  }

  /** Undefined: has no length. */
  length(): number | undefined {
    return undefined;
  }

  /** Undefined: cannot be looped over. */
  iterate(): Iterator<Value> | undefined {
    return undefined;
  }

  /** Undefined: cannot be gone through backwards. */
  reversed(): Iterator<Value> | undefined {
    return undefined;
  }

  /** value[key], slices excepted; undefined: nothing there. */
  item(_key: Value): Value | undefined {
    return undefined;
  }

  /** value.name; undefined: nothing there. */
  attribute(_name: string): Value | undefined {
    return undefined;
  }

  call(_args: Arguments): Value {
    throw new Fault('TypeError', `'${this.typeName}' object is not callable`);
  }

  isCallable(): boolean {
    return false;
  }

  equals(other: Value, _meter: Meter): boolean {
    return other === this;
  }

  /** Undefined: is not ordered against that. */
  less(_other: Value, _orEqual: boolean, _meter: Meter): boolean | undefined {
    return undefined;
  }

  /** Undefined: has no `in` of its own, and is looped over. */
  contains(_item: Value, _meter: Meter): boolean | undefined {
    return undefined;
  }

  /** Undefined: does not know this operator with that operand. `isLeft`: this object stands on the left. */
  operate(_operator: Operator, _other: Value, _isLeft: boolean, _meter: Meter): Value | undefined {
    return undefined;
  }

  /** Throws when it cannot be the key of a map. */
  checkHashable(): void {}

  /** What it is found under as a key of a map. */
  asKey(): Value {
    return this;
  }
}

export function isMap(value: Value): value is ValueMap {
  return value instanceof Map;
}

export function isList(value: Value): value is ValueList {
  return Array.isArray(value);
}

/** The name of the type in Python. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (isList(value)) return 'list';
  if (value instanceof PythonObject) return value.typeName;
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'string':
      return 'str';
    default:
      return 'dict';
  }
}
