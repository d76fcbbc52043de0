import type {Meter} from '../values/meter.ts';
import type {Arguments, Value} from '../values/types.ts';
import type {Undefined} from '../values/undefined.ts';

/** What filters and tests may ask of the rendering they are part of. */
export interface Environment {
  readonly meter: Meter;
  undefined(message: string): Undefined;
  /** value[key] and value.key, as a template's brackets look it up. */
  item(value: Value, key: Value): Value;
  /** A method or an attribute, not a key; undefined: there is none. */
  attribute(value: Value, name: string): Value | undefined;
  applyFilter(name: string, value: Value, args: Arguments): Value;
  applyTest(name: string, value: Value, args: Arguments): boolean;
  hasFilter(name: string): boolean;
  hasTest(name: string): boolean;
  /** From 0 to below 1, the same numbers for each rendering. */
  random(): number;
}

export type Filter = (value: Value, args: Arguments, environment: Environment) => Value;
export type Filters = Readonly<Record<string, Filter>>;
