/** value.name where the name is a method. Only what is named in these tables can be reached. */

import {dictMethods} from './dict-methods.ts';
import {itemsOf} from './iterate.ts';
import {listMethods} from './list-methods.ts';
import {Markup, safeText} from './markup.ts';
import {escapeHtml, isMarked, textOf} from './markup-text.ts';
import type {Meter} from './meter.ts';
import {bind, NativeFunction} from './native-function.ts';
import {strFormat} from './str-format.ts';
import {caseMethods} from './text-case.ts';
import {fillMethods} from './text-fill.ts';
import type {TextMethods} from './text-method.ts';
import {searchMethods} from './text-search.ts';
import {splitMethods} from './text-split.ts';
import {Tuple} from './tuple.ts';
import {type Arguments, isList, isMap, type Value} from './types.ts';

const textMethods: TextMethods = {...caseMethods, ...fillMethods, ...searchMethods, ...splitMethods};

/** `touch` is told of a list or a map before a method changes it. Undefined: no such method. */
export function methodOf(
  value: Value,
  name: string,
  meter: Meter,
  touch: (value: Value[] | Map<Value, Value>) => void,
): NativeFunction | undefined {
  const text = textOf(value);
  if (text !== undefined) return isMarked(value) ? markedMethod(text, name, meter) : textMethod(text, name, meter);
  if (isMap(value)) {
    const method = Object.hasOwn(dictMethods, name) ? dictMethods[name] : undefined;
    return (
      method &&
      new NativeFunction((args) => {
        if (method.changes) touch(value as Map<Value, Value>);
        return method.run(value as Map<Value, Value>, args, meter);
      })
    );
  }
  if (isList(value)) {
    const method = Object.hasOwn(listMethods, name) ? listMethods[name] : undefined;
    return (
      method &&
      new NativeFunction((args) => {
        if (method.changes) touch(value as Value[]);
        return method.run(value as Value[], bind(name, method.takes, args), meter);
      })
    );
  }
  if (!(value instanceof Tuple) || (name !== 'index' && name !== 'count')) return undefined;
  const method = listMethods[name];
  return method && new NativeFunction((args) => method.run([...value.items], bind(name, method.takes, args), meter));
}

function textMethod(text: string, name: string, meter: Meter): NativeFunction | undefined {
  if (name === 'format') return new NativeFunction((args) => strFormat(text, args, meter));
  if (name === 'format_map') return new NativeFunction((args) => strFormat(text, namedBy(args), meter));
  const method = Object.hasOwn(textMethods, name) ? textMethods[name] : undefined;
  return method && new NativeFunction((args) => method.run(text, bind(name, method.takes, args), meter));
}

function namedBy(args: Arguments): Arguments {
  const [map] = bind('format_map', {names: ['mapping'], required: 1}, args);
  const named = new Map<string, Value>();
  if (map !== undefined && isMap(map)) for (const [key, value] of map) named.set(String(key), value);
  return {positional: [], named};
}

/** Methods of a text marked as HTML escape what they are given, and give marked texts. */
function markedMethod(text: string, name: string, meter: Meter): NativeFunction | undefined {
  if (name === 'format') return new NativeFunction((args) => new Markup(strFormat(text, args, meter, safeText)));
  const method = textMethod(text, name, meter);
  const safe = (value: Value): Value =>
    typeof value === 'string'
      ? escapeHtml(value)
      : name === 'join' && !isMarked(value)
        ? itemsOf(value, meter).map(safe)
        : value;
  return (
    method &&
    new NativeFunction(({positional, named}) => marked(method.call({positional: positional.map(safe), named})))
  );
}

function marked(value: Value): Value {
  if (typeof value === 'string') return new Markup(value);
  if (isList(value)) return value.map(marked);
  return value instanceof Tuple ? new Tuple(value.items.map(marked)) : value;
}
