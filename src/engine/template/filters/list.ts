/** Filters on lists and on all that can be looped over. */

import {operate} from '../../values/arithmetic.ts';
import {dictHas, dictSet} from '../../values/dict.ts';
import {equals} from '../../values/equality.ts';
import {Fault} from '../../values/fault.ts';
import {characters, each, isIterable, itemsOf, iterate, lengthOf} from '../../values/iterate.ts';
import {Lazy} from '../../values/lazy.ts';
import {Markup} from '../../values/markup.ts';
import {textOf} from '../../values/markup-text.ts';
import {less, sorted} from '../../values/order.ts';
import {str} from '../../values/repr.ts';
import {isSet} from '../../values/slice.ts';
import {isTrue} from '../../values/truth.ts';
import {isList, isMap, PythonObject, type Value} from '../../values/types.ts';
import {itemWeight, weightOf} from '../../values/weight.ts';
import type {Environment, Filters} from '../environment.ts';
import {attributeGetter, ignoreCase, sortGetter} from './attribute.ts';
import {filter, plain, wantNumber} from './define.ts';
import {grouped} from './group.ts';

export const listFilters: Filters = {
  length: plain('length', (value) => BigInt(lengthOf(value))),
  count: plain('count', (value) => BigInt(lengthOf(value))),
  list: plain('list', (value, {meter}) => itemsOf(value, meter)),
  first: plain('first', (value, environment) => {
    const next = iterate(value).next();
    return next.done ? environment.undefined('No first item, sequence was empty.') : next.value;
  }),
  last: plain('last', (value, environment) => {
    const next = reversed(value)?.next();
    if (!next) throw new Fault('TypeError', 'this cannot be gone through backwards; add |list before |last');
    return next.done ? environment.undefined('No last item, sequence was empty.') : next.value;
  }),
  reverse: plain('reverse', (value, {meter}) => {
    const text = textOf(value);
    if (text !== undefined) {
      const turned = [...characters(text)].reverse().join('');
      return typeof value === 'string' ? turned : new Markup(turned);
    }
    const backwards = reversed(value);
    return backwards ? new Lazy(backwards) : itemsOf(value, meter).reverse();
  }),
  join: filter('join', ['d', 'attribute'], 0, (value, [separator, attribute], environment) => {
    const {meter} = environment;
    const get = attributeGetter(environment, attribute ?? null);
    const glue = separator === undefined ? '' : str(separator, meter);
    let text = '';
    let isFirst = true;
    for (const item of each(iterate(value), meter)) {
      text += isFirst ? str(get(item), meter) : glue + str(get(item), meter);
      isFirst = false;
      meter.allow(text.length);
    }
    return text;
  }),
  sort: filter(
    'sort',
    ['reverse', 'case_sensitive', 'attribute'],
    0,
    (value, [isReverse, isStrict, attribute], environment) =>
      sorted(
        itemsOf(value, environment.meter),
        sortGetter(environment, attribute ?? null, isTrue(isStrict ?? false)),
        isSet(isReverse),
        environment.meter,
      ),
  ),
  unique: filter(
    'unique',
    ['case_sensitive', 'attribute'],
    0,
    (value, [isStrict, attribute], environment) =>
      new Lazy(unique(value, isTrue(isStrict ?? false), attribute ?? null, environment)),
  ),
  min: extreme('min', (one, other, environment) => less(one, other, false, environment.meter)),
  max: extreme('max', (one, other, environment) => less(other, one, false, environment.meter)),
  sum: filter('sum', ['attribute', 'start'], 0, (value, [attribute, start], environment) => {
    const get = attributeGetter(environment, attribute ?? null);
    let sum: Value = start === undefined ? 0n : start;
    if (textOf(sum) !== undefined) throw new Fault('TypeError', "sum() can't sum strings [use ''.join(seq) instead]");
    for (const item of each(iterate(value), environment.meter)) sum = operate('+', sum, get(item), environment.meter);
    return sum;
  }),
  batch: filter(
    'batch',
    ['linecount', 'fill_with'],
    1,
    (value, [count, filler], environment) => new Lazy(batches(value, count ?? null, filler ?? null, environment)),
  ),
  slice: filter(
    'slice',
    ['slices', 'fill_with'],
    1,
    (value, [count, filler], environment) => new Lazy(slices(value, count ?? null, filler ?? null, environment)),
  ),
  groupby: filter(
    'groupby',
    ['attribute', 'default', 'case_sensitive'],
    1,
    (value, [attribute, fallback, isStrict], environment) =>
      grouped(value, attribute ?? null, fallback ?? null, isTrue(isStrict ?? false), environment),
  ),
  random: plain('random', (value, environment) => {
    const length = lengthOf(value);
    if (length === 0) return environment.undefined('No random item, sequence was empty.');
    return environment.item(value, BigInt(Math.floor(environment.random() * length)));
  }),
};

