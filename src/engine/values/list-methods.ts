/** Methods of lists. Those that change a list tell `touch` before. */

import {sameOrEqual} from './equality.ts';
import {Fault} from './fault.ts';
import {itemsOf} from './iterate.ts';
import {sorted} from './order.ts';
import {repr} from './repr.ts';
import {bounds, indexOf, isSet, placeOf} from './slice.ts';
import type {Method} from './text-method.ts';
import type {Value, ValueList} from './types.ts';
import {itemWeight} from './weight.ts';

interface ListMethod extends Method<Value[]> {
  readonly changes?: true;
}

const one = {names: ['object'], required: 1} as const;
const none = {names: [], required: 0} as const;

export const listMethods: Readonly<Record<string, ListMethod>> = {
  append: {
    takes: one,
    changes: true,
    run(list, [item], meter) {
      meter.allowItems(list.length + 1);
      meter.made(itemWeight);
      list.push(item ?? null);
      return null;
    },
  },
  extend: {
    takes: one,
    changes: true,
    run(list, [items], meter) {
      const more = itemsOf(items ?? null, meter);
      meter.allowItems(list.length + more.length);
      meter.made(itemWeight * more.length);
      for (const item of more) list.push(item);
      return null;
    },
  },
  insert: {
    takes: {names: ['index', 'object'], required: 2},
    changes: true,
    run(list, [index, item], meter) {
      meter.allowItems(list.length + 1);
      meter.made(itemWeight);
      const {start} = bounds({start: indexOf(index ?? null), stop: null, step: null}, list.length);
      list.splice(start, 0, item ?? null);
      return null;
    },
  },
  pop: {
    takes: {names: ['index'], required: 0},
    changes: true,
    run(list, [index]) {
      if (list.length === 0) throw new Fault('IndexError', 'pop from empty list');
      const place = placeOf(index === undefined ? -1n : indexOf(index), list.length);
      if (place === undefined) throw new Fault('IndexError', 'pop index out of range');
      return list.splice(place, 1)[0] ?? null;
    },
  },
  remove: {
    takes: one,
    changes: true,
    run(list, [item], meter) {
      const place = list.findIndex((other) => sameOrEqual(item ?? null, other, meter));
      if (place < 0) throw new Fault('ValueError', 'list.remove(x): x not in list');
      list.splice(place, 1);
      return null;
    },
  },
  clear: {
    takes: none,
    changes: true,
    run(list) {
      list.length = 0;
      return null;
    },
  },
  reverse: {
    takes: none,
    changes: true,
    run(list) {
      list.reverse();
      return null;
    },
  },
  sort: {
    takes: {names: ['key', 'reverse'], required: 0, byName: true},
    changes: true,
    run(list, [key, isReverse], meter) {
      const keyOf = (item: Value) => item;
      if (key !== undefined && key !== null) throw new Fault('Unsupported', 'sort(key=…) is not supported here.');
      for (const [index, item] of sorted(list, keyOf, isSet(isReverse), meter).entries()) list[index] = item;
      return null;
    },
  },
  copy: {takes: none, run: (list) => [...list]},
  index: {
    takes: {names: ['value', 'start', 'stop'], required: 1},
    run(list, [item, start, stop], meter) {
      const range = bounds({start: start ?? null, stop: stop ?? null, step: null}, list.length);
      const place = placeIn(list.slice(range.start, range.stop), item ?? null, meter);
      if (place < 0) throw new Fault('ValueError', `${repr(item ?? null, meter)} is not in list`);
      return BigInt(range.start + place);
    },
  },
  count: {
    takes: one,
    run: (list, [item], meter) => BigInt(list.filter((other) => sameOrEqual(item ?? null, other, meter)).length),
  },
};

function placeIn(items: ValueList, item: Value, meter: Parameters<Method<ValueList>['run']>[2]): number {
  return items.findIndex((other) => sameOrEqual(item, other, meter));
}
