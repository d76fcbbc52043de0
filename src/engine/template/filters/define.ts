/** What filters share. */

import {Fault} from '../../values/fault.ts';
import {Markup} from '../../values/markup.ts';
import {textOf} from '../../values/markup-text.ts';
import type {Meter} from '../../values/meter.ts';
import {methodOf} from '../../values/methods.ts';
import {bind} from '../../values/native-function.ts';
import {str} from '../../values/repr.ts';
import {indexOf} from '../../values/slice.ts';
import {typeName, type Value} from '../../values/types.ts';
import type {Environment, Filter} from '../environment.ts';

type Given = readonly (Value | undefined)[];

/** A filter whose further arguments have these names; the first `required` must be given. */
export function filter(
  name: string,
  names: readonly string[],
  required: number,
  run: (value: Value, given: Given, environment: Environment) => Value,
): Filter {
  const signature = {names, required, byName: true};
  return (value, args, environment) => run(value, bind(name, signature, args), environment);
}

/** A filter without arguments. */
export function plain(name: string, run: (value: Value, environment: Environment) => Value): Filter {
  return filter(name, [], 0, (value, _, environment) => run(value, environment));
}

/** The text of anything; a text marked as HTML stays marked. */
export function softText(value: Value, meter: Meter): string | Markup {
  return value instanceof Markup ? value : str(value, meter);
}

/** A method of texts, on the text of anything. */
export function callTextMethod(value: Value, name: string, positional: readonly Value[], meter: Meter): Value {
  const method = methodOf(softText(value, meter), name, meter, () => {});
  return method?.call({positional, named: new Map()}) ?? null;
}

/** An argument that must be a text. */
export function wantText(value: Value): string {
  const text = textOf(value);
  if (text === undefined) throw new Fault('TypeError', `a text is wanted, not '${typeName(value)}'`);
  return text;
}

/** An argument that must be a whole number. */
export function wantNumber(value: Value | undefined, absent: number): number {
  return value === undefined ? absent : Number(indexOf(value));
}
