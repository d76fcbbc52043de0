import {equals} from '../../values/equality.ts';
import {itemsOf} from '../../values/iterate.ts';
import {sorted} from '../../values/order.ts';
import {Tuple} from '../../values/tuple.ts';
import type {Value} from '../../values/types.ts';
import {itemWeight} from '../../values/weight.ts';
import type {Environment} from '../environment.ts';
import {attributeGetter, ignoreCase} from './attribute.ts';

/** Of a pair and of a list of one item, in each of which others may follow. */
const groupWeight = 4 * itemWeight;

/** What `groupby` gives: a pair with names. */
class Group extends Tuple {
  override attribute(name: string): Value | undefined {
    if (name === 'grouper') return this.items[0];
    return name === 'list' ? this.items[1] : undefined;
  }
}

/** Items that have the same value there, in groups sorted by it. */
export function grouped(
  value: Value,
  attribute: Value,
  fallback: Value,
  isCaseSensitive: boolean,
  environment: Environment,
): Value {
  const get = attributeGetter(environment, attribute, fallback);
  const keyOf = (item: Value) => (isCaseSensitive ? get(item) : ignoreCase(get(item)));
  const groups: {readonly key: Value; readonly items: Value[]}[] = [];
  const {meter} = environment;
  for (const item of sorted(itemsOf(value, meter), keyOf, false, meter)) {
    const key = keyOf(item);
    const last = groups.at(-1);
    if (last && equals(last.key, key, meter)) last.items.push(item);
    else {
      meter.made(groupWeight);
      groups.push({key, items: [item]});
    }
  }
  // The key as it is written in the first item, not in lower case.
  return groups.map(({items}) => new Group([get(items[0] as Value), items]));
}
