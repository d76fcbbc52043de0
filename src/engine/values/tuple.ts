import {checkHashable} from './dict-keys.ts';
import {itemsEqual} from './equality.ts';
import type {Meter} from './meter.ts';
import {itemsLess} from './order.ts';
import {repr} from './repr.ts';
import {indexOf, picked, placeOf, type Slice, type Sliceable} from './slice.ts';
import {type Operator, PythonObject, type Value, type ValueList} from './types.ts';

export class Tuple extends PythonObject implements Sliceable {
  readonly typeName: string = 'tuple';
  readonly items: ValueList;

  constructor(items: ValueList) {
    super();
    this.items = items;
  }

  override repr(meter: Meter): string {
    meter.spend(this.items.length);
    const inside = this.items.map((item) => repr(item, meter)).join(', ');
    meter.allow(inside.length);
    return this.items.length === 1 ? `(${inside},)` : `(${inside})`;
  }

  override length(): number {
    return this.items.length;
  }

  override iterate(): Iterator<Value> {
    return this.items[Symbol.iterator]();
  }

  override reversed(): Iterator<Value> {
    return this.items.toReversed()[Symbol.iterator]();
  }

  override item(key: Value): Value | undefined {
    if (typeof key !== 'bigint' && typeof key !== 'boolean') return undefined;
    const place = placeOf(indexOf(key), this.items.length);
    return place === undefined ? undefined : this.items[place];
  }

  slice(slice: Slice): Value {
    return new Tuple(picked(this.items, slice));
  }

  override equals(other: Value, meter: Meter): boolean {
    return other instanceof Tuple && itemsEqual(this.items, other.items, meter);
  }

  override less(other: Value, orEqual: boolean, meter: Meter): boolean | undefined {
    return other instanceof Tuple ? itemsLess(this.items, other.items, orEqual, meter) : undefined;
  }

  override operate(operator: Operator, other: Value, isLeft: boolean, meter: Meter): Value | undefined {
    if (operator === '+' && isLeft && other instanceof Tuple) {
      meter.allowItems(this.items.length + other.items.length);
      meter.spend(this.items.length + other.items.length);
      return new Tuple([...this.items, ...other.items]);
    }
    if (operator === '*' && (typeof other === 'bigint' || typeof other === 'boolean')) {
      const times = indexOf(other) < 0n ? 0n : indexOf(other);
      meter.allowItems(times * BigInt(this.items.length));
      return new Tuple(Array.from({length: this.items.length === 0 ? 0 : Number(times)}, () => this.items).flat());
    }
    return undefined;
  }

  override checkHashable(): void {
    for (const item of this.items) checkHashable(item);
  }
}