/** Undefined for what can only be gone through forwards. */
function reversed(value: Value): Iterator<Value> | undefined {
  const text = textOf(value);
  if (text !== undefined) return [...text].reverse()[Symbol.iterator]();
  if (isList(value)) return value.toReversed()[Symbol.iterator]();
  if (isMap(value)) return [...value.keys()].reverse()[Symbol.iterator]();
  if (value instanceof PythonObject && value.reversed()) return value.reversed();
  if (isIterable(value)) return undefined;
  throw new Fault('TypeError', 'argument must be iterable');
}

function* unique(value: Value, isStrict: boolean, attribute: Value, environment: Environment): Generator<Value, void> {
  const get = attributeGetter(environment, attribute);
  const seen = new Map<Value, Value>();
  for (const item of each(iterate(value), environment.meter)) {
    const key = isStrict ? get(item) : ignoreCase(get(item));
    if (dictHas(seen, key)) continue;
    environment.meter.made(itemWeight);
    dictSet(seen, key, true);
    yield item;
  }
}

function extreme(name: string, isBetter: (one: Value, other: Value, environment: Environment) => boolean) {
  return filter(name, ['case_sensitive', 'attribute'], 0, (value, [isStrict, attribute], environment) => {
    const get = attributeGetter(environment, attribute ?? null);
    const keyOf = (item: Value) => (isTrue(isStrict ?? false) ? get(item) : ignoreCase(get(item)));
    let best: {readonly item: Value; readonly key: Value} | undefined;
    for (const item of each(iterate(value), environment.meter)) {
      const key = keyOf(item);
      if (best === undefined || isBetter(key, best.key, environment)) best = {item, key};
    }
    return best === undefined ? environment.undefined('No aggregated item, sequence was empty.') : best.item;
  });
}

function* batches(value: Value, wanted: Value, filler: Value, {meter}: Environment): Generator<Value, void> {
  let batch: Value[] = [];
  for (const item of each(iterate(value), meter)) {
    if (equals(BigInt(batch.length), wanted)) {
      meter.made(weightOf(batch));
      yield batch;
      batch = [];
    }
    batch.push(item);
  }
  if (batch.length === 0) return;
  meter.made(weightOf(batch));
  if (filler === null || !less(BigInt(batch.length), wanted, false)) {
    yield batch;
    return;
  }
  const size = wantNumber(wanted, 0);
  meter.allowItems(size);
  while (batch.length < size) batch.push(filler);
  yield batch;
}

function* slices(value: Value, wanted: Value, filler: Value, {meter}: Environment): Generator<Value, void> {
  const items = itemsOf(value, meter);
  const count = wantNumber(wanted, 0);
  if (count === 0) throw new Fault('ZeroDivisionError', 'integer division or modulo by zero');
  const size = Math.floor(items.length / count);
  const longer = items.length - size * count;
  let offset = 0;
  for (let index = 0; index < count; index++) {
    meter.spend(1);
    const start = offset + index * size;
    if (index < longer) offset++;
    const part = items.slice(start, offset + (index + 1) * size);
    if (filler !== null && index >= longer) part.push(filler);
    meter.made(weightOf(part));
    yield part;
  }
}
