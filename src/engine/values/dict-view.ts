import {itemsEqual} from './equality.ts';
import {itemsOf} from './iterate.ts';
import type {Meter} from './meter.ts';
import {repr} from './repr.ts';
import {Tuple} from './tuple.ts';
import {PythonObject, type Value, type ValueMap} from './types.ts';

/** What `.keys()`, `.values()` and `.items()` give: a look at the map, not a copy. */
export class DictView extends PythonObject {
  readonly typeName: string;
  readonly #map: ValueMap;
  readonly #of: 'keys' | 'values' | 'items';

  constructor(map: ValueMap, of: 'keys' | 'values' | 'items') {
    super();
    this.#map = map;
    this.#of = of;
    this.typeName = `dict_${of}`;
  }

  override repr(meter: Meter): string {
    return `${this.typeName}(${repr(itemsOf(this, meter), meter)})`;
  }

  override length(): number {
    return this.#map.size;
  }

  override *iterate(): Generator<Value, void> {
    for (const [key, value] of this.#map) {
      yield this.#of === 'keys' ? key : this.#of === 'values' ? value : new Tuple([key, value]);
    }
  }

  override reversed(): Iterator<Value> {
    return itemsOf(this).reverse()[Symbol.iterator]();
  }

  override equals(other: Value, meter: Meter): boolean {
    if (this.#of === 'values' || !(other instanceof DictView) || other.#of === 'values') return other === this;
    return itemsEqual(itemsOf(this, meter), itemsOf(other, meter), meter);
  }
}
