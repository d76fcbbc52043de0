import {dictHas} from './dict.ts';
import {sameOrEqual} from './equality.ts';
import {Fault} from './fault.ts';
import {each, iterate} from './iterate.ts';
import {textOf} from './markup-text.ts';
import {type Meter, unmetered} from './meter.ts';
import {isMap, PythonObject, typeName, type Value} from './types.ts';

/** `item in value`. Raises where nothing can be inside. */
export function contains(value: Value, item: Value, meter: Meter = unmetered): boolean {
  if (isMap(value)) return dictHas(value, item);
  const text = textOf(value);
  if (text !== undefined) {
    const part = textOf(item);
    if (part !== undefined) return text.includes(part);
    throw new Fault('TypeError', `'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  const own = value instanceof PythonObject ? value.contains(item, meter) : undefined;
  if (own !== undefined) return own;
  for (const other of each(containable(value), meter)) if (sameOrEqual(item, other, meter)) return true;
  return false;
}

function containable(value: Value): Iterator<Value> {
  try {
    return iterate(value);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault('TypeError', `argument of type '${typeName(value)}' is not iterable`);
  }
}
