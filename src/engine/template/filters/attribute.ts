/** Attributes that filters are told by name: `disk.0.size`, and several of them apart by commas. */

import {textOf} from '../../values/markup-text.ts';
import {lower} from '../../values/text-case.ts';
import type {Value} from '../../values/types.ts';
import {Undefined} from '../../values/undefined.ts';
import type {Environment} from '../environment.ts';

export type Getter = (item: Value) => Value;

/** Texts as lower case, all else as it is: how sorting ignores case. */
export function ignoreCase(value: Value): Value {
  const text = textOf(value);
  return text === undefined ? value : lower(text);
}

/** Null: the item itself. A default stands for what is not there, at every dot. */
export function attributeGetter(environment: Environment, attribute: Value, fallback: Value = null): Getter {
  const parts = partsOf(attribute);
  return (item) => {
    let value = item;
    for (const part of parts) {
      value = environment.item(value, part);
      if (fallback !== null && value instanceof Undefined) value = fallback;
    }
    return value;
  };
}

/** For sorting: one value for each of the attributes. */
export function sortGetter(environment: Environment, attribute: Value, isCaseSensitive: boolean): Getter {
  const text = textOf(attribute);
  const getters = (text === undefined ? [attribute] : text.split(',')).map((each) =>
    attributeGetter(environment, each),
  );
  return (item) => getters.map((get) => (isCaseSensitive ? get(item) : ignoreCase(get(item))));
}

function partsOf(attribute: Value): Value[] {
  if (attribute === null) return [];
  const text = textOf(attribute);
  if (text === undefined) return [attribute];
  return text.split('.').map((part) => (/^\d+$/.test(part) ? BigInt(part) : part));
}
