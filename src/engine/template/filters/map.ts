/** Filters on maps, and on what may be missing. */

import {Fault} from '../../values/fault.ts';
import {Lazy} from '../../values/lazy.ts';
import type {Meter} from '../../values/meter.ts';
import {sorted} from '../../values/order.ts';
import {isSet} from '../../values/slice.ts';
import {isTrue} from '../../values/truth.ts';
import {Tuple} from '../../values/tuple.ts';
import {isMap, typeName, type Value, type ValueMap} from '../../values/types.ts';
import {Undefined} from '../../values/undefined.ts';
import {itemWeight} from '../../values/weight.ts';
import type {Filter, Filters} from '../environment.ts';
import {ignoreCase} from './attribute.ts';
import {filter, plain, wantText} from './define.ts';

const fallback: Filter = filter('default', ['default_value', 'boolean'], 0, (value, [instead, isForFalse]) => {
  const isMissing = value instanceof Undefined || (isTrue(isForFalse ?? false) && !isTrue(value));
  return isMissing ? (instead === undefined ? '' : instead) : value;
});

export const mapFilters: Filters = {
  default: fallback,
  d: fallback,
  items: plain('items', (value, {meter}) => new Lazy(items(value, meter))),
  dictsort: filter('dictsort', ['case_sensitive', 'by', 'reverse'], 0, (value, [isStrict, by, isReverse], {meter}) => {
    const part = by ?? 'key';
    if (part !== 'key' && part !== 'value')
      throw new Fault('ValueError', 'You can only sort by either "key" or "value"');
    if (!isMap(value)) throw new Fault('TypeError', `'${typeName(value)}' object has no attribute 'items'`);
    const keyOf = ([key, item]: readonly [Value, Value]) => {
      const wanted = part === 'key' ? key : item;
      return isTrue(isStrict ?? false) ? wanted : ignoreCase(wanted);
    };
    return sorted([...value], keyOf, isSet(isReverse), meter).map((pair) => {
      meter.made(itemWeight);
      return new Tuple(pair);
    });
  }),
  attr: filter('attr', ['name'], 1, (value, [name], environment) => {
    const found = environment.attribute(value, wantText(name ?? null));
    if (found !== undefined) return found;
    return environment.undefined(`'${typeName(value)} object' has no attribute '${wantText(name ?? null)}'`);
  }),
};

function* items(value: Value, meter: Meter): Generator<Value, void> {
  if (value instanceof Undefined) return;
  if (!isMap(value)) throw new Fault('TypeError', 'Can only get item pairs from a mapping.');
  for (const pair of value as ValueMap) {
    meter.made(itemWeight);
    yield new Tuple(pair);
  }
}
