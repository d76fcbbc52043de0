/** Methods of maps, with those that only Python 2 had and old templates use. */

import {dictDelete, dictGet, dictHas, dictSet} from './dict.ts';
import {DictView} from './dict-view.ts';
import {Fault} from './fault.ts';
import {itemsOf} from './iterate.ts';
import type {Meter} from './meter.ts';
import {bind, type Signature} from './native-function.ts';
import {repr} from './repr.ts';
import {Tuple} from './tuple.ts';
import {type Arguments, isMap, type Value, type ValueMap} from './types.ts';
import {Undefined} from './undefined.ts';
import {itemWeight} from './weight.ts';

interface DictMethod {
  readonly changes?: true;
  run(map: Map<Value, Value>, args: Arguments, meter: Meter): Value;
}

const none = {names: [], required: 0};
const keyed = {names: ['key', 'default'], required: 1};

export const dictMethods: Readonly<Record<string, DictMethod>> = {
  keys: view('keys'),
  values: view('values'),
  items: view('items'),
  iterkeys: view('keys'),
  itervalues: view('values'),
  iteritems: view('items'),
  get: method('get', keyed, (map, [key, absent]) => {
    const value = dictGet(map, key ?? null);
    return value === undefined ? (absent ?? null) : value;
  }),
  has_key: method('has_key', {names: ['key'], required: 1}, (map, [key]) => dictHas(map, key ?? null)),
  copy: method('copy', none, (map) => new Map(map)),
  setdefault: method(
    'setdefault',
    keyed,
    (map, [key, absent], meter) => {
      const there = dictGet(map, key ?? null);
      if (there !== undefined) return there;
      meter.made(itemWeight);
      dictSet(map, key ?? null, absent ?? null);
      return absent ?? null;
    },
    true,
  ),
  pop: method(
    'pop',
    keyed,
    (map, [key, absent], meter) => {
      const removed = dictDelete(map, key ?? null);
      const value = removed === undefined ? absent : removed;
      if (value === undefined) throw new Fault('KeyError', repr(key ?? null, meter));
      return value;
    },
    true,
  ),
  popitem: method(
    'popitem',
    none,
    (map) => {
      const last = [...map].at(-1);
      if (last === undefined) throw new Fault('KeyError', "'popitem(): dictionary is empty'");
      map.delete(last[0]);
      return new Tuple(last);
    },
    true,
  ),
  clear: method(
    'clear',
    none,
    (map) => {
      map.clear();
      return null;
    },
    true,
  ),
  update: {
    changes: true,
    run(map, args, meter) {
      fill(map, 'update', args, meter);
      return null;
    },
  },
};

/** What `dict(…)` and `.update(…)` take: a map or pairs, and names. */
export function fill(map: Map<Value, Value>, name: string, args: Arguments, meter: Meter): void {
  const [source, ...others] = args.positional;
  if (others.length > 0) {
    throw new Fault('TypeError', `${name} expected at most 1 argument, got ${args.positional.length}`);
  }
  const pairs = source === undefined ? [] : pairsOf(source, meter);
  for (const [key, value] of pairs) dictSet(map, key, value);
  for (const [key, value] of args.named) map.set(key, value);
  meter.allowItems(map.size);
  meter.made(itemWeight * pairs.length);
  meter.spend(map.size);
}

function pairsOf(source: Value, meter: Meter): readonly (readonly [Value, Value])[] {
  if (source instanceof Undefined) throw source.fault();
  if (isMap(source)) return [...(source as ValueMap)];
  return itemsOf(source, meter).map((item, index) => {
    const pair = itemsOf(item, meter);
    const [key, value] = pair;
    if (pair.length === 2 && key !== undefined && value !== undefined) return [key, value];
    const message = `dictionary update sequence element #${index} has length ${pair.length}; 2 is required`;
    throw new Fault('ValueError', message);
  });
}

function view(of: 'keys' | 'values' | 'items'): DictMethod {
  return method(of, none, (map) => new DictView(map, of));
}

function method(
  name: string,
  takes: Signature,
  run: (map: Map<Value, Value>, given: readonly (Value | undefined)[], meter: Meter) => Value,
  changes?: true,
): DictMethod {
  return {...(changes ? {changes} : {}), run: (map, args, meter) => run(map, bind(name, takes, args), meter)};
}
