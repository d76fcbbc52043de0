/** map, select, reject and their like: made while they are asked for. */

import {Fault} from '../../values/fault.ts';
import {each, iterate} from '../../values/iterate.ts';
import {Lazy} from '../../values/lazy.ts';
import {isTrue} from '../../values/truth.ts';
import type {Arguments, Value} from '../../values/types.ts';
import type {Environment, Filters} from '../environment.ts';
import {attributeGetter, type Getter} from './attribute.ts';
import {wantText} from './define.ts';

export const selectFilters: Filters = {
  map: (value, args, environment) => new Lazy(mapped(value, args, environment)),
  select: (value, args, environment) => new Lazy(selected(value, args, environment, true, false)),
  reject: (value, args, environment) => new Lazy(selected(value, args, environment, false, false)),
  selectattr: (value, args, environment) => new Lazy(selected(value, args, environment, true, true)),
  rejectattr: (value, args, environment) => new Lazy(selected(value, args, environment, false, true)),
};

function* mapped(value: Value, args: Arguments, environment: Environment): Generator<Value, void> {
  if (!isTrue(value)) return;
  const get = mapping(args, environment);
  for (const item of each(iterate(value), environment.meter)) yield get(item);
}

function mapping({positional, named}: Arguments, environment: Environment): Getter {
  const attribute = named.get('attribute');
  if (positional.length === 0 && attribute !== undefined) {
    const other = [...named.keys()].find((name) => name !== 'attribute' && name !== 'default');
    if (other !== undefined) throw new Fault('TypeError', `Unexpected keyword argument '${other}'`);
    return attributeGetter(environment, attribute, named.get('default') ?? null);
  }
  const [name, ...rest] = positional;
  if (name === undefined) throw new Fault('TypeError', 'map requires a filter argument');
  return (item) => environment.applyFilter(wantText(name), item, {positional: rest, named});
}

function* selected(
  value: Value,
  args: Arguments,
  environment: Environment,
  isWanted: boolean,
  byAttribute: boolean,
): Generator<Value, void> {
  if (!isTrue(value)) return;
  const [first, ...others] = args.positional;
  if (byAttribute && first === undefined) throw new Fault('TypeError', 'Missing parameter for attribute name');
  const get = byAttribute ? attributeGetter(environment, first ?? null) : (item: Value) => item;
  const [name, ...rest] = byAttribute ? others : args.positional;
  const isMet = (item: Value) =>
    name === undefined
      ? isTrue(item)
      : environment.applyTest(wantText(name), item, {positional: rest, named: args.named});
  for (const item of each(iterate(value), environment.meter)) if (isMet(get(item)) === isWanted) yield item;
}
